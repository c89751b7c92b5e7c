// The clients of npm, each with all cases. A client has `send`, which resolves to { status, headers, text }, and `stream`,
// which resolves to an async iterable of a response's chunks. A request has at most one of `json`, `form` (pairs), `upload`
// (an array of name, content and file name) and `body` (a string or stream).

import assert from "node:assert/strict";
import { Agent } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import axios from "axios";
import { EventSource } from "eventsource";
import got from "got";
import ky from "ky";
import supertest from "supertest";
import { CookieJar } from "tough-cookie";
import * as undici from "undici";

const url = process.argv[2];
const agent = new Agent({ keepAlive: true });
const undiciAgent = new undici.Agent();

const formData = (upload, { FormData, Blob } = globalThis) => {
  const form = new FormData();
  for (const [name, content, fileName] of upload) {
    if (fileName) form.append(name, new Blob([content]), fileName);
    else form.append(name, content);
  }
  return form;
};

const fetches = (fetch, FormData) => ({
  async send(path, { method, json, form, upload, body, headers, signal, follow = true }) {
    if (json) [body, headers] = [JSON.stringify(json), { "content-type": "application/json" }];
    if (form) body = new URLSearchParams(form);
    if (upload) body = formData(upload, { FormData, Blob });
    if (body instanceof Readable) body = Readable.toWeb(body);
    const redirect = follow ? "follow" : "manual";
    const response = await fetch(url + path, { method, body, headers, signal, redirect, duplex: "half" });
    const received = { ...Object.fromEntries(response.headers), "set-cookie": response.headers.getSetCookie() };
    return { status: response.status, headers: received, text: await response.text() };
  },
  stream: async (path, signal) => (await fetch(url + path, { signal })).body,
});

const clients = {
  fetch: fetches(fetch, FormData),
  "undici.fetch": fetches(undici.fetch, undici.FormData),
  "undici.request": {
    async send(path, { method, json, form, upload, body, headers, signal, follow = true }) {
      if (json) [body, headers] = [JSON.stringify(json), { "content-type": "application/json" }];
      if (form) [body, headers] = [String(new URLSearchParams(form)), { "content-type": "application/x-www-form-urlencoded" }];
      if (upload) body = formData(upload, { FormData: undici.FormData, Blob });
      const { decompress, redirect } = undici.interceptors;
      const dispatcher = undiciAgent.compose([decompress(), redirect({ maxRedirections: follow ? 3 : 0 })]);
      const response = await undici.request(url + path, { method, body, headers, signal, dispatcher });
      return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    },
    stream: async (path, signal) => (await undici.request(url + path, { signal })).body,
  },
  got: {
    async send(path, { method, json, form, upload, body, headers, signal, follow = true }) {
      if (form) form = Object.fromEntries(form);
      if (upload) body = formData(upload);
      const options = { throwHttpErrors: false, retry: { limit: 0 }, agent: { http: agent }, followRedirect: follow };
      const response = await got(url + path, { method, json, form, body, headers, signal, ...options });
      const { statusCode: status, headers: received, body: text } = response;
      return { status, headers: received, text };
    },
    stream: async (path, signal) => got.stream(url + path, { signal, retry: { limit: 0 } }),
  },
  ky: fetches((url, { headers, ...options }) => ky(url, { ...options, headers, throwHttpErrors: false, retry: 0 }), FormData),
  axios: {
    async send(path, { method, json, form, upload, body, headers, signal, follow = true }) {
      if (form) body = new URLSearchParams(form);
      if (upload) body = formData(upload);
      const options = { validateStatus: null, responseType: "text", httpAgent: agent, maxRedirects: follow ? 3 : 0 };
      const response = await axios(url + path, { method, data: json ?? body, headers, signal, ...options });
      const { status, headers: received, data: text } = response;
      return { status, headers: received, text };
    },
    stream: async (path, signal) => (await axios(url + path, { signal, responseType: "stream" })).data,
  },
  supertest: {
    async send(path, { method = "GET", json, form, upload, body, headers = {}, signal, follow = true }) {
      const request = supertest(url)[method.toLowerCase()](path).set(headers).agent(agent);
      request.redirects(follow ? 3 : 0).buffer(true).ok(() => true);
      signal?.addEventListener("abort", () => void request.abort());
      for (const [name, content, fileName] of upload ?? []) {
        if (fileName) request.attach(name, Buffer.from(content), fileName);
        else request.field(name, content);
      }
      if (form) request.send(String(new URLSearchParams(form)));
      if (json) request.send(json);
      if (body instanceof Readable) {
        body.pipe(request);
        return new Promise((_, reject) => request.on("error", reject).on("abort", () => reject(new Error("aborted"))));
      }
      if (body) request.serialize((body) => body).send(body);
      const response = await request;
      return { status: response.status, headers: response.headers, text: response.text ?? "" };
    },
    stream: async (path, signal) => {
      const chunks = new PassThrough();
      const request = supertest(url).get(path);
      request.on("response", (response) => response.on("error", (error) => chunks.destroy(error)));
      signal.addEventListener("abort", () => void request.abort());
      return request.pipe(chunks);
    },
  },
};

