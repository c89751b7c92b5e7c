"""The clients of PyPI: each case has one of its own, and after it no request runs on the server.

A client has `send`, which returns a Response; `first_chunk`, which reads a chunk of a response and leaves the others; `close`;
and a cookie jar.
"""

import asyncio
import email
import email.policy
import json
import sys
import time
import traceback
from contextlib import closing
from typing import NamedTuple
from urllib.request import urlopen

import aiohttp
import httpx
import httpx_sse
import requests

URL = sys.argv[1]


class Response(NamedTuple):
    status: int
    headers: dict
    text: str


class Requests:
    def __init__(self):
        self.session = requests.Session()
        self.close = self.session.close

    def send(self, method, path, *, json=None, form=None, upload=None, body=None, headers=None, follow=True, timeout=10):
        files = upload and [(name, (file_name, content)) for name, content, file_name in upload]
        response = self.session.request(
            method, URL + path, json=json, data=form or body, files=files, headers=headers, allow_redirects=follow, timeout=timeout
        )
        return Response(response.status_code, response.headers, response.text)

    def first_chunk(self, path):
        with self.session.get(URL + path, stream=True) as response:
            return next(response.iter_content(None))


class Httpx:
    def __init__(self, **options):
        self.client = httpx.Client(base_url=URL, **options)
        self.close = self.client.close

    def send(self, method, path, *, json=None, form=None, upload=None, body=None, headers=None, follow=True, timeout=10):
        files = upload and [(name, (file_name, content)) for name, content, file_name in upload]
        data = form and {name: value for name, value in form}
        response = self.client.request(
            method, path, json=json, data=data, content=body, files=files, headers=headers, follow_redirects=follow, timeout=timeout
        )
        return Response(response.status_code, response.headers, response.text)

    def first_chunk(self, path):
        with self.client.stream("GET", path) as response:
            return next(response.iter_raw())


class Aiohttp:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.session = self.loop.run_until_complete(self.open())

    async def open(self):
        return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))  # for a host that is an IP address

    def close(self):
        self.loop.run_until_complete(self.session.close())
        self.loop.close()

    def send(self, method, path, *, json=None, form=None, upload=None, body=None, headers=None, follow=True, timeout=10):
        data = form or body
        if upload:
            data = aiohttp.FormData(quote_fields=False)
            for name, content, file_name in upload:
                data.add_field(name, content, filename=file_name)
        elif hasattr(body, "__next__"):
            data = asynchronous(body)

        async def send():
            limit = aiohttp.ClientTimeout(timeout)
            async with self.session.request(
                method, URL + path, json=json, data=data, headers=headers, allow_redirects=follow, timeout=limit
            ) as response:
                return Response(response.status, response.headers, await response.text())

        return self.loop.run_until_complete(send())

    def first_chunk(self, path):
        async def read():
            async with self.session.get(URL + path) as response:
                return await response.content.readany()

        return self.loop.run_until_complete(read())


async def asynchronous(chunks):
    for chunk in chunks:
        yield chunk


def running():
    with urlopen(URL + "/running") as response:
        return json.load(response)["requests"] - 1


def until_idle():
    for _ in range(200):
        if running() == 0:
            return
        time.sleep(0.02)
    raise AssertionError(f"{running()} requests still run")


def fails(function, *arguments, **options):
    try:
        result = function(*arguments, **options)
    except Exception:
        return
    raise AssertionError(f"it succeeds with {result}")


def equal(found, expected):
    assert found == expected, f"{found!r}, and not {expected!r}"


def problem(response, status):
    equal(response.status, status)
    equal(response.headers["content-type"], "application/problem+json")
    equal(response.headers["cache-control"], "no-store")
    equal(json.loads(response.text)["status"], status)


def get(client):
    response = client.send("GET", "/text")
    equal((response.status, response.headers["content-length"], response.text), (200, "5", "hello"))


def head(client):
    response = client.send("HEAD", "/text")
    equal((response.status, response.headers["content-length"], response.text), (200, "5", ""))


def json_body(client):
    value = {"ü": [1, None, "日本"]}
    equal(json.loads(client.send("POST", "/json", json=value).text), value)


def form(client):
    pairs = [("a", "1"), ("ü", "zwei & drei = +5%")]
    equal(json.loads(client.send("POST", "/form", form=pairs).text), [list(pair) for pair in pairs])


def upload(client):
    parts = [["datei", "Inhalt ü", "grüße – 日本.txt"], ["quotes", "1", 'a "b".txt'], ["large", "x" * 1_000_000, "large"]]
    response = client.send("POST", "/upload", upload=[(name, content.encode(), file) for name, content, file in parts])
    equal(response.status, 200)
    equal([[part["name"], part["text"], part["file_name"]] for part in json.loads(response.text)], parts)


def cookies(client):
    client.send("GET", "/cookies/set")
    kept = 'two words; and, "more" ü'
    received = json.loads(client.send("GET", "/cookies").text)
    equal(received, [["hidden", "3"], ["plain", "1"], ["spaced", kept]])
    client.send("GET", "/cookies/delete")
    equal(json.loads(client.send("GET", "/cookies").text), [["hidden", "3"]])


