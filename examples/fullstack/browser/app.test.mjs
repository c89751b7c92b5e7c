// Tests the page in Debian's Chromium, or in the browser that CHROMIUM names.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startServer } from "./server.mjs";

const screenshots = new URL("screenshots/", import.meta.url).pathname;
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGPQLHuGFTEMLQkAVSB0AWyTWAUAAAAASUVORK5CYII=",
  "base64",
);
let server, browser;

before(async () => {
  server = await startServer();
  await mkdir(screenshots, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"], // Chromium needs this as root in a container
  });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a page. Returns it with the messages of its console and the origins of its requests. */
async function open(context, path) {
  const page = await context.newPage();
  const messages = [];
  const hosts = new Set();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) messages.push(message.text());
  });
  page.on("pageerror", (error) => messages.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http")) hosts.add(url.origin);
  });
  await page.goto(server.url + path);
  return { page, messages, hosts };
}

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

test("a signed-in person adds, changes and removes a user, and another tab shows it", async () => {
  const context = await browser.newContext({ viewport: sizes.desktop });
  const first = await open(context, "/");
  const second = await open(context, "/");
  const { page } = first;
  const user = (tab, name) => tab.locator("#users .user", { hasText: name });

  await user(page, "Ada Lovelace").waitFor();
  await page.locator("#live.on").waitFor();
  await second.page.locator("#live.on").waitFor();
  assert.equal(await page.locator("#add").isDisabled(), true, "nobody is signed in");
  await page.getByLabel("Your name").fill("Zoë Ångström");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Zoë Ångström").waitFor();

  // The page shows the server's errors beside the fields.
  await page.locator("#add").click();
  await page.locator("[name=name]").fill(" ");
  await page.locator("[name=email]").fill("nobody");
  const refused = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal((await refused).status(), 422);
  await page.locator("[data-for=name]", { hasText: "at least" }).waitFor();
  await page.locator("[data-for=email]", { hasText: "name@example.com" }).waitFor();
  await page.screenshot({ path: `${screenshots}problem-desktop.png` });
  // The browser logs each 4xx. The only one here is that of the form.
  assert.equal(first.messages.length, 1, String(first.messages));
  assert.match(first.messages.pop(), /422/);

  await page.locator("[name=name]").fill("Katherine Johnson");
  await page.locator("[name=email]").fill("katherine@example.com");
  await page.locator("[name=avatar]").setInputFiles({ name: "k.png", mimeType: "image/png", buffer: png });
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("dialog").waitFor({ state: "hidden" });
  await user(page, "Katherine Johnson").locator("img.avatar").waitFor();
  await user(second.page, "Katherine Johnson").locator("img.avatar").waitFor();
  const shown = await user(second.page, "Katherine").locator("img").evaluate((image) => image.decode().then(() => image.naturalWidth));
  assert.equal(shown, 8, "the page shows the uploaded picture");

  await page.getByRole("button", { name: "Edit Katherine Johnson" }).click();
  await page.locator("[name=name]").fill("Katherine G. Johnson");
  await page.locator("[name=role]").selectOption("admin");
  await page.getByRole("button", { name: "Save" }).click();
  await user(second.page, "Katherine G. Johnson").locator(".role.admin").waitFor();
  await page.screenshot({ path: `${screenshots}list-desktop.png` });

  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Delete Katherine G. Johnson" }).click();
  await user(second.page, "Katherine G. Johnson").waitFor({ state: "detached" });
  await user(page, "Katherine G. Johnson").waitFor({ state: "detached" });

  await page.getByRole("searchbox").fill("hopper");
  await page.locator("#count", { hasText: "1 person" }).waitFor();
  await page.reload();
  await page.getByText("Zoë Ångström").waitFor(); // the cookie keeps the session
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Your name").waitFor();

  for (const { messages, hosts } of [first, second]) {
    assert.deepEqual(messages, []);
    assert.deepEqual([...hosts], [server.url], "one origin");
  }
  await context.close();
});

test("the page fits the screen of a phone", async () => {
  const context = await browser.newContext({ viewport: sizes.phone, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  const { page, messages } = await open(context, "/");
  await page.getByLabel("Your name").fill("Zoë");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Edit Ada Lovelace" }).waitFor();
  await page.screenshot({ path: `${screenshots}list-phone.png` });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, sizes.phone.width);
  await page.getByRole("button", { name: "Edit Ada Lovelace" }).tap();
  await page.locator("[name=email]").fill("grace@example.com");
  await page.getByRole("button", { name: "Save" }).tap();
  await page.locator("[data-for=email]", { hasText: "Somebody else" }).waitFor();
  await page.screenshot({ path: `${screenshots}problem-phone.png` });
  assert.match(messages.pop(), /409/);
  assert.deepEqual(messages, []);
  await context.close();
});

for (const [name, viewport] of Object.entries(sizes)) {
  test(`the API's page lists the operations and tries one, on a ${name}`, async () => {
    const context = await browser.newContext({ viewport });
    const { page, messages, hosts } = await open(context, "/api/docs");
    const operation = page.locator("[id='get-/api/users']");
    await operation.waitFor();
    await page.waitForTimeout(500); // the page renders in several steps
    await page.screenshot({ path: `${screenshots}docs-${name}.png` });
    await operation.scrollIntoViewIfNeeded();
    if (name === "phone") await operation.getByText("/api/users").first().click(); // on a phone the operation is folded
    const received = page.waitForResponse((response) => response.url().includes("/api/users"));
    await operation.getByRole("button", { name: /^try$/i }).click();
    assert.equal((await received).status(), 200);
    await page.screenshot({ path: `${screenshots}docs-try-${name}.png` });
    assert.deepEqual(messages, []);
    assert.deepEqual([...hosts], [server.url], "one origin");
    await context.close();
  });
}
