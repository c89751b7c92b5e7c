// The cases that the package busboy ships in its folder `test`, sent whole, in chunks of 7 bytes, and byte by byte.

import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

const url = process.argv[2];
const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve("busboy/package.json")), "test");

// The cases are constants at the top of each file. The file is run up to the line that would run busboy.
const constants = (file, end, names) => {
  const [source, rest] = readFileSync(join(folder, file), "utf8").split(end);
  if (rest === undefined) throw new Error(`${file} has no line ${end}`);
  const stub = (name) => (name === ".." ? () => {} : name.endsWith("common.js") ? {} : require(name));
  return new Function("require", "__dirname", `${source}; return { ${names} };`)(stub, folder);
};

// The server may refuse a form by its beginning; the rest is then not sent.
const post = (path, contentType, chunks) =>
  new Promise((resolve, reject) => {
    let refused = false;
    const headers = { "content-type": contentType, ...(chunks.length < 2 && { "content-length": chunks[0]?.length ?? 0 }) };
    const outgoing = request(url + path, { method: "POST", headers, agent: false }, async (response) => {
      refused = response.statusCode !== 200;
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
      if (refused) outgoing.destroy();
    });
    outgoing.on("error", reject);
    outgoing.on("socket", (socket) => socket.on("error", reject));
    outgoing.setNoDelay(true);
    (async () => {
      for (const chunk of chunks) {
        if (refused) return;
        outgoing.write(chunk);
        await turn();
      }
      outgoing.end();
    })();
  });

// A connection that ends while the client still writes may take the response with it.
const postAgain = async (tries, ...form) => {
  try {
    return await post(...form);
  } catch (error) {
    if (!["EPIPE", "ECONNRESET"].includes(error.code) || tries === 0) throw error;
    return postAgain(tries - 1, ...form);
  }
};

const cut = (bytes, size) => Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

const check = async (name, path, contentType, source, expected, read) => {
  const bytes = Buffer.concat(source.map((piece) => Buffer.from(piece)));
  for (const [way, chunks] of [["whole", [bytes]], ["in chunks", cut(bytes, 7)], ["byte by byte", cut(bytes, 1)]]) {
    const { status, text } = await postAgain(5, path, contentType, chunks);
    const got = status === 200 ? read(JSON.parse(text)) : status === 400 ? "malformed" : status;
    if (!isDeepStrictEqual(got, expected)) {
      const detail = `${way}: ${JSON.stringify(got)?.slice(0, 300)} instead of ${JSON.stringify(expected).slice(0, 300)}`;
      return console.log(`differs\t${name}\t${detail} ${status} ${text.slice(0, 200)}`);
    }
  }
  console.log(`ok\t${name}`);
};

// Compares the parts; `contents` is false for a case that does not give the contents of its parts.
const multipart = ({ what, source, boundary, expected, events, contents = true }) => {
  const wanted = expected.map((part) => part.error ? "malformed" : part.type ? {
    name: part.name,
    fileName: part.info.filename ?? null,
    type: part.info.mimeType,
    ...(contents && { text: String(part.type === "file" ? part.data : part.val) }),
  } : part);
  const read = (parts) => parts
    .filter((part) => !events || events.includes(part.file_name === null ? "field" : "file"))
    .map((part) => ({
      name: part.name,
      fileName: part.file_name,
      type: part.content_type.split(";")[0].trim(),
      ...(contents && { text: part.text }),
    }));
  const type = `multipart/form-data; boundary=${boundary}`;
  return check(`multipart: ${what}`, "/upload", type, source, wanted.includes("malformed") ? "malformed" : wanted, read);
};

for (const test of constants("test-types-multipart.js", "\nfor (const test of tests)", "tests").tests) await multipart(test);

const charsets = constants("test-types-multipart-charsets.js", "\nconst bb = busboy(", "input, boundary, expected");
await multipart({ what: "charsets", source: [charsets.input], ...charsets });

const paused = constants("test-types-multipart-stream-pause.js", "\nconst results = ", "reqChunks, BOUNDARY, expected");
await multipart({ what: "stream pause", source: paused.reqChunks, boundary: paused.BOUNDARY, expected: paused.expected, contents: false });

for (const { what, source, expected, charset = "utf-8" } of constants("test-types-urlencoded.js", "\nfor (const test of tests)", "tests").tests) {
  const wanted = expected.map(([name, value]) => [name, value]);
  await check(`urlencoded: ${what}`, "/form", `application/x-www-form-urlencoded; charset=${charset}`, source, wanted, (pairs) => pairs);
}
