"""One suite on the World's registry and on Debian's docker-registry: what clients can rely on.

The OCI conformance suite says what the spec asks for (tests/world/registry); this says what a
registry in daily use does with it. Where docker-registry leaves the spec, a test says how.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.utils import parse_dict_header

from tests.contract import registries
from tests.contract.registries import Registry

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = b"{}"


@pytest.fixture(scope="module", params=["world", "docker"])
def registry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    if request.param == "world":
        with registries.world() as found:
            yield found
    else:
        with registries.docker(tmp_path_factory.mktemp("docker")) as found:
            yield found


@pytest.fixture(scope="module", params=["world", "docker"])
def closed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """One that wants a token."""
    if request.param == "world":
        with registries.world(closed=True) as found:
            yield found
    else:
        with registries.docker(tmp_path_factory.mktemp("closed"), closed=True) as found:
            yield found


@pytest.fixture
def repo(request: pytest.FixtureRequest) -> str:
    """A repository of this test's own."""
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:10]
    return f"team/{name}"


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def manifest(*layers: bytes, media: str = MANIFEST, **more: Any) -> bytes:
    def described(data: bytes, kind: str) -> dict[str, Any]:
        return {"mediaType": kind, "digest": digest(data), "size": len(data)}

    config = described(CONFIG, "application/vnd.oci.image.config.v1+json")
    body = {
        "schemaVersion": 2,
        "mediaType": media,
        "config": config,
        "layers": [described(x, "application/vnd.oci.image.layer.v1.tar+gzip") for x in layers],
    }
    return json.dumps({**body, **more}).encode()


def code(response: requests.Response) -> str:
    found: str = response.json()["errors"][0]["code"]
    return found


def upload(registry: Registry, repo: str, data: bytes) -> None:
    opened = registry("POST", f"/v2/{repo}/blobs/uploads/")
    assert opened.status_code == 202
    assert finish(registry, opened, data, digest(data)).status_code == 201


def finish(
    registry: Registry, opened: requests.Response, data: bytes, name: str, **more: Any
) -> requests.Response:
    where = requests.compat.urljoin(opened.url, opened.headers["Location"])
    joined = "&" if "?" in where else "?"
    return registry("PUT", f"{where}{joined}digest={name}", data=data, **more)


def place(answer: requests.Response) -> str:
    found: str = requests.compat.urljoin(answer.url, answer.headers["Location"])
    return found


def push(registry: Registry, repo: str, tag: str, *layers: bytes, **more: Any) -> bytes:
    for data in (CONFIG, *layers):
        upload(registry, repo, data)
    raw = manifest(*layers, **more)
    kind = more.get("media", MANIFEST)
    put = registry("PUT", f"/v2/{repo}/manifests/{tag}", data=raw, headers={"Content-Type": kind})
    assert put.status_code == 201, put.text
    return raw


# -- the door


def test_the_api_is_there_and_says_its_version(registry: Registry) -> None:
    found = registry("GET", "/v2/")
    assert (found.status_code, found.json()) == (200, {})
    assert found.headers["Docker-Distribution-Api-Version"] == "registry/2.0"


# -- manifests, tags, digests


def test_a_manifest_is_found_by_tag_and_digest_as_it_was_pushed(
    registry: Registry, repo: str
) -> None:
    raw = push(registry, repo, "v1", b"layer")
    for ref in ("v1", digest(raw)):
        got = registry("GET", f"/v2/{repo}/manifests/{ref}", headers={"Accept": MANIFEST})
        assert got.content == raw
        assert got.headers["Content-Type"] == MANIFEST
        assert got.headers["Docker-Content-Digest"] == digest(raw)
        head = registry("HEAD", f"/v2/{repo}/manifests/{ref}", headers={"Accept": MANIFEST})
        assert head.status_code == 200 and not head.content
        assert head.headers["Content-Length"] == str(len(raw))
        assert head.headers["Docker-Content-Digest"] == digest(raw)


def test_a_put_says_where_it_is(registry: Registry, repo: str) -> None:
    upload(registry, repo, CONFIG)
    raw = manifest()
    put = registry("PUT", f"/v2/{repo}/manifests/v1", data=raw, headers={"Content-Type": MANIFEST})
    assert put.headers["Docker-Content-Digest"] == digest(raw)
    assert registry("GET", place(put), headers={"Accept": MANIFEST}).content == raw
    assert place(put).endswith(f"/v2/{repo}/manifests/{digest(raw)}")


def test_a_tag_moves_and_the_old_manifest_stays_by_digest(registry: Registry, repo: str) -> None:
    first = push(registry, repo, "v1", b"one")
    second = push(registry, repo, "v1", b"two")
    accept = {"Accept": MANIFEST}
    assert registry("GET", f"/v2/{repo}/manifests/v1", headers=accept).content == second
    old = registry("GET", f"/v2/{repo}/manifests/{digest(first)}", headers=accept)
    assert old.content == first
    assert registry("GET", f"/v2/{repo}/tags/list").json()["tags"] == ["v1"]