const running = async () => (await (await fetch(`${url}/running`)).json()).requests - 1;

/** Waits until so many requests run on the server. */
async function until(requests) {
  for (let i = 0; (await running()) !== requests; i++) {
    assert(i < 200, `${await running()} requests run, and not ${requests}`);
    await sleep(20);
  }
}

/** Begins a request, and aborts it once `begun` is done. */
async function aborted(begin, begun) {
  const abort = new AbortController();
  const outcome = begin(abort.signal).then(() => "it succeeded", () => "aborted");
  await begun();
  abort.abort();
  assert.equal(await outcome, "aborted");
  await until(0);
}

const problem = ({ status, headers, text }, expected) => {
  assert.equal(status, expected);
  assert.equal(headers["content-type"], "application/problem+json");
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(JSON.parse(text).status, expected);
};

const KEPT = "two words; and, \"more\" ü";

const cases = {
  async GET({ send }) {
    const { status, headers, text } = await send("/text", {});
    assert.deepEqual([status, headers["content-type"], headers["content-length"], text], [200, "text/plain; charset=utf-8", "5", "hello"]);
  },
  async HEAD({ send }) {
    const { status, headers, text } = await send("/text", { method: "HEAD" });
    assert.deepEqual([status, headers["content-length"], text], [200, "5", ""]);
  },
  async JSON({ send }) {
    const json = { ü: [1, null, "日本"] };
    const { text } = await send("/json", { method: "POST", json });
    assert.deepEqual(JSON.parse(text), json);
  },
  async form({ send }) {
    const form = [["a", "1"], ["ü", "zwei & drei = +5%"]];
    const { text } = await send("/form", { method: "POST", form });
    assert.deepEqual(JSON.parse(text), form);
  },
  async upload({ send }) {
    const large = "x".repeat(1_000_000);
    const upload = [
      ["titel", "Größe"],
      ["datei", "Inhalt ü", "grüße – 日本.txt"],
      ["quotes", "1", "a \"b\".txt"],
      ["large", large, "large"],
    ];
    const { status, text } = await send("/upload", { method: "POST", upload });
    assert.equal(status, 200, text);
    const parts = JSON.parse(text).map(({ name, text, file_name }) => [name, text, ...(file_name ? [file_name] : [])]);
    assert.deepEqual(parts, upload);
  },
  async cookies({ send }) {
    const jar = new CookieJar();
    const visit = async (path) => {
      const { headers, text } = await send(path, { headers: { cookie: await jar.getCookieString(url) } });
      for (const cookie of headers["set-cookie"] ?? []) await jar.setCookie(cookie, url);
      return text;
    };
    await visit("/cookies/set");
    assert.deepEqual(JSON.parse(await visit("/cookies")), [["hidden", "3"], ["plain", "1"], ["spaced", KEPT]]);
    await visit("/cookies/delete");
    assert.deepEqual(JSON.parse(await visit("/cookies")), [["hidden", "3"]]);
  },
  async redirects({ send }) {
    for (const status of [301, 302, 303, 307, 308]) {
      const stays = await send(`/redirect/${status}`, { follow: false });
      assert.deepEqual([stays.status, stays.headers.location], [status, status > 303 ? "/json" : "/text"]);
    }
    assert.equal((await send("/redirect/302", {})).text, "hello");
    assert.equal((await send("/redirect/303", { method: "POST", json: [1] })).text, "hello");
    assert.equal((await send("/redirect/307", { method: "POST", json: [1] })).text, "[1]");
    assert.equal((await send("/redirect/308", { method: "POST", json: [1] })).text, "[1]");
  },
  async problems({ send }) {
    problem(await send("/nowhere", {}), 404);
    problem(await send("/json", { method: "POST", body: Buffer.from("["), headers: { "content-type": "application/json" } }), 400);
    problem(await send("/panic", {}), 500);
    const unsupported = await send("/etag", { method: "DELETE" });
    problem(unsupported, 405);
    assert.equal(unsupported.headers.allow, "GET, HEAD, OPTIONS");
  },
  async "the body is too large, or not read"({ send }) {
    const long = { method: "POST", body: Buffer.alloc(2000, "x"), headers: { "content-type": "text/plain" } };
    problem(await send("/short", long), 413);
    assert.equal((await send("/refused", long)).status, 403);
  },
  async revalidation({ send }) {
    const first = await send("/etag", {});
    const again = await send("/etag", { headers: { "if-none-match": first.headers.etag } });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", first.headers.etag]);
  },
  async compression({ send }) {
    const { text } = await send("/compressed", { headers: { "accept-encoding": "gzip" } });
    assert.equal(text, (await send("/etag", {})).text);
  },
  async stream({ send }) {
    const { text } = await send("/stream/2000", {});
    assert.equal(text, Array.from({ length: 2000 }, (_, n) => `${n + 1}\n`).join(""));
  },
  async "the server's stream fails"({ send }) {
    await assert.rejects(send("/broken", {}));
  },
  async "the client goes away in mid-request"({ send }) {
    const body = new PassThrough();
    body.on("error", () => {});
    body.write("a part");
    const headers = { "content-type": "text/plain" };
    await aborted((signal) => send("/text", { method: "POST", body, headers, signal }), () => until(1));
  },
  async "the client goes away while the handler waits"({ send }) {
    await aborted((signal) => send("/slow/60000", { signal }), () => until(1));
  },
  async "the client goes away in mid-response"({ stream }) {
    let received;
    const first = new Promise((resolve) => (received = resolve));
    await aborted(async (signal) => {
      for await (const chunk of await stream("/endless", signal)) received(chunk);
    }, () => first);
  },
  async "keep-alive"({ send }) {
    const peers = new Set();
    for (let i = 0; i < 20; i++) peers.add((await send("/peer", {})).text);
    assert(peers.size < 5, `20 requests on ${peers.size} connections`); // a pool may hold connections of earlier cases
  },
};

/** Nine events on three connections. */
function events() {
  const source = new EventSource(`${url}/events`);
  const received = [];
  return new Promise((resolve, reject) => {
    setTimeout(reject, 10_000, new Error("no event")).unref();
    source.addEventListener("tick", ({ data, lastEventId }) => {
      received.push([lastEventId, data]);
      if (received.length === 9) resolve(received);
    });
  }).finally(() => source.close());
}

async function check(name, run) {
  try {
    await run();
    console.log(`ok\t${name}`);
  } catch (error) {
    console.log(`differs\t${name}\t${String(error.stack).replaceAll("\n", " ")}`);
  }
}

for (const [client, functions] of Object.entries(clients)) {
  for (const [name, run] of Object.entries(cases)) await check(`${client}: ${name}`, () => run(functions));
}
await check("eventsource", async () => {
  assert.deepEqual(await events(), Array.from({ length: 9 }, (_, n) => [`${n + 1}`, `${n + 1}\nzwei ü`]));
  await until(0);
});
process.exit(); // it also closes clients that still wait
