// Starts the server with a temporary database.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "fullstack");

/** Starts the server on a free port; `stop` ends it and removes its database. */
export async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), "fullstack-"));
  const server = spawn(program, {
    env: { ...process.env, PORT: "0", DATABASE_URL: `sqlite://${join(folder, "users.sqlite")}?mode=rwc`, RUST_LOG: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stopped = new Promise((resolve) => server.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    server.stdout.on("data", (text) => {
      const found = /http:\/\/[\d.:]+/.exec(String(text));
      if (found) resolve(found[0]);
    });
  });
  const stop = async () => {
    server.kill("SIGINT");
    await stopped;
    await rm(folder, { recursive: true });
  };
  return { url, stop };
}
