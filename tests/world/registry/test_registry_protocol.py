"""The distribution spec, spoken by hand to the World's registry."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import requests

from fluxtui.world.registry import OciStore, RegistryServer
from fluxtui.world.registry.store import StoreError

from .conftest import Browser

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def manifest(*layers: bytes, **more: Any) -> bytes:
    parts = [{"mediaType": "a/b", "digest": digest(x), "size": len(x)} for x in layers]
    return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": parts, **more}).encode()


def code(response: requests.Response) -> str:
    found: str = response.json()["errors"][0]["code"]
    return found


def test_the_door_is_closed_to_strangers(server: RegistryServer, browse: Browser) -> None:
    assert browse("GET", "/v2/").status_code == 200
    for auth in (None, ("fluxtui", "guess"), ("", "")):
        refused = browse("GET", "/v2/", auth=auth)
        assert refused.status_code == 401 and code(refused) == "UNAUTHORIZED"
        assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert server.address.startswith("127.0.0.1:")


def test_two_registries_have_different_passwords() -> None:
    assert RegistryServer().password != RegistryServer().password


def test_a_registry_without_credentials_lets_everybody_in() -> None:
    with RegistryServer(credentials=None) as open_door:
        assert requests.get(open_door.url + "/v2/", timeout=120).status_code == 200


def begin(browse: Browser) -> str:
    opened = browse("POST", "/v2/a/b/blobs/uploads/")
    assert opened.status_code == 202
    return opened.headers["Location"]


def test_a_body_without_length_is_read(browse: Browser) -> None:
    where = begin(browse)
    browse("PATCH", where, data=iter([b"he", b"llo"]))
    done = browse("PUT", f"{where}?digest={digest(b'hello')}")
    assert browse("GET", done.headers["Location"]).content == b"hello"


def test_an_upload_belongs_to_its_repository(browse: Browser) -> None:
    where = begin(browse).replace("/a/b/", "/other/")
    assert browse("PATCH", where, data=b"x").status_code == 404


def test_the_store_never_outgrows_its_bound() -> None:
    store = OciStore(max_bytes=100)
    first = store.put_blob("a", b"x" * 60)
    with pytest.raises(StoreError) as full:
        store.put_blob("a", b"y" * 60)
    assert full.value.status == 413
    upload = store.begin_upload("a")
    with pytest.raises(StoreError):
        store.append("a", upload, b"z" * 41)
    store.append("a", upload, b"z" * 40)
    store.cancel_upload("a", upload)
    store.delete_blob("a", first)
    store.put_blob("b", b"y" * 100)


def test_forgotten_uploads_do_not_pile_up() -> None:
    store = OciStore()
    first = store.begin_upload("a")
    for _ in range(1000):
        store.begin_upload("a")
    with pytest.raises(StoreError):
        store.upload_size("a", first)
