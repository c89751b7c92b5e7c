// Compiles uses of the client with `tsc --strict`: correct uses compile, and wrong uses do not.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const web = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const bin = (name) => join(web, "node_modules", ".bin", name);
const options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "ES2022", "--module", "ESNext", "--moduleResolution", "Bundler"];

/** Returns the compiler's errors for a program in a folder. */
async function errors(program, folder = "test") {
  const path = await mkdtemp(join(web, folder, ".tmp-"));
  try {
    const file = join(path, "program.ts");
    await writeFile(file, program.replaceAll("../src/", "../../src/"));
    return await run(bin("tsc"), [...options, file], { cwd: web }).then(() => "", (error) => error.stdout);
  } finally {
    await rm(path, { recursive: true });
  }
}

const head = `
  import createClient from "openapi-fetch";
  import { events } from "../src/api";
  import type { components, paths } from "../src/schema";
  const api = createClient<paths>({ baseUrl: "/" });
`;

test("correct uses compile", async () => {
  assert.equal(await errors(await readFile(join(web, "test", "right.ts"), "utf8")), "");
});

for (const [what, wrong, reason] of [
  ["a path that no route has", `await api.GET("/api/user", {});`, /PathsWithMethod|not assignable/],
  ["a method that the path lacks", `await api.PATCH("/api/users", {});`, /PathsWithMethod|not assignable/],
  ["a body that lacks a field", `await api.POST("/api/users", { body: { name: "Ada" } });`, /email/],
  ["an unknown role", `await api.POST("/api/users", { body: { name: "A", email: "a@b.c", role: "boss" } });`, /"boss"/],
  ["a parameter of another type", `await api.GET("/api/users/{id}", { params: { path: { id: "7" } } });`, /number/],
  ["a member that the response lacks", `const { data } = await api.GET("/api/users"); data?.users[0]?.phone;`, /phone/],
  ["a response that may be missing", `const { data } = await api.GET("/api/users/{id}", { params: { path: { id: 7 } } }); data.name;`, /undefined/],
  ["a stream that no route has", `events("/api/users", () => {});`, /not assignable/],
  ["a type that an event does not have", `events("/api/users/events", (change) => change.type === "moved");`, /"moved"/],
  ["a null that is not checked", `declare const user: components["schemas"]["User"]; user.avatar.length;`, /null/],
]) {
  test(`${what} does not compile`, async () => {
    assert.match(await errors(`${head}export async function wrong() { ${wrong} }`), reason);
  });
}

test("a changed type of a field breaks the front end", async () => {
  const document = JSON.parse(await readFile(join(web, "openapi.json"), "utf8"));
  const { properties } = document.components.schemas.User;
  assert.equal(properties.id.type, "integer");
  properties.id = { type: "string" }; // `id: String` in Rust; see `tests/contract.rs`
  const path = await mkdtemp(join(web, ".changed-"));
  try {
    await run("cp", ["-r", join(web, "src"), join(web, "tsconfig.json"), path]);
    await writeFile(join(path, "openapi.json"), JSON.stringify(document));
    await run(bin("openapi-typescript"), [
      join(path, "openapi.json"), "--default-non-nullable=false", "--output", join(path, "src", "schema.d.ts"),
    ]);
    const check = run(bin("tsc"), ["--noEmit", "--project", path], { cwd: path });
    const output = await check.then(() => "", (error) => error.stdout);
    assert.match(output, /src\/list\.ts.*string.*number/s);
    assert.match(output, /src\/editor\.ts/);
  } finally {
    await rm(path, { recursive: true });
  }
});
