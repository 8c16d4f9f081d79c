"""The form of an answer: JSON, YAML, pretty, compressed, metadata alone, and what cannot be had."""

from __future__ import annotations

import gzip
import json

from tests.contract.reads import (
    METADATA,
    METADATA_LIST,
    ask,
    make_maps,
    maps_of,
    version_of,
)
from tests.world.apiserver.client import Client, config_map

JSON, YAML = "application/json", "application/yaml"


def accepting(accept: str) -> dict[str, str]:
    return {"Accept": accept}


def test_metadata_alone(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    one = ask(api, f"{maps_of(ns)}/a", headers=accepting(METADATA)).ok()
    assert (one["kind"], one["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert set(one) == {"kind", "apiVersion", "metadata"} and one["metadata"]["name"] == "a"
    listed = ask(api, maps_of(ns), headers=accepting(METADATA_LIST)).ok()
    assert listed["kind"] == "PartialObjectMetadataList"
    assert listed["items"] == [one] and version_of(listed) >= version
    older = METADATA.replace("v1", "v1beta1")
    assert ask(api, f"{maps_of(ns)}/a", headers=accepting(older)).ok()["apiVersion"] == (
        "meta.k8s.io/v1beta1"
    )


def test_a_watch_of_metadata(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    make_maps(api, ns, "b")
    with api.watch(maps_of(ns), accept=METADATA, resourceVersion=version) as stream:
        change, told = stream.next()
    assert (change, told["kind"]) == ("ADDED", "PartialObjectMetadata")
    assert set(told) == {"kind", "apiVersion", "metadata"}


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
