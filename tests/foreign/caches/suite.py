"""Runs nginx and Varnish as caches in front of the server. Each case asks both, with its own URL."""

import gzip
import http.client
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

ORIGIN = urlsplit(sys.argv[1]).netloc
HERE = pathlib.Path(__file__).parent


def send(host, method, path, headers={}, body=None):
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.content = response.read()
    connection.close()
    return response


def write(text):
    assert send(ORIGIN, "PUT", "/document", body=text).status == 204


def expire():
    time.sleep(3.1)  # max-age=2, and caches count in whole seconds


def equal(found, expected):
    assert found == expected, f"{found!r}, and not {expected!r}"


def expect(cache, path, state, content, **headers):
    response = send(cache, "GET", path, {name.replace("_", "-"): value for name, value in headers.items()})
    found = response.getheader("x-cache").replace("EXPIRED", "MISS")  # nginx
    equal((response.status, found, response.content), (200, state, content))
    return response


def hit(cache):
    write("one")
    expect(cache, "/document?hit", "MISS", b"one")
    expect(cache, "/document?hit", "HIT", b"one")


def revalidated(cache):
    write("one")
    first = expect(cache, "/document?revalidated", "MISS", b"one")
    expire()
    again = expect(cache, "/document?revalidated", "REVALIDATED", b"one")
    equal(again.getheader("etag"), first.getheader("etag"))
    expect(cache, "/document?revalidated", "HIT", b"one")


def changed(cache):
    write("one")
    first = expect(cache, "/document?changed", "MISS", b"one")
    write("two")
    expire()
    again = expect(cache, "/document?changed", "MISS", b"two")
    assert again.getheader("etag") != first.getheader("etag")


def head(cache):
    write("one")
    for state in ("MISS", "HIT"):
        response = send(cache, "HEAD", "/document?head")
        equal((response.status, response.getheader("x-cache"), response.getheader("content-length")), (200, state, "3"))
    expect(cache, "/document?head", "HIT", b"one")


def not_modified(cache):
    write("one")
    etag = expect(cache, "/document?304", "MISS", b"one").getheader("etag")
    response = send(cache, "GET", "/document?304", {"if-none-match": etag})
    equal((response.status, response.getheader("etag"), response.content), (304, etag, b""))


def errors_are_not_stored(cache):
    write("")
    equal(send(cache, "GET", "/document?error").status, 503)
    write("one")
    expect(cache, "/document?error", "MISS", b"one")
    for path in ("/nowhere", "/error/410", "/panic"):
        for _ in range(2):
            equal(send(cache, "GET", path).getheader("x-cache"), "MISS")


def vary(cache):
    for state in ("MISS", "HIT"):
        expect(cache, "/vary", state, b"Hello", accept_language="en")
        expect(cache, "/vary", state, b"Hallo", accept_language="de")


def compressed(cache):
    text = send(ORIGIN, "GET", "/compressed/etag").content
    for _ in range(2):
        for coding in ("gzip", "identity"):
            response = send(cache, "GET", "/compressed/etag", {"accept-encoding": coding})
            is_gzip = response.getheader("content-encoding") == "gzip"
            equal((response.status, is_gzip), (200, coding == "gzip"))
            equal(gzip.decompress(response.content) if is_gzip else response.content, text)
        expire()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def fill(name, target, **values):
    target.write_text((HERE / name).read_text().format(**values))


def start(command, port):
    """The command, once it accepts connections."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process
        except OSError:
            assert process.poll() is None, command
            time.sleep(0.05)
    raise TimeoutError(command)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    folder.chmod(0o755)
    ports = {"nginx": free_port(), "varnish": free_port()}
    host, port = ORIGIN.split(":")
    fill("nginx.conf", folder / "nginx.conf", folder=folder, port=ports["nginx"], origin=ORIGIN)
    fill("varnish.vcl", folder / "varnish.vcl", host=host, port=port)
    address = f"127.0.0.1:{ports['varnish']}"
    varnish = ["varnishd", "-F", "-n", folder / "varnish", "-f", folder / "varnish.vcl", "-a", address]
    caches = [
        start(["nginx", "-c", folder / "nginx.conf"], ports["nginx"]),
        start(varnish, ports["varnish"]),
    ]
    try:
        for case in (hit, revalidated, changed, head, not_modified, errors_are_not_stored, vary, compressed):
            for name, port in ports.items():
                try:
                    case(f"127.0.0.1:{port}")
                    print("ok", f"{name}: {case.__name__}", sep="\t")
                except AssertionError as error:
                    print("differs", f"{name}: {case.__name__}", error, sep="\t")
    finally:
        for cache in caches:
            cache.terminate()
            cache.wait(10)
