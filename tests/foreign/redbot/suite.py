"""REDbot asks for each resource, and again with its own conditions, ranges and codings; httplint reads each response.

A check agrees if they warn of nothing. The name of one that differs is the status and the name of the warning.
"""

import sys
from configparser import ConfigParser

import thor
from httplint.note import levels
from redbot.resource import HttpResource

URL = sys.argv[1]
JSON = [("content-type", "application/json")]
REQUESTS = [
    ("GET", "/text"),
    ("HEAD", "/text"),
    ("OPTIONS", "/text"),
    ("DELETE", "/text"),  # 405
    ("GET", "/html"),
    ("GET", "/etag"),
    ("HEAD", "/etag"),
    ("GET", "/etag/no-cache"),
    ("GET", "/ranges"),
    ("HEAD", "/ranges"),
    ("GET", "/ranges", [("range", "bytes=9-29")], b""),  # 206
    ("GET", "/ranges", [("range", "bytes=99999-")], b""),  # 416
    ("GET", "/ranges/etag"),
    ("GET", "/ranges/download"),
    ("HEAD", "/ranges/download"),
    ("GET", "/vary"),
    ("GET", "/compressed"),
    ("GET", "/compressed/etag"),
    ("GET", "/nowhere"),
    ("GET", "/none"),
    ("GET", "/error"),
    ("GET", "/error/400"),
    ("GET", "/error/403"),
    ("GET", "/error/409"),
    ("GET", "/error/422"),
    ("GET", "/error/503"),
    ("GET", "/panic"),
    ("GET", "/redirect"),
    ("HEAD", "/redirect"),
    *(("GET", f"/redirect/{status}") for status in (301, 302, 303, 307, 308)),
    ("GET", "/cookies"),
    ("GET", "/cookies/set"),
    ("GET", "/cookies/delete"),
    ("GET", "/stream/3"),
    ("HEAD", "/stream/3"),
    ("GET", "/events"),
    ("GET", "/running"),
    ("POST", "/json", JSON, b"[1]"),
    ("POST", "/json", JSON, b"[1"),  # 400
    ("POST", "/json", [], b"[1]"),  # 415
    ("QUERY", "/query", JSON, b"[1]"),
    ("POST", "/short", [], b"x" * 2_000),  # 413
    ("POST", "/form", [("content-type", "application/x-www-form-urlencoded")], b"a=1"),
    ("PUT", "/document", [], b"a"),  # 204
]

config = ConfigParser()
config.read_dict({"redbot": {"enable_local_access": "True"}})


def notes(resource):
    """The warnings of all responses, and the errors of the requests that failed."""
    for fetcher in [resource, *resource.subreqs.values()]:
        if fetcher.fetch_error:
            yield type(fetcher.fetch_error).__name__, fetcher.fetch_error.desc
        for note in fetcher.response.notes:
            for each in [note, *note.subnotes]:
                if each.level in (levels.WARN, levels.BAD):
                    yield type(each).__name__, each.summary


def check(requests):
    """Checks the first one, and then all others, as the event loop of thor can run only once."""
    if not requests:
        return thor.stop()
    (method, path, *rest), *others = requests
    headers, content = rest or ([], b"")
    resource = HttpResource(config["redbot"], active_checks_enabled=method == "GET")
    resource.set_request(URL + path, method, headers, content)

    def report():
        status = resource.response.status_code
        found = dict(notes(resource))
        for note, summary in found.items():
            print("differs", f"{status} {note}", f"{method} {path}: {summary}", sep="\t")
        if not found:
            print("ok", f"{method} {path}", sep="\t")
        check(others)

    resource.on("check_done", report)
    resource.check()


check(REQUESTS)
thor.run()
