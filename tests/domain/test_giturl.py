"""One repository has several URLs; a checkout of it is found by any of them."""

from __future__ import annotations

import pytest

from fluxtui.domain.config import Config
from fluxtui.domain.giturl import repository_of


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/acme/infra",
        "https://Git.Example.com/acme/infra.git",
        "https://me:secret@git.example.com:443/acme/infra/",
        "ssh://git@git.example.com/acme/infra.git",
        "ssh://git@git.example.com:22/acme/infra.git",
        "git@git.example.com:acme/infra.git",
        "git.example.com:acme/infra",
    ],
)
def test_however_it_is_reached_it_is_the_same(url: str) -> None:
    assert repository_of(url) == "git.example.com/acme/infra"
    named = Config(checkouts={"git@git.example.com:acme/infra": "/src/infra"})
    assert named.checkout(url) == "/src/infra"


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://git.example.com/acme/infra", "https://git.example.com/acme/infra2"),
        ("https://git.example.com:8443/acme/infra", "https://git.example.com/acme/infra"),
        ("https://git.example.com/acme/infra", "https://git.example.org/acme/infra"),
    ],
)
def test_another_repository_is_another_one(url: str, other: str) -> None:
    assert repository_of(url) != repository_of(other)
    assert Config(checkouts={other: "/src"}).checkout(url) == ""


@pytest.mark.parametrize("text", ["", "infra", "https://", "http://[::1", "/src/infra", "oci:"])
def test_what_is_no_url_of_a_remote_is_of_none(text: str) -> None:
    assert repository_of(text) == ""
    assert Config(checkouts={text: "/src"}).checkout(text) == ""
