"""Credentials are found where docker leaves them, and go nowhere they should not."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from fluxtui.artifacts import PullSecret, Reference, RegistrySettings
from fluxtui.artifacts.credentials import Keychain
from fluxtui.artifacts.dockerconfig import Credential
from fluxtui.domain.errors import ConfigError, RegistryDenied


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def keychain(folder: Path, config: Any = None, **settings: Any) -> Keychain:
    folder.mkdir(exist_ok=True)
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
    environ = {"DOCKER_CONFIG": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"}
    return Keychain(RegistrySettings(**settings), environ)


def helper(folder: Path, name: str, script: str) -> None:
    path = folder / f"docker-credential-{name}"
    path.write_text('#!/bin/sh\nread server\necho "$server" >> "$0.asked"\n' + script)
    path.chmod(0o755)


def test_nothing_known_means_anonymous(tmp_path: Path) -> None:
    assert keychain(tmp_path).find("r.example") is None
    assert Keychain(RegistrySettings(), {}).find("r.example") is None


@pytest.mark.parametrize(
    "entry",
    [
        {"auth": b64("me:se:cret")},
        {"username": "me", "password": "se:cret"},
    ],
)
def test_docker_config_is_read(tmp_path: Path, entry: dict[str, str]) -> None:
    found = keychain(tmp_path, {"auths": {"r.example": entry}}).find("r.example")
    assert found is not None and (found.user, found.password) == ("me", "se:cret")


def test_home_is_looked_into_when_docker_config_is_not_set(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(
        json.dumps({"auths": {"r.example": {"auth": b64("a:b")}}})
    )
    found = Keychain(RegistrySettings(), {"HOME": str(tmp_path)}).find("r.example")
    assert found is not None and found.user == "a"


def test_the_settings_come_first(tmp_path: Path) -> None:
    known = keychain(
        tmp_path,
        {"auths": {"r.example": {"auth": b64("file:x")}}},
        credentials={"r.example": ("explicit", "y")},
    )
    assert known.find("r.example") == Credential("explicit", "y", source="the settings")


@pytest.mark.parametrize("key", ["https://index.docker.io/v1/", "docker.io", "index.docker.io"])
def test_docker_hub_is_known_by_all_its_names(tmp_path: Path, key: str) -> None:
    known = keychain(tmp_path, {"auths": {key: {"auth": b64("hub:x")}}})
    found = known.find("index.docker.io", "library/alpine")
    assert found is not None and found.user == "hub"


def test_the_entry_for_a_deeper_path_wins(tmp_path: Path) -> None:
    auths = {
        "r.example": {"auth": b64("all:x")},
        "r.example/acme": {"auth": b64("acme:x")},
        "r.example/acmex": {"auth": b64("other:x")},
    }
    known = keychain(tmp_path, {"auths": auths})
    assert known.find("r.example", "acme/ui").user == "acme"  # type: ignore[union-attr]
    assert known.find("r.example", "b").user == "all"  # type: ignore[union-attr]


@pytest.mark.parametrize("host", ["r.example.evil", "evil-r.example", "r.exampl", "r.example:5000"])
def test_another_host_gets_nothing(tmp_path: Path, host: str) -> None:
    known = keychain(tmp_path, {"auths": {"r.example": {"auth": b64("a:b")}}})
    assert known.find(host, "a") is None


def test_a_helper_is_asked_once_and_again_after_a_refusal(tmp_path: Path) -> None:
    known = keychain(tmp_path, {"credHelpers": {"r.example": "test"}, "auths": {"r.example": {}}})
    helper(tmp_path, "test", """echo '{"Username":"u","Secret":"p"}'\n""")
    for _ in range(2):
        found = known.find("r.example")
    assert found == Credential("u", "p", source="docker-credential-test")
    asked = tmp_path / "docker-credential-test.asked"
    assert asked.read_text() == "r.example\n"
    known.forget()
    known.find("r.example")
    assert asked.read_text() == "r.example\nr.example\n"


def test_a_helper_may_give_an_identity_token(tmp_path: Path) -> None:
    known = keychain(tmp_path, {"credsStore": "test"})
    helper(tmp_path, "test", """echo '{"Username":"<token>","Secret":"refresh"}'\n""")
    assert known.find("r.example").identity_token == "refresh"  # type: ignore[union-attr]


def test_the_store_is_asked_about_docker_hub_by_its_old_address(tmp_path: Path) -> None:
    known = keychain(tmp_path, {"credsStore": "test"})
    helper(tmp_path, "test", """echo '{"Username":"u","Secret":"p"}'\n""")
    known.find("index.docker.io")
    asked = (tmp_path / "docker-credential-test.asked").read_text()
    assert asked == "https://index.docker.io/v1/\n"


def test_a_helper_that_knows_nothing_means_anonymous(tmp_path: Path) -> None:
    known = keychain(tmp_path, {"credsStore": "test"})
    helper(tmp_path, "test", "echo 'credentials not found in native keychain'\nexit 1\n")
    assert known.find("r.example") is None


def test_a_broken_or_missing_helper_is_said(tmp_path: Path) -> None:
    known = keychain(tmp_path, {"credsStore": "gone"})
    with pytest.raises(RegistryDenied, match="not installed"):
        known.find("r.example")
    helper(tmp_path, "gone", "echo 'the vault is locked' >&2\nexit 1\n")
    with pytest.raises(RegistryDenied, match="the vault is locked"):
        known.find("r.example")


def test_a_helper_is_a_name_not_a_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not the name"):
        keychain(tmp_path, {"credsStore": "../../evil"}).find("r.example")


def test_a_damaged_config_is_said_without_quoting_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"auths": {"r": {"auth": "secretsecret"')
    with pytest.raises(ConfigError) as wrong:
        keychain(tmp_path).find("r")
    assert "config.json" in str(wrong.value) and "secretsecret" not in str(wrong.value)


def test_a_credential_never_shows_its_secret() -> None:
    shown = repr(Credential("me", "hunter2", "refresh", source="somewhere"))
    assert "hunter2" not in shown and "refresh" not in shown


def test_a_credentials_file_opens_what_its_keys_name() -> None:
    """As a docker config: paths, API versions in keys, identity tokens."""
    config = {
        "auths": {
            "https://r.example/v2/": {"auth": b64("a:b")},
            "r.example/acme": {"identitytoken": "refresh"},
            "x": {},
        }
    }
    known = Keychain(RegistrySettings(docker_config=json.dumps(config)), {})
    assert known.find("r.example", "other").user == "a"  # type: ignore[union-attr]
    assert known.find("r.example", "acme/ui").identity_token == "refresh"  # type: ignore[union-attr]
    assert known.find("x", "a") is None and known.find("y", "a") is None


def secret(**auths: Any) -> PullSecret:
    return PullSecret(json.dumps({"auths": auths}).encode(), "Secret a/b")


@pytest.mark.parametrize(
    ("key", "url", "opens"),
    [
        ("r.example", "r.example/acme/app", True),
        ("https://r.example/v1/", "r.example/acme/app", True),
        ("https://r.example/v2/acme", "r.example/acme/app", True),
        ("r.example/acme", "r.example/acme/app", True),
        ("r.example/other", "r.example/acme/app", False),
        ("r.example:5000", "r.example/acme/app", False),
        ("r.example", "r.example:5000/acme/app", False),
        ("r.example:5000/acme", "r.example:5000/acme/app", True),
        ("*.azurecr.io", "acme.azurecr.io/app", True),
        ("*.azurecr.io/app", "acme.azurecr.io/app", True),
        ("*.azurecr.io", "a.b.azurecr.io/app", False),
        ("*.*.azurecr.io", "a.b.azurecr.io/app", True),
        ("ac?e.azurecr.io", "acme.azurecr.io/app", True),
        ("*", "acme.azurecr.io/app", False),
        ("*.azurecr.io:443", "acme.azurecr.io/app", False),
        ("https://index.docker.io/v1/", "docker.io/acme/app", True),
        ("docker.io", "index.docker.io/acme/app", True),
        ("registry-1.docker.io", "docker.io/acme/app", True),
        ("index.docker.io/acme", "docker.io/acme/app", True),
        ("index.docker.io/other", "docker.io/acme/app", False),
    ],
)
def test_a_pull_secret_opens_what_flux_would_open_with_it(key: str, url: str, opens: bool) -> None:
    reference = Reference.parse(url)
    pull_secret = secret(**{key: {"auth": b64("bot:s")}})
    chain = Keychain(RegistrySettings(), {})
    assert chain.lend(reference, [pull_secret]) is opens
    credential = chain.find(reference.registry, reference.repository)
    assert (credential.user if credential else "") == ("bot" if opens else "")


def test_the_most_exact_entry_of_all_pull_secrets_counts() -> None:
    reference = Reference.parse("acme.azurecr.io/team/app")
    wild, path, host = (
        secret(**{key: {"auth": b64(f"{user}:s")}})
        for key, user in (
            ("*.azurecr.io", "wild"),
            ("acme.azurecr.io/team", "path"),
            ("acme.azurecr.io", "host"),
        )
    )
    for secrets, user in (
        ((wild, host, path), "path"), ((wild, host), "host"), ((wild,), "wild"),
        ((host, secret(**{"acme.azurecr.io": {"auth": b64("later:s")}})), "host"),
    ):  # fmt: skip
        chain = Keychain(RegistrySettings(), {})
        assert chain.lend(reference, secrets)
        assert chain.find("acme.azurecr.io", "team/app").user == user  # type: ignore[union-attr]


def test_tokens_of_a_pull_secret_are_kept_apart_from_passwords() -> None:
    reference = Reference.parse("r.example/app")
    both = {"auth": b64("00000000-0000:"), "identitytoken": "refresh"}
    for entry, field, value in (
        (both, "identity_token", "refresh"),
        ({"registrytoken": "as-it-is", **both}, "registry_token", "as-it-is"),
        ({"auth": b64("u:p").rstrip("=") + "\n"}, "password", "p"),
        ({"username": "u", "password": "p"}, "password", "p"),
    ):
        chain = Keychain(RegistrySettings(), {})
        assert chain.lend(reference, [secret(**{"r.example": entry})])
        assert getattr(chain.find("r.example", "app"), field) == value


def test_a_pull_secret_of_the_old_form_is_one_too() -> None:
    entry = base64.b64encode(b'{"r.example": {"auth": "YTpi"}}').decode()
    old = PullSecret.of({"data": {".dockercfg": entry}}, "Secret a/b")
    chain = Keychain(RegistrySettings(), {})
    assert chain.lend(Reference.parse("r.example/app"), [old])
    for data in ({}, {".dockerconfigjson": "?"}, {".dockerconfigjson": b64("no json")}):
        with pytest.raises(ConfigError, match="Secret a/b"):
            PullSecret.of({"data": data}, "Secret a/b")


def test_a_pull_secret_is_for_one_repository_and_yields_to_the_users_own() -> None:
    raw = [secret(**{"r.example": {"username": "bot", "password": "s"}})]
    reference = Reference.parse("r.example/acme/app")
    chain = Keychain(RegistrySettings(mirrors={"r.example": "m.example/p"}), {})
    assert chain.lend(reference, raw)
    found = chain.find("m.example", "p/acme/app")
    assert found is not None and (found.user, found.lent) == ("bot", True)
    assert chain.find("m.example", "p/acme/other") is None and chain.find("m.example") is None
    assert not chain.lend(Reference.parse("other.example/acme/app"), raw)
    with pytest.raises(ConfigError, match="Secret a/b"):
        chain.lend(reference, [PullSecret(b"no json", "Secret a/b")])
    own = Keychain(RegistrySettings(credentials={"r.example": ("me", "p")}), {})
    own.lend(reference, raw)
    mine = own.find("r.example", "acme/app")
    assert mine is not None and mine.user == "me"
    # The Reconciler does what the object says: its Secret goes before what the process has.
    own.lend(reference, raw, first=True)
    assert own.find("r.example", "acme/app").user == "bot"  # type: ignore[union-attr]
