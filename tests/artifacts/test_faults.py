"""A registry at its worst: what is survived, what is refused, and where credentials never go."""

from __future__ import annotations

import json
import logging
import random
import socket
from pathlib import Path

import pytest

from fluxtui.artifacts import Packed, Reference, RegistryClient, connections, pack_files
from fluxtui.artifacts import settings as settings_module
from fluxtui.artifacts.manifest import OCI_MANIFEST, Descriptor
from fluxtui.domain.errors import (
    ArtifactError,
    RegistryDenied,
    RegistryError,
    RegistryUnreachable,
)
from fluxtui.world.faults import Rule
from fluxtui.world.registry import RegistryServer, routes

from .conftest import ClientMaker, Clock, Pauses, publish

BIG = pack_files({"noise": random.Random(7).randbytes(400_000)})


def requests_of(registry: RegistryServer, path: str) -> list[int]:
    return [served.status for served in registry.served if path in served.path]


# -- tokens


def test_a_token_is_fetched_once_per_repository_and_right(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    registry.turn(bearer=True)
    publish(client, reference, bundle)
    other = Reference.parse(f"{registry.address}/other/repo:v1")
    publish(client, other, bundle)
    registry.served.clear()
    for _ in range(3):
        client.list_tags(reference)
        client.list_tags(other)
    assert requests_of(registry, "/token") == []
    assert requests_of(registry, "/tags/list") == [200] * 6


def test_an_aged_token_is_renewed_before_it_is_used(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    clock: Clock,
) -> None:  # fmt: skip
    registry.turn(bearer=True, token_ttl=2.0)
    publish(client, reference, bundle)
    registry.served.clear()
    clock.now += 2.5
    client.list_tags(reference)
    assert requests_of(registry, "/token") == [200]


def test_a_token_that_died_early_is_replaced_once_and_quietly(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    clock: Clock,
) -> None:  # fmt: skip
    registry.turn(bearer=True, token_ttl=2.0, expires_in=False)  # the client must assume 60 s
    publish(client, reference, bundle)
    clock.now += 3
    assert publish(client, reference.with_tag("later"), bundle).digest
    client.delete_tag(reference.with_tag("later"))
    assert client.list_tags(reference) == ["v1.0.0"]


def test_wrong_credentials_are_said_once_and_not_hammered(
    registry: RegistryServer, reference: Reference, make_client: ClientMaker, pauses: Pauses
) -> None:
    client = make_client(credentials={registry.address: ("fluxtui", "wrong")})
    for bearer in (False, True):
        registry.turn(bearer=bearer)
        registry.served.clear()
        with pytest.raises(RegistryDenied, match="docker login") as denied:
            client.list_tags(reference)
        assert "wrong" not in str(denied.value)
        assert len(registry.served) <= 2 and not pauses.taken


def test_a_password_may_be_in_any_script(make_client: ClientMaker, bundle: Packed) -> None:
    login = ("użytkownik", "пароль:日本")
    with RegistryServer(credentials=login) as server:
        for bearer in (False, True):
            server.turn(bearer=bearer)
            client = make_client(credentials={server.address: login})
            assert publish(client, Reference.parse(f"{server.address}/a/b:v1"), bundle).digest


def test_no_credentials_at_all_is_another_message(
    registry: RegistryServer, reference: Reference, make_client: ClientMaker
) -> None:
    for bearer in (False, True):
        registry.turn(bearer=bearer)
        with pytest.raises(RegistryDenied, match=r"none are known|no anonymous"):
            make_client().list_tags(reference)


def test_anonymous_pull_with_a_token(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    make_client: ClientMaker,
) -> None:  # fmt: skip
    publish(client, reference, bundle)
    registry.turn(bearer=True, anonymous_pull=True)
    anonymous = make_client()
    assert anonymous.pull(reference).layer == bundle.data
    with pytest.raises(RegistryDenied):
        anonymous.tag(reference, "stolen")


def test_docker_config_and_identity_tokens_open_the_door(
    registry: RegistryServer, reference: Reference, make_client: ClientMaker, tmp_path: Path,
    bundle: Packed,
) -> None:  # fmt: skip
    registry.turn(bearer=True)
    config = {"auths": {registry.address: {"identitytoken": registry.gate.identity_token}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    client = make_client(environ={"DOCKER_CONFIG": str(tmp_path)})
    publish(client, reference, bundle)
    posts = [s for s in registry.served if s.path == "/token"]
    assert {post.method for post in posts} == {"POST"}


# -- where credentials may go


def test_a_realm_on_another_host_gets_credentials_only_over_https(
    registry: RegistryServer, client: RegistryClient, reference: Reference
) -> None:
    with RegistryServer(credentials=None) as thief:
        registry.turn(bearer=True, realm=f"{thief.url}/token")
        with pytest.raises(RegistryDenied, match="must use HTTPS"):
            client.list_tags(reference)
        assert not thief.served


def test_a_redirect_never_carries_credentials_along(
    registry: RegistryServer, client: RegistryClient, reference: Reference
) -> None:
    publish(client, reference, BIG)
    for bearer in (False, True):
        with RegistryServer(credentials=None, store=registry.store) as blobs:
            registry.turn(bearer=bearer, redirect_blobs=blobs.url)
            assert client.pull(reference).layer == BIG.data
            assert [s.status for s in blobs.served] == [200]
            assert [s.authorization for s in blobs.served] == [""]


def test_a_blob_store_elsewhere_that_asks_for_credentials_gets_none(
    registry: RegistryServer, client: RegistryClient, reference: Reference
) -> None:
    publish(client, reference, BIG)
    with RegistryServer() as thief:
        registry.turn(redirect_blobs=f"{thief.url}/v2/steal/blobs")
        with pytest.raises(RegistryError):
            client.pull(reference)
        assert {s.authorization for s in thief.served} == {""}


def test_credentials_do_not_leave_in_clear_text_but_where_the_user_said(
    make_client: ClientMaker,
) -> None:
    made = make_client(plain_http=frozenset({"listed.example"}))
    may = made.settings.may_send_secrets
    assert (
        may("https", "r.example") and may("http", "127.0.0.1:1") and may("http", "listed.example")
    )
    assert not may("http", "10.0.0.1") and not may("http", "r.example")
    assert made.settings.scheme("10.0.0.1") == "http"
    assert made.settings.scheme("listed.example") == "http"
    assert made.settings.scheme("r.example") == "https"


def test_a_private_address_is_tried_with_tls_first_and_gets_no_password_without(
    registry: RegistryServer, reference: Reference, client: RegistryClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """No private address answers here, so loopback plays one."""
    for module in (connections, settings_module):
        monkeypatch.setattr(module, "is_loopback", lambda _: False)
    with pytest.raises(RegistryDenied, match="plain HTTP"):
        client.list_tags(reference)
    registry.turn(bearer=True)
    with pytest.raises(RegistryDenied, match="plain HTTP"):
        client.list_tags(reference)
    assert {served.authorization for served in registry.served} == {""}


def test_netrc_is_not_consulted(
    registry: RegistryServer, reference: Reference, make_client: ClientMaker, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login {registry.username} password {registry.password}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with pytest.raises(RegistryDenied):
        make_client().list_tags(reference)
    assert {s.authorization for s in registry.served} == {""}


# -- patience


def test_a_read_is_tried_again_as_the_registry_asks(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    pauses: Pauses,
) -> None:  # fmt: skip
    publish(client, reference, bundle)
    registry.faults.set_rules(Rule(status=429, retry_after=3, count=2))
    assert client.list_tags(reference) == ["v1.0.0"]
    assert pauses.taken == [3, 3]


def test_an_hour_is_not_waited_for(
    client: RegistryClient, registry: RegistryServer, reference: Reference, pauses: Pauses
) -> None:
    registry.faults.set_rules(Rule(status=429, retry_after=3600))
    with pytest.raises(RegistryError, match="too many requests") as refused:
        client.list_tags(reference)
    assert "3600 s" in str(refused.value) and not pauses.taken


def test_a_burst_of_faults_is_outlived_but_not_a_long_one(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    pauses: Pauses,
) -> None:  # fmt: skip
    publish(client, reference, bundle)
    for status in (500, 502, 503, 504):
        registry.faults.set_rules(Rule(status=status, count=2))
        assert client.pull(reference).layer == bundle.data
    registry.faults.set_rules(Rule(status=500))
    with pytest.raises(RegistryError, match="500") as failed:
        client.list_tags(reference)
    assert failed.value.status == 500
    assert max(pauses.taken) < 2


def test_a_write_is_never_sent_twice(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed,
    pauses: Pauses,
) -> None:  # fmt: skip
    publish(client, reference, bundle)
    raw = client.manifest(reference).raw
    for status in (503, 429):
        registry.faults.set_rules(Rule(status=status, count=1))
        registry.served.clear()
        with pytest.raises(RegistryError):
            client.put_manifest(reference.with_tag("once"), raw, OCI_MANIFEST)
        assert [s.method for s in registry.served] == ["PUT"]
    assert not pauses.taken


def test_a_download_cut_off_is_taken_up_where_it_broke(
    client: RegistryClient, registry: RegistryServer, reference: Reference
) -> None:
    publish(client, reference, BIG)
    registry.faults.set_rules(Rule(path="/blobs/", cut="middle", count=1))
    registry.served.clear()
    assert client.pull(reference).layer == BIG.data
    blobs = [s for s in registry.served if "/blobs/" in s.path]
    assert [s.status for s in blobs] == [200, 206]
    assert int(blobs[1].headers["range"].removeprefix("bytes=").rstrip("-")) > 0
    registry.faults.set_rules(Rule(path="/blobs/", cut="middle"))
    with pytest.raises(RegistryUnreachable):
        client.pull(reference)


def test_an_answer_cut_off_is_asked_for_again(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    digest = publish(client, reference, bundle).digest
    for look in (client.list_tags, client.manifest):
        registry.faults.set_rules(Rule(cut="middle", count=2))
        assert look(reference)
    assert client.resolve(reference).digest == digest


def test_a_blob_that_is_not_what_it_says_is_refused(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    publish(client, reference, bundle)
    registry.turn(lying_blobs=True)
    with pytest.raises(ArtifactError, match="digest") as lied:
        client.pull(reference)
    assert lied.value.entry == bundle.digest


def test_a_blob_larger_than_announced_or_allowed_is_refused(
    client: RegistryClient, reference: Reference
) -> None:
    publish(client, reference, BIG)
    with pytest.raises(ArtifactError, match="larger than 10"):
        client.pull(reference, max_size=10)
    with pytest.raises(ArtifactError, match="more than the 100 bytes"):
        client.blob(reference, Descriptor(BIG.digest, "", 100))
    with pytest.raises(ArtifactError, match="more than the 200 bytes"):
        client.blob(reference, Descriptor(BIG.digest, "", -1), max_size=200)


def test_a_registry_that_is_down_is_said_in_plain_words_and_can_come_back(
    client: RegistryClient, registry: RegistryServer, reference: Reference, bundle: Packed
) -> None:
    publish(client, reference, bundle)
    registry.faults.unreachable = True
    with pytest.raises(RegistryUnreachable, match=registry.address):
        client.list_tags(reference)
    registry.faults.unreachable = False
    assert client.list_tags(reference) == ["v1.0.0"]
    registry.stop()
    with pytest.raises(RegistryUnreachable, match="refused"):
        client.list_tags(reference)
    registry.start()
    assert client.list_tags(reference) == ["v1.0.0"]


def test_a_registry_that_never_answers_is_given_up(
    registry: RegistryServer, reference: Reference, make_client: ClientMaker
) -> None:
    client = make_client(timeout=0.1)
    registry.faults.set_rules(Rule(hang=True))
    with pytest.raises(RegistryUnreachable, match="in time"):
        client.list_tags(reference)
    assert requests_of(registry, "/") == [0], "waiting three times would help nobody"


def test_a_list_of_tags_must_not_lead_to_another_host(
    client: RegistryClient, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.connections.close()
    monkeypatch.setattr(
        routes, "_next", lambda *_: {"Link": '<http://evil.example/v2/x>; rel="next"'}
    )
    publish(client, reference, pack_files({"a": b""}))
    publish(client, reference.with_tag("b"), pack_files({"a": b""}))
    monkeypatch.setattr(routes, "_page", lambda *_: 1)
    with pytest.raises(RegistryError, match="astray"):
        client.list_tags(reference)


def test_nothing_is_written_to_stderr(
    registry: RegistryServer, client: RegistryClient, reference: Reference,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    registry.faults.unreachable = True
    with pytest.raises(RegistryError):
        client.list_tags(reference)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("oras").handlers


def test_a_proxy_of_the_environment_is_not_used_for_loopback(
    registry: RegistryServer, reference: Reference, make_client: ClientMaker, bundle: Packed
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        client = make_client(
            environ={"HTTP_PROXY": proxy, "http_proxy": proxy},
            credentials={registry.address: (registry.username, registry.password)},
        )
        assert publish(client, reference, bundle).digest
