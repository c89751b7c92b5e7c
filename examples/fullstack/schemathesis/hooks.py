"""Generates pictures for the operations that expect one, as a schema cannot describe their bytes."""

import base64

import schemathesis
from hypothesis import strategies as st

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGPQLHuGFTEMLQkAVSB0AWyTWAUAAAAASUVORK5CYII="

for media_type in ("image/gif", "image/jpeg", "image/png", "image/webp"):
    schemathesis.openapi.media_type(media_type, st.just(base64.b64decode(PNG)))
