"""Faults on request: each knob does what it says, and the registry survives them all."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading

import pytest
import requests

from fluxtui.world.faults import Rule
from fluxtui.world.registry import Knobs, RegistryServer

from .conftest import Browser


def parameters(challenge: str) -> dict[str, str]:
    return requests.utils.parse_dict_header(challenge.partition(" ")[2])


def token(browse: Browser, scope: str) -> str:
    got = browse("GET", "/token", params={"scope": scope, "service": "x"})
    return "Bearer " + str(got.json()["token"])


def test_the_challenge_names_realm_service_and_scope(
    server: RegistryServer, browse: Browser
) -> None:
    server.turn(bearer=True)
    asked = browse("POST", "/v2/a/b/blobs/uploads/", auth=None)
    found = parameters(asked.headers["WWW-Authenticate"])
    assert found["realm"] == f"{server.url}/token"
    assert found["scope"] == "repository:a/b:pull,push" and "error" not in found
    wrong = browse("GET", "/v2/", auth=None, headers={"Authorization": "Bearer x"})
    assert parameters(wrong.headers["WWW-Authenticate"])["error"] == "invalid_token"


def test_a_token_opens_what_it_was_asked_for_and_nothing_else(
    server: RegistryServer, browse: Browser
) -> None:
    server.turn(bearer=True)
    server.store.put_blob("a/b", b"")
    server.store.put_blob("c", b"")
    headers = {"Authorization": token(browse, "repository:a/b:pull")}
    assert browse("GET", "/v2/a/b/tags/list", auth=None, headers=headers).status_code == 200
    for method, path in (
        ("GET", "/v2/c/tags/list"),
        ("POST", "/v2/a/b/blobs/uploads/"),
        ("DELETE", "/v2/a/b/manifests/v1"),
        ("GET", "/v2/_catalog"),
    ):
        assert browse(method, path, auth=None, headers=headers).status_code == 401, path


def test_a_token_dies_by_the_clock() -> None:
    now = [0.0]
    with RegistryServer(knobs=Knobs(bearer=True, token_ttl=2.0), clock=lambda: now[0]) as server:
        with requests.Session() as session:
            browse = Browser(server, session)
            headers = {"Authorization": token(browse, "")}
            assert browse("GET", "/v2/", auth=None, headers=headers).status_code == 200
            now[0] = 2.0
            assert browse("GET", "/v2/", auth=None, headers=headers).status_code == 401


def test_the_token_endpoint_knows_passwords_and_refresh_tokens(
    server: RegistryServer, browse: Browser
) -> None:
    assert browse("GET", "/token", auth=None).status_code == 401
    assert browse("GET", "/token", auth=("fluxtui", "no")).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": server.gate.identity_token}
    assert browse("POST", "/token", auth=None, data=form).status_code == 200
    form["refresh_token"] = "no"
    assert browse("POST", "/token", auth=None, data=form).status_code == 401


def test_throttling_and_faults_are_used_up(server: RegistryServer, browse: Browser) -> None:
    rules = Rule(status=429, retry_after=7, count=1), Rule(status=502, count=1)
    server.faults.set_rules(*rules)
    answers = [browse("GET", "/v2/") for _ in range(3)]
    assert [a.status_code for a in answers] == [429, 502, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_a_blob_is_cut_lied_about_or_sent_elsewhere(
    server: RegistryServer, browse: Browser
) -> None:
    data = b"0123456789" * 100
    path = f"/v2/a/b/blobs/{server.store.put_blob('a/b', data)}"
    server.faults.set_rules(Rule(path="/blobs/", cut="middle", count=1))
    with pytest.raises(requests.exceptions.RequestException):
        browse("GET", path)
    server.turn(lying_blobs=True)
    assert browse("GET", path).content != data
    server.turn(lying_blobs=False, redirect_blobs="self")
    moved = browse("GET", path, allow_redirects=False)
    assert moved.status_code == 307
    signed = moved.headers["Location"]
    assert browse("GET", signed, auth=None).content == data
    assert browse("GET", signed).status_code == 400  # as object stores refuse a second signature


def test_down_means_no_answer(server: RegistryServer, browse: Browser) -> None:
    server.faults.unreachable = True
    with pytest.raises(requests.exceptions.ConnectionError):
        browse("GET", "/v2/")
    server.faults.unreachable = False
    assert browse("GET", "/v2/").status_code == 200


def test_a_hanging_request_ends_when_the_server_stops(server: RegistryServer) -> None:
    server.faults.set_rules(Rule(hang=True))
    host, port = server.address.split(":")
    ended = threading.Event()
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")

        def listen() -> None:
            # A request that the server had not begun with is reset, one that hangs is closed.
            with contextlib.suppress(ConnectionResetError):
                assert line.recv(10) == b""
            ended.set()

        listener = threading.Thread(target=listen)
        listener.start()
        server.stop()
        listener.join(60)
    assert ended.is_set()


def test_stopping_keeps_content_and_port(server: RegistryServer, browse: Browser) -> None:
    server.store.put_blob("a/b", b"x")
    address = server.address
    server.stop()
    with pytest.raises(requests.exceptions.ConnectionError):
        browse("GET", "/v2/")
    server.start()
    assert server.address == address
    assert browse("GET", "/v2/_catalog").json() == {"repositories": ["a/b"]}


def test_pages_are_as_small_as_the_knob_says(server: RegistryServer, browse: Browser) -> None:
    raw = json.dumps({"schemaVersion": 2, "mediaType": "a/b", "layers": []}).encode()
    digest = server.store.put_manifest("a/b", "v0", raw, "a/b").digest
    server.store.put_tags("a/b", (f"v{n}" for n in range(1, 7)), digest)
    server.turn(page_size=3)
    sizes, path = [], "/v2/a/b/tags/list?n=1000"
    while path:
        page = browse("GET", path)
        sizes.append(len(page.json()["tags"]))
        path = page.links.get("next", {}).get("url", "")
    assert sizes == [3, 3, 1]


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /v2/ HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET /v2/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"PUT /v2/a/manifests/v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_nonsense_on_the_wire_is_answered_with_400(server: RegistryServer, raw: bytes) -> None:
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(raw)
        assert line.recv(100).startswith(b"HTTP/1.1 400")


def test_any_answer_can_be_cut(server: RegistryServer, browse: Browser) -> None:
    server.faults.set_rules(Rule(cut="middle", count=1))
    with pytest.raises(requests.exceptions.RequestException):
        browse("GET", "/v2/_catalog")
    assert browse("GET", "/v2/_catalog").status_code == 200


def test_what_was_served_is_remembered_without_secrets(
    server: RegistryServer, browse: Browser
) -> None:
    browse("GET", "/v2/")
    (seen,) = server.served
    assert (seen.method, seen.path, seen.status, seen.authorization) == (
        "GET",
        "/v2/",
        200,
        "basic",
    )
    secret = base64.b64encode(f"{server.username}:{server.password}".encode()).decode()
    assert secret not in repr(server.served)


def test_a_fault_of_our_own_is_answered_and_logged(
    server: RegistryServer, browse: Browser, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken() -> list[str]:
        raise RuntimeError("a bug in the store")

    monkeypatch.setattr(server.store, "repositories", broken)
    assert browse("GET", "/v2/_catalog").status_code == 500
    assert "a bug in the store" in caplog.text
