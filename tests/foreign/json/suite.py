"""Sends each text of JSONTestSuite to `Json<Value>`: `y_` is 200, `n_` is 400, and `i_` is 200 unless it is a listed difference."""

import base64
import http.client
import json
import pathlib
import sys
from urllib.parse import urlsplit

connection = http.client.HTTPConnection(urlsplit(sys.argv[1]).netloc, timeout=10)
with open(pathlib.Path(__file__).with_name("cases.jsonl")) as cases:
    for line in cases:
        case = json.loads(line)
        name = case["name"].removesuffix(".json")
        text = base64.b64decode(case["base64"])
        connection.request("POST", "/json", text, {"content-type": "application/json"})
        response = connection.getresponse()
        response.read()
        expected = 400 if name.startswith("n_") else 200
        if response.status == expected:
            print("ok", name, sep="\t")
        else:
            print("differs", name, response.status, sep="\t")