def test_who_accepts_anything_gets_an_oci_manifest_from_newer_registries_only(
    registry: Registry, repo: str
) -> None:
    push(registry, repo, "v1")
    got = registry("GET", f"/v2/{repo}/manifests/v1", headers={"Accept": "*/*"})
    # The spec wants the manifest; 2.8 gives one of OCI's only to who names the media type.
    assert got.status_code == (404 if registry.name == "docker" else 200)
    refused = registry("GET", f"/v2/{repo}/manifests/v1", headers={"Accept": INDEX})
    assert (refused.status_code, code(refused)) == (404, "MANIFEST_UNKNOWN")


def test_what_is_not_there_is_404_with_a_code(registry: Registry, repo: str) -> None:
    nowhere = registry("GET", f"/v2/{repo}/tags/list")
    assert (nowhere.status_code, code(nowhere)) == (404, "NAME_UNKNOWN")
    push(registry, repo, "v1")
    for ref in ("v9", digest(b"nothing")):
        missing = registry("GET", f"/v2/{repo}/manifests/{ref}")
        assert (missing.status_code, code(missing)) == (404, "MANIFEST_UNKNOWN")
        assert registry("HEAD", f"/v2/{repo}/manifests/{ref}").status_code == 404
    blob = registry("GET", f"/v2/{repo}/blobs/{digest(b'nothing')}")
    assert (blob.status_code, code(blob)) == (404, "BLOB_UNKNOWN")


def test_a_digest_that_does_not_fit_is_refused(registry: Registry, repo: str) -> None:
    upload(registry, repo, CONFIG)
    refused = registry(
        "PUT",
        f"/v2/{repo}/manifests/{digest(b'other')}",
        data=manifest(),
        headers={"Content-Type": MANIFEST},
    )
    assert (refused.status_code, code(refused)) == (400, "DIGEST_INVALID")
    opened = registry("POST", f"/v2/{repo}/blobs/uploads/")
    wrong = finish(registry, opened, b"data", digest(b"other"))
    assert (wrong.status_code, code(wrong)) == (400, "DIGEST_INVALID")


# -- tags and pages


def test_tags_come_in_pages_by_link(registry: Registry, repo: str) -> None:
    raw = push(registry, repo, "v0")
    for number in range(1, 7):
        registry(
            "PUT", f"/v2/{repo}/manifests/v{number}", data=raw, headers={"Content-Type": MANIFEST}
        )
    seen: list[list[str]] = []
    path = f"/v2/{repo}/tags/list?n=3"
    while path:
        page = registry("GET", path)
        assert page.json()["name"] == repo
        seen.append(page.json()["tags"])
        link = page.links.get("next", {}).get("url", "")
        path = requests.compat.urljoin(page.url, link) if link else ""
    if registry.name == "docker":
        # 2.8 knows no pages of tags: `n` is ignored and all of them come at once.
        assert [sorted(page) for page in seen] == [[f"v{n}" for n in range(7)]]
    else:
        assert seen == [["v0", "v1", "v2"], ["v3", "v4", "v5"], ["v6"]]


# -- deleting


def test_a_manifest_is_deleted_by_digest_and_its_tags_with_it(
    registry: Registry, repo: str
) -> None:
    raw = push(registry, repo, "v1", b"layer")
    path = f"/v2/{repo}/manifests/{digest(raw)}"
    assert registry("DELETE", path).status_code == 202
    assert registry("GET", path).status_code == 404
    assert registry("GET", f"/v2/{repo}/manifests/v1").status_code == 404
    again = registry("DELETE", path)
    assert (again.status_code, code(again)) == (404, "MANIFEST_UNKNOWN")


def test_a_tag_alone_is_deleted_only_by_newer_registries(registry: Registry, repo: str) -> None:
    raw = push(registry, repo, "v1")
    accept = {"Accept": MANIFEST}
    deleted = registry("DELETE", f"/v2/{repo}/manifests/v1")
    by_digest = registry("GET", f"/v2/{repo}/manifests/{digest(raw)}", headers=accept)
    assert by_digest.status_code == 200, "the manifest stays in any case"
    by_tag = registry("GET", f"/v2/{repo}/manifests/v1", headers=accept)
    if registry.name == "docker":
        # The spec asks for 202, or for 400 or 405 where tags cannot be deleted, as in 2.8.
        assert deleted.status_code in (400, 405) and by_tag.status_code == 200
    else:
        assert deleted.status_code == 202 and by_tag.status_code == 404


# -- uploads


# -- downloads


