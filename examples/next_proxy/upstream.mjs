// A server for the tests, and to try the proxy without Next.js: node upstream.mjs [PORT]
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";

const signals = new EventEmitter();
let closed = 0; // requests that were cancelled before their response

const server = createServer(async (req, res) => {
  res.setHeader("x-upstream", "node");
  switch (new URL(req.url, "http://localhost").pathname) {
    case "/": // the request as it arrived
      res.setHeader("content-type", "application/json");
      return res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers }));
    case "/echo": // sends each piece back as soon as it arrives
      return req.on("end", () => res.addTrailers(req.trailers)) && void req.pipe(res.setHeader("trailer", "x-end"));
    case "/events": // an event now, and one after each POST /signal
      res.setHeader("content-type", "text/event-stream");
      for (let id = 1; id <= 3 && !res.destroyed; id++) {
        res.write(`data: ${id}\n\n`);
        await once(signals, "next");
      }
      return res.end();
    case "/signal":
      return res.end(String(signals.emit("next")));
    case "/never": // does not respond
      return void res.on("close", () => closed++);
    case "/closed":
      return res.end(String(closed));
    case "/cut": // breaks off
      res.setHeader("content-length", 1000).write("a part");
      return void setTimeout(() => req.socket.destroy(), 50);
    case "/hop":
      return res.setHeader("connection", "x-hop").setHeader("x-hop", "1").setHeader("keep-alive", "timeout=9").setHeader("content-length", 3).end("hop");
    case "/switch": // a protocol that nobody asked for
      return void req.socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
    default:
      res.statusCode = 404;
      return res.end("no page of node");
  }
});

// Echoes the messages of a WebSocket (RFC 6455). A client masks its frames, and a server does not.
server.on("upgrade", (req, socket) => {
  const key = createHash("sha1").update(`${req.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${key.digest("base64")}\r\n\r\n`,
  );
  let bytes = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (piece) => {
    bytes = Buffer.concat([bytes, piece]);
    for (;;) {
      if (bytes.length < 2) return;
      const short = bytes[1] & 0x7f;
      const start = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (bytes.length < start + 4) return;
      const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
      const end = start + 4 + length;
      if (bytes.length < end) return;
      const head = Buffer.from(bytes.subarray(0, start));
      head[1] &= 0x7f;
      const mask = bytes.subarray(start, start + 4);
      socket.write(Buffer.concat([head, bytes.subarray(start + 4, end).map((byte, at) => byte ^ mask[at % 4])]));
      if ((head[0] & 0x0f) === 8) return socket.end();
      bytes = bytes.subarray(end);
    }
  });
});

server.listen(Number(process.argv[2] ?? 3001), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
