"""The distribution spec, spoken by hand to the World's registry."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import requests

from fluxtui.world.registry import RegistryServer, Store
from fluxtui.world.registry.store import StoreError

from .conftest import Browser

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def manifest(*layers: bytes, **more: Any) -> bytes:
    parts = [{"mediaType": "a/b", "digest": digest(x), "size": len(x)} for x in layers]
    return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": parts, **more}).encode()


def code(response: requests.Response) -> str:
    found: str = response.json()["errors"][0]["code"]
    return found


def put(browse: Browser, ref: str, raw: bytes, kind: str = MANIFEST) -> requests.Response:
    return browse("PUT", f"/v2/a/b/manifests/{ref}", data=raw, headers={"Content-Type": kind})


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


def test_a_manifest_lives_under_tag_and_digest(browse: Browser) -> None:
    raw = manifest()
    made = put(browse, "v1", raw)
    assert made.status_code == 201
    assert made.headers["Docker-Content-Digest"] == digest(raw)
    for ref in ("v1", digest(raw)):
        got = browse("GET", f"/v2/a/b/manifests/{ref}")
        assert got.content == raw and got.headers["Content-Type"] == MANIFEST
        head = browse("HEAD", f"/v2/a/b/manifests/{ref}")
        assert head.headers["Content-Length"] == str(len(raw)) and not head.content


def test_accept_is_honoured_even_over_several_headers(browse: Browser) -> None:
    put(browse, "v1", manifest())
    path = "/v2/a/b/manifests/v1"
    assert browse("GET", path, headers={"Accept": f"{INDEX}, {MANIFEST}"}).status_code == 200
    refused = browse("GET", path, headers={"Accept": INDEX})
    assert refused.status_code == 404 and code(refused) == "MANIFEST_UNKNOWN"


def test_a_manifest_is_checked_before_it_is_kept(browse: Browser) -> None:
    assert code(put(browse, "v1", b"{")) == "MANIFEST_INVALID"
    assert code(put(browse, "v1", b"[]")) == "MANIFEST_INVALID"
    assert code(put(browse, "v1", manifest(b"absent"))) == "MANIFEST_BLOB_UNKNOWN"
    assert code(put(browse, digest(b"other"), manifest())) == "DIGEST_INVALID"
    assert code(put(browse, "v1", manifest(), INDEX)) == "MANIFEST_INVALID"
    assert code(put(browse, "-v1", manifest())) == "TAG_INVALID"
    bad = browse("PUT", "/v2/A/manifests/v1", data=manifest())
    assert code(bad) == "NAME_INVALID"
    assert browse("GET", "/v2/a/b/tags/list").status_code == 404


def test_deleting_a_tag_and_a_digest(browse: Browser) -> None:
    raw = manifest()
    for tag in ("v1", "v2", "v3"):
        put(browse, tag, raw)
    assert browse("DELETE", "/v2/a/b/manifests/v1").status_code == 202
    assert browse("GET", "/v2/a/b/tags/list").json() == {"name": "a/b", "tags": ["v2", "v3"]}
    assert browse("DELETE", f"/v2/a/b/manifests/{digest(raw)}").status_code == 202
    assert browse("GET", "/v2/a/b/tags/list").json()["tags"] == []
    assert browse("GET", "/v2/a/b/manifests/v2").status_code == 404
    assert browse("DELETE", f"/v2/a/b/manifests/{digest(raw)}").status_code == 404


def test_tags_are_sorted_and_paged_by_link(browse: Browser) -> None:
    for tag in ("v10", "v9", "B", "a"):
        put(browse, tag, manifest())
    assert browse("GET", "/v2/a/b/tags/list").json()["tags"] == ["B", "a", "v10", "v9"]
    first = browse("GET", "/v2/a/b/tags/list?n=3")
    assert first.json()["tags"] == ["B", "a", "v10"]
    following = browse("GET", first.links["next"]["url"])
    assert following.json()["tags"] == ["v9"] and "Link" not in following.headers
    assert browse("GET", "/v2/a/b/tags/list?n=0").json()["tags"] == []
    assert code(browse("GET", "/v2/a/b/tags/list?n=x")) == "PAGINATION_NUMBER_INVALID"
    assert browse("GET", "/v2/a/b/tags/list?last=v10").json()["tags"] == ["v9"]


def test_the_catalogue_is_paged_too(server: RegistryServer, browse: Browser) -> None:
    for name in ("c", "a/b", "b"):
        server.store.put_blob(name, b"")
    page = browse("GET", "/v2/_catalog?n=2")
    assert page.json() == {"repositories": ["a/b", "b"]}
    assert browse("GET", page.links["next"]["url"]).json() == {"repositories": ["c"]}


def begin(browse: Browser) -> str:
    opened = browse("POST", "/v2/a/b/blobs/uploads/")
    assert opened.status_code == 202
    return opened.headers["Location"]


def test_a_blob_in_one_request_and_in_two(browse: Browser) -> None:
    one = browse("POST", f"/v2/a/b/blobs/uploads/?digest={digest(b'one')}", data=b"one")
    assert one.status_code == 201
    assert browse("GET", one.headers["Location"]).content == b"one"
    two = browse("PUT", f"{begin(browse)}?digest={digest(b'two')}", data=b"two")
    assert two.status_code == 201 and two.headers["Docker-Content-Digest"] == digest(b"two")


def test_a_blob_in_chunks_that_must_follow_each_other(browse: Browser) -> None:
    where = begin(browse)
    first = browse("PATCH", where, data=b"hello ", headers={"Content-Range": "0-5"})
    assert first.status_code == 202 and first.headers["Range"] == "0-5"
    gap = browse("PATCH", where, data=b"x", headers={"Content-Range": "9-9"})
    assert gap.status_code == 416
    short = browse("PATCH", where, data=b"xyz", headers={"Content-Range": "6-6"})
    assert short.status_code == 416
    status = browse("GET", where)
    assert status.status_code == 204 and status.headers["Range"] == "0-5"
    browse("PATCH", first.headers["Location"], data=b"wor", headers={"Content-Range": "6-8"})
    done = browse(
        "PUT", f"{where}?digest={digest(b'hello world')}", data=b"ld",
        headers={"Content-Range": "9-10"},
    )  # fmt: skip
    assert browse("GET", done.headers["Location"]).content == b"hello world"


def test_a_body_without_length_is_read(browse: Browser) -> None:
    where = begin(browse)
    browse("PATCH", where, data=iter([b"he", b"llo"]))
    done = browse("PUT", f"{where}?digest={digest(b'hello')}")
    assert browse("GET", done.headers["Location"]).content == b"hello"


def test_a_wrong_digest_and_a_cancelled_upload(browse: Browser) -> None:
    where = begin(browse)
    wrong = browse("PUT", f"{where}?digest={digest(b'other')}", data=b"this")
    assert wrong.status_code == 400 and code(wrong) == "DIGEST_INVALID"
    where = begin(browse)
    assert browse("DELETE", where).status_code == 204
    gone = browse("PATCH", where, data=b"x")
    assert gone.status_code == 404 and code(gone) == "BLOB_UPLOAD_UNKNOWN"


def test_an_upload_belongs_to_its_repository(browse: Browser) -> None:
    where = begin(browse).replace("/a/b/", "/other/")
    assert browse("PATCH", where, data=b"x").status_code == 404


def test_blobs_are_mounted_from_where_they_are(server: RegistryServer, browse: Browser) -> None:
    known = server.store.put_blob("x/y", b"shared")
    path = f"/v2/a/b/blobs/uploads/?mount={known}"
    assert browse("POST", f"{path}&from=nowhere").status_code == 202
    assert browse("POST", f"{path}&from=x/y").status_code == 201
    assert browse("GET", f"/v2/a/b/blobs/{known}").content == b"shared"


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=6-", 206, b"6789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=10-", 416, None),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
def test_parts_of_a_blob(
    server: RegistryServer, browse: Browser, asked: str, status: int, body: bytes | None
) -> None:
    known = server.store.put_blob("a/b", b"0123456789")
    got = browse("GET", f"/v2/a/b/blobs/{known}", headers={"Range": asked})
    assert got.status_code == status
    if body is not None:
        assert got.content == body


def test_a_blob_is_deleted_where_asked_only(server: RegistryServer, browse: Browser) -> None:
    for name in ("a/b", "c"):
        known = server.store.put_blob(name, b"x")
    assert browse("DELETE", f"/v2/a/b/blobs/{known}").status_code == 202
    assert browse("HEAD", f"/v2/a/b/blobs/{known}").status_code == 404
    assert browse("HEAD", f"/v2/c/blobs/{known}").status_code == 200


def test_referrers_are_listed_and_filtered(browse: Browser) -> None:
    subject = {"digest": digest(b"subject"), "mediaType": MANIFEST, "size": 7}
    signature = manifest(subject=subject, artifactType="sig", annotations={"k": "v"})
    sbom = manifest(subject=subject, artifactType="sbom")
    for raw in (signature, sbom):
        made = put(browse, digest(raw), raw)
        assert made.headers["OCI-Subject"] == subject["digest"]
    path = f"/v2/a/b/referrers/{subject['digest']}"
    every = browse("GET", path)
    assert every.headers["Content-Type"] == INDEX and len(every.json()["manifests"]) == 2
    some = browse("GET", f"{path}?artifactType=sig")
    assert some.headers["OCI-Filters-Applied"] == "artifactType"
    (found,) = some.json()["manifests"]
    assert found["digest"] == digest(signature) and found["annotations"] == {"k": "v"}
    browse("DELETE", f"/v2/a/b/manifests/{digest(signature)}")
    assert len(browse("GET", path).json()["manifests"]) == 1
    assert browse("GET", "/v2/nobody/referrers/" + digest(b"")).json()["manifests"] == []
    assert browse("GET", "/v2/a/b/referrers/nonsense").status_code == 400


def test_what_is_not_served_says_so(browse: Browser) -> None:
    assert browse("GET", "/").status_code == 404
    assert browse("GET", "/v2/a/b/what").status_code == 404
    assert browse("PATCH", "/v2/a/b/manifests/v1").status_code == 405
    assert browse("PUT", "/v2/a/b/blobs/uploads/").status_code == 405


def test_the_store_never_outgrows_its_bound() -> None:
    store = Store(max_bytes=100)
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
    store = Store()
    first = store.begin_upload("a")
    for _ in range(1000):
        store.begin_upload("a")
    with pytest.raises(StoreError):
        store.upload_size("a", first)