@pytest.mark.parametrize(
    ("asked", "expected"), [("bytes=0-3", (0, 4)), ("bytes=6-", (6, 10)), ("bytes=-2", (8, 10))]
)
def test_a_part_of_a_blob(
    registry: Registry, repo: str, asked: str, expected: tuple[int, int]
) -> None:
    data = b"0123456789"
    upload(registry, repo, data)
    path = f"/v2/{repo}/blobs/{digest(data)}"
    part = registry("GET", path, headers={"Range": asked})
    begin, end = expected
    assert (part.status_code, part.content) == (206, data[begin:end])
    assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/10"
    whole = registry("GET", path)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Docker-Content-Digest"] == digest(data)


# -- referrers


def test_referrers_are_found_by_the_api_or_by_the_tag_that_stands_in_for_it(
    registry: Registry, repo: str
) -> None:
    subject = push(registry, repo, "v1", b"layer")
    about = {"mediaType": MANIFEST, "digest": digest(subject), "size": len(subject)}
    signature = manifest(subject=about, artifactType="application/example.signature")
    put = registry(
        "PUT",
        f"/v2/{repo}/manifests/{digest(signature)}",
        data=signature,
        headers={"Content-Type": MANIFEST},
    )
    assert put.status_code == 201
    listed = registry("GET", f"/v2/{repo}/referrers/{digest(subject)}")
    described = {
        "mediaType": MANIFEST,
        "digest": digest(signature),
        "size": len(signature),
        "artifactType": "application/example.signature",
    }
    if registry.name == "world":
        assert put.headers["OCI-Subject"] == digest(subject)
        assert listed.headers["Content-Type"] == INDEX
        assert listed.json()["manifests"] == [described]
        return
    # 2.8 has no referrers API: 404, no OCI-Subject, and the client keeps an index under a tag.
    assert listed.status_code == 404 and "OCI-Subject" not in put.headers
    fallback = digest(subject).replace(":", "-")
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [described]}).encode()
    kept = registry(
        "PUT", f"/v2/{repo}/manifests/{fallback}", data=index, headers={"Content-Type": INDEX}
    )
    assert kept.status_code == 201
    found = registry("GET", f"/v2/{repo}/manifests/{fallback}", headers={"Accept": INDEX})
    assert found.json()["manifests"] == [described]


def test_the_tag_scheme_works_where_the_api_is_missing(registry: Registry, repo: str) -> None:
    """Clients of registries without the API keep their index under `sha256-<hex>`, on both."""
    subject = push(registry, repo, "v1")
    about = {"mediaType": MANIFEST, "digest": digest(subject), "size": len(subject)}
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [about]}).encode()
    tag = digest(subject).replace(":", "-")
    put = registry(
        "PUT", f"/v2/{repo}/manifests/{tag}", data=index, headers={"Content-Type": INDEX}
    )
    assert put.status_code == 201
    assert tag in registry("GET", f"/v2/{repo}/tags/list").json()["tags"]


# -- tokens


def granted(scopes: str) -> set[tuple[str, frozenset[str]]]:
    """Resource and actions of each scope; their order means nothing."""
    parts = (scope.rpartition(":") for scope in scopes.split())
    return {(resource, frozenset(actions.split(","))) for resource, _, actions in parts}


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v2/", ""),
        ("GET", "/v2/team/app/tags/list", "repository:team/app:pull"),
        ("HEAD", "/v2/team/app/manifests/v1", "repository:team/app:pull"),
        ("GET", f"/v2/team/app/blobs/{digest(b'x')}", "repository:team/app:pull"),
        ("POST", "/v2/team/app/blobs/uploads/", "repository:team/app:pull,push"),
        ("PUT", "/v2/team/app/manifests/v1", "repository:team/app:pull,push"),
        ("DELETE", f"/v2/team/app/manifests/{digest(b'x')}", "repository:team/app:delete"),
        ("GET", "/v2/_catalog", "registry:catalog:*"),
    ],
)
def test_the_challenge_names_the_scope_a_token_needs(
    closed: Registry, method: str, path: str, scope: str
) -> None:
    refused = closed(method, path)
    assert refused.status_code == 401
    scheme, _, rest = refused.headers["WWW-Authenticate"].partition(" ")
    asked = parse_dict_header(rest)
    assert (scheme, asked["realm"]) == ("Bearer", registries.REALM)
    assert asked["service"]
    assert granted(asked.get("scope", "")) == granted(scope) and "error" not in asked
    if method != "HEAD":
        assert code(refused) == "UNAUTHORIZED"


def test_a_token_nobody_gave_is_said_to_be_invalid(closed: Registry) -> None:
    refused = closed("GET", "/v2/team/app/tags/list", headers={"Authorization": "Bearer x.y.z"})
    assert refused.status_code == 401
    asked = parse_dict_header(refused.headers["WWW-Authenticate"].partition(" ")[2])
    assert asked["error"] == "invalid_token"
    assert asked["scope"] == "repository:team/app:pull"