def redirects(client):
    for status in (301, 302, 303, 307, 308):
        response = client.send("GET", f"/redirect/{status}", follow=False)
        equal((response.status, response.headers["location"]), (status, "/json" if status > 303 else "/text"))
    equal(client.send("GET", "/redirect/302").text, "hello")
    equal(client.send("POST", "/redirect/303", json=[1]).text, "hello")
    equal(json.loads(client.send("POST", "/redirect/307", json=[1]).text), [1])
    equal(json.loads(client.send("POST", "/redirect/308", json=[1]).text), [1])


def problems(client):
    problem(client.send("GET", "/nowhere"), 404)
    problem(client.send("POST", "/json", body=b"[", headers={"content-type": "application/json"}), 400)
    problem(client.send("GET", "/panic"), 500)
    response = client.send("DELETE", "/etag")
    problem(response, 405)
    equal(response.headers["allow"], "GET, HEAD, OPTIONS")


def too_large(client):
    problem(client.send("POST", "/short", body=b"x" * 2000, headers={"content-type": "text/plain"}), 413)
    equal(client.send("POST", "/refused", body=b"x" * 2000).status, 403)


def revalidation(client):
    etag = client.send("GET", "/etag").headers["etag"]
    response = client.send("GET", "/etag", headers={"if-none-match": etag})
    equal((response.status, response.headers["etag"], response.text), (304, etag, ""))


def ranges(client):
    whole = client.send("GET", "/ranges").text.encode()
    response = client.send("GET", "/ranges", headers={"range": "bytes=-5", "if-range": '"own"'})
    equal((response.status, response.text.encode()), (206, whole[-5:]))
    response = client.send("GET", "/ranges", headers={"range": "bytes=9-29, 0-3, -7"})
    message = f"content-type: {response.headers['content-type']}\r\n\r\n{response.text}"
    parts = email.message_from_string(message, policy=email.policy.HTTP).get_payload()
    length = len(whole)
    equal(
        [(part["content-range"], part.get_payload().encode()) for part in parts],
        [
            (f"bytes 9-29/{length}", whole[9:30]),
            (f"bytes 0-3/{length}", whole[:4]),
            (f"bytes {length - 7}-{length - 1}/{length}", whole[-7:]),
        ],
    )
    problem(client.send("GET", "/ranges", headers={"range": "bytes=99999-"}), 416)


def query(client):
    equal(json.loads(client.send("QUERY", "/query", json={"a": 1}).text), {"a": 1})
    response = client.send("QUERY", "/query", body=b"a,b", headers={"content-type": "text/csv"})
    problem(response, 415)
    equal(response.headers["accept-query"], "application/json")


def compression(client):
    response = client.send("GET", "/compressed", headers={"accept-encoding": "gzip"})
    equal(response.headers["content-encoding"], "gzip")
    equal(response.text, client.send("GET", "/etag").text)


def stream(client):
    equal(client.send("GET", "/stream/2000").text, "".join(f"{n}\n" for n in range(1, 2001)))


def server_stream_fails(client):
    fails(client.send, "GET", "/broken")


def away_in_mid_request(client):
    def body():
        yield b"a part"
        raise OSError("the client goes away")

    fails(client.send, "POST", "/text", body=body(), headers={"content-type": "text/plain"})


def away_while_handler_waits(client):
    fails(client.send, "GET", "/slow/60000", timeout=0.3)


def away_in_mid_response(client):
    assert client.first_chunk("/endless").startswith(b"1\n")


def keep_alive(client):
    peers = {client.send("GET", "/peer").text for _ in range(20)}
    assert len(peers) < 3, peers


def events(client):
    with httpx_sse.connect_sse(client.client, "GET", URL + "/events", headers={"last-event-id": "3"}) as source:
        received = [(event.event, event.id, event.data, event.retry) for event in source.iter_sse()]
    equal(received, [("tick", str(n), f"{n}\nzwei ü", 50) for n in (4, 5, 6)])


CASES = [
    get, head, json_body, form, upload, cookies, redirects, problems, too_large, revalidation, ranges, query,
    compression, stream, server_stream_fails, away_in_mid_request, away_while_handler_waits, away_in_mid_response, keep_alive,
]  # fmt: skip
CLIENTS = {
    "requests": (Requests, CASES),
    "httpx": (Httpx, CASES),
    "httpx over HTTP/2": (lambda: Httpx(http1=False, http2=True), CASES),
    "httpx-sse": (Httpx, [events]),
    "aiohttp": (Aiohttp, CASES),
}

for name, (make, cases) in CLIENTS.items():
    for case in cases:
        try:
            with closing(make()) as client:
                case(client)
            until_idle()
            print("ok", f"{name}: {case.__name__}", sep="\t")
        except Exception:
            print("differs", f"{name}: {case.__name__}", traceback.format_exc().replace("\n", " "), sep="\t")
