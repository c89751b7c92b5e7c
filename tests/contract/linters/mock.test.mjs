// Sends requests to a mock server that Prism makes of the document of the full-stack example.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import createClient from "openapi-fetch";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
let mock;
let api;

before(async () => {
  const document = path("../../../examples/fullstack/web/openapi.json");
  mock = spawn(path("node_modules/.bin/prism"), ["mock", "--port", "0", "--errors", document], { env: { ...process.env, CI: "1" } });
  const baseUrl = await new Promise((resolve, reject) => {
    let log = "";
    mock.stdout.on("data", (part) => {
      log += part;
      const url = log.match(/listening on (http:\/\/[^\s]+)/)?.[1];
      if (url) resolve(url);
    });
    mock.once("exit", () => reject(new Error(log)));
  });
  api = createClient({ baseUrl });
});

after(async () => {
  mock.kill();
  await once(mock, "exit");
});

test("a correct request gets a response of the schema", async () => {
  const { data, response } = await api.GET("/api/users", { params: { query: { search: "a", limit: 10 } } });
  assert.equal(response.status, 200);
  assert.equal(typeof data.total, "number");
  assert.equal(typeof data.users[0].name, "string");
});

test("a body that the constraints refuse is 422", async () => {
  const headers = { cookie: "__Host-session=1" };
  const ada = { name: "Ada", email: "ada@example.com" };
  const { response: created } = await api.POST("/api/users", { body: ada, headers });
  assert.equal(created.status, 201);
  for (const body of [{ ...ada, email: "nobody" }, { ...ada, name: "a".repeat(81) }, { ...ada, phone: "1" }, { name: "Ada" }]) {
    const { response } = await api.POST("/api/users", { body, headers });
    assert.equal(response.status, 422, JSON.stringify(body));
  }
});

test("a request without its session is 401", async () => {
  const { response } = await api.DELETE("/api/users/{id}", { params: { path: { id: 1 } } });
  assert.equal(response.status, 401);
});
