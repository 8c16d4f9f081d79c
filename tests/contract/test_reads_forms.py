"""The form of an answer: long ones are compressed."""

from __future__ import annotations

import gzip
import json

from tests.contract.reads import (
    ask,
    maps_of,
)
from tests.world.apiserver.client import Client, config_map


def test_a_large_answer_is_compressed_for_who_can_read_it(api: Client, ns: str) -> None:
    api.post(maps_of(ns), config_map("large", {"text": "word " * 60_000})).ok()
    api.post(maps_of(ns), config_map("small", {"text": "word"})).ok()
    path = f"{maps_of(ns)}/large"
    packed = ask(api, path, headers={"Accept-Encoding": "deflate, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < 100_000
    assert json.loads(gzip.decompress(packed.data)) == ask(api, path).json
    for headers in ({}, {"Accept-Encoding": "deflate"}):
        assert "Content-Encoding" not in ask(api, path, headers=headers).headers
    small = ask(api, f"{maps_of(ns)}/small", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers and small.ok()["data"] == {"text": "word"}
