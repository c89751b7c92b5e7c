"""Runs h2load for a bounded number of requests, and resets streams with h2: no request and no task may be left."""

import json
import re
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit
from urllib.request import urlopen

import h2.config
import h2.connection
import h2.errors
import h2.events

URL = sys.argv[1]
HOST = urlsplit(URL)


def load(*options):
    """All requests succeed with 2xx."""
    report = subprocess.run(["h2load", *options], capture_output=True, text=True, timeout=60).stdout
    done, succeeded = map(int, re.search(r"(\d+) done, (\d+) succeeded", report).groups())
    assert done == succeeded == int(re.search(r"status codes: (\d+) 2xx", report)[1]) > 0, report


class Client:
    def __init__(self):
        self.socket = socket.create_connection((HOST.hostname, HOST.port), timeout=10)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.goaway = None

    def begin(self, path, body=None):
        """Begins a request; with a part of a body it does not end."""
        stream = self.h2.get_next_available_stream_id()
        method = "GET" if body is None else "POST"
        target = [(":method", method), (":path", path), (":scheme", "http"), (":authority", HOST.netloc)]
        self.h2.send_headers(stream, [*target, ("content-type", "text/plain")], end_stream=body is None)
        if body is not None:
            self.h2.send_data(stream, body)
        return stream

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def until(self, kind):
        """Reads until an event of this kind or the end of the connection."""
        while data := self.socket.recv(65536):
            events = self.h2.receive_data(data)
            self.goaway = next((e for e in events if isinstance(e, h2.events.ConnectionTerminated)), self.goaway)
            if any(isinstance(event, kind) for event in events):
                return
            self.flush()

    def ping(self):
        """Waits until the server has read everything that was sent."""
        self.h2.ping(b"12345678")
        self.flush()
        self.until(h2.events.PingAckReceived)


def running():
    with urlopen(URL + "/running") as response:
        return json.load(response)


def until_idle(connections=0):
    """Waits up to 5 seconds until only this request and the task of its connection are left."""
    idle = {"requests": 1, "tasks": 1 + connections}
    for _ in range(100):
        if running() == idle:
            return
        time.sleep(0.05)
    raise AssertionError(f"{running()}, and not {idle}")


def resets(path, body=None, wait=None):
    """Resets 1000 streams, ten at a time, on one connection, which must stay open."""
    client = Client()
    for _ in range(100):
        streams = [client.begin(path, body) for _ in range(10)]
        client.flush()
        if wait:
            client.until(wait)
        for stream in streams:
            client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        client.ping()
    assert client.goaway is None, client.goaway
    until_idle(connections=1)
    client.begin("/text")
    client.flush()
    client.until(h2.events.StreamEnded)
    client.socket.close()


def early_responses():
    """Sends 300 bodies that are too long: each response is whole. A reset after it says NO_ERROR (RFC 9113, section 8.1)."""
    for _ in range(300):
        client = Client()
        stream = client.begin("/short", body=b"x" * 2_000)
        client.h2.end_stream(stream)
        client.flush()
        events = []
        while not any(isinstance(event, h2.events.StreamEnded | h2.events.StreamReset) for event in events):
            events += client.h2.receive_data(client.socket.recv(65536))
        head = next((event for event in events if isinstance(event, h2.events.ResponseReceived)), None)
        assert head is not None and dict(head.headers)[":status"] == "413", events
        assert any(isinstance(event, h2.events.StreamEnded) for event in events), events
        resets = [event.error_code for event in events if isinstance(event, h2.events.StreamReset)]
        assert all(code == h2.errors.ErrorCodes.NO_ERROR for code in resets), resets
        client.socket.close()


def rapid_resets():
    """Resets 5000 streams as fast as it can: hyper ends the connection and serves the next one."""
    client = Client()
    try:
        for _ in range(5000):
            client.h2.reset_stream(client.begin("/slow/60000"), h2.errors.ErrorCodes.CANCEL)
            client.flush()
        client.until(h2.events.ConnectionTerminated)
    except OSError:
        pass  # closed while the client still writes
    client.socket.close()
    until_idle()


def gone():
    """Ends 100 connections, each with 10 open requests."""
    for _ in range(100):
        client = Client()
        for path in ("/slow/60000", "/endless"):
            for _ in range(5):
                client.begin(path)
        client.flush()
        client.until(h2.events.DataReceived)
        client.socket.close()


CHECKS = {
    "h2load: GET": lambda: load("-n20000", "-c10", "-m50", URL + "/text"),
    "h2load: a stream": lambda: load("-n2000", "-c10", "-m50", URL + "/stream/100"),
    "h2load: POST": lambda: load("-n5000", "-c10", "-m50", "-d", __file__, URL + "/echo"),
    "h2load: GET over HTTP/1": lambda: load("--h1", "-n5000", "-c10", URL + "/text"),
    "h2: reset of handlers that wait": lambda: resets("/slow/60000"),
    "h2: reset of uploads": lambda: resets("/text", body=b"a part"),
    "h2: reset of responses": lambda: resets("/endless", wait=h2.events.DataReceived),
    "h2: responses before the end of the request": early_responses,
    "h2: rapid reset": rapid_resets,
    "h2: connections that end": gone,
}

for name, run in CHECKS.items():
    try:
        run()
        until_idle()
        print("ok", name, sep="\t")
    except AssertionError as error:
        print("differs", name, str(error).replace("\n", " "), sep="\t")
