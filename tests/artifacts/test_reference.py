"""References are read as Flux reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.artifacts.reference import Reference, flux_speaks_http, is_loopback
from fluxtui.domain.errors import UsageError

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("oci://ghcr.io/acme/activity", ("ghcr.io", "acme/activity", "", "")),
        ("oci://ghcr.io/acme/activity:v1.0.0", ("ghcr.io", "acme/activity", "v1.0.0", "")),
        ("127.0.0.1:5000/a/b/c:x", ("127.0.0.1:5000", "a/b/c", "x", "")),
        ("oci://localhost/a", ("localhost", "a", "", "")),
        ("oci://[::1]:5000/a:1", ("[::1]:5000", "a", "1", "")),
        (f"oci://r.example/a@{DIGEST}", ("r.example", "a", "", DIGEST)),
        (f"oci://r.example/a:t@{DIGEST}", ("r.example", "a", "t", DIGEST)),
        ("oci://acme/activity", ("index.docker.io", "acme/activity", "", "")),
        ("oci://docker.io/alpine:3", ("index.docker.io", "library/alpine", "3", "")),
        ("alpine", ("index.docker.io", "library/alpine", "", "")),
    ],
)
def test_a_reference_falls_into_its_parts(text: str, parts: tuple[str, ...]) -> None:
    found = Reference.parse(text)
    assert (found.registry, found.repository, found.tag, found.digest) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://ghcr.io/acme",
        "oci://ghcr.io",
        "oci://ghcr.io/",
        "oci://ghcr.io/Acme/activity",
        "oci://ghcr.io/a/../b",
        "oci://ghcr.io/a//b",
        "oci://ghcr.io/a:",
        "oci://ghcr.io/a:v1:v2",
        "oci://ghcr.io/a@sha256:abc",
        "oci://gh cr.io/a",
        "oci://user:secret@ghcr.io/a",
        "oci://ghcr.io/a\nb",
        "oci://127.0.0.1:5000",
    ],
)
def test_what_is_no_reference_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        Reference.parse(text)
    assert "oci://host" in str(refused.value)


def test_a_reference_is_shown_whole_and_its_url_without_tag() -> None:
    reference = Reference.parse("ghcr.io/acme/activity:v1.0.0")
    assert str(reference) == "oci://ghcr.io/acme/activity:v1.0.0"
    assert reference.url == "oci://ghcr.io/acme/activity"
    assert str(reference.with_digest(DIGEST)) == f"oci://ghcr.io/acme/activity@{DIGEST}"
    assert reference.with_digest(DIGEST).with_tag("v2").target == "v2"


def test_a_digest_wins_over_a_tag_and_nothing_means_latest() -> None:
    assert Reference.parse(f"r.example/a:t@{DIGEST}").target == DIGEST
    assert Reference.parse("r.example/a").target == "latest"


@pytest.mark.parametrize("bad", ["", "a b", "x" * 129, "v1/2"])
def test_another_tag_must_be_one(bad: str) -> None:
    with pytest.raises(UsageError):
        Reference.parse("r.example/a").with_tag(bad)


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("127.0.0.1:5000", True),
        ("localhost:5000", True),
        ("localhost", False),
        ("registry.localhost", True),
        ("10.1.2.3", True),
        ("172.20.0.1:5000", True),
        ("172.32.0.1", False),
        ("192.168.1.1", True),
        ("[::1]:5000", True),
        ("8.8.8.8", False),
        ("10.example.com", False),
    ],
)
def test_plain_http_is_taken_where_flux_takes_it(host: str, plain: bool) -> None:
    assert flux_speaks_http(host) is plain


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1:1", True),
        ("127.9.9.9", True),
        ("[::1]:1", True),
        ("localhost", True),
        ("a.localhost:1", True),
        ("10.0.0.1", False),
        ("127.0.0.1.example.com", False),
        ("localhost.example.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


hosts = st.sampled_from(["ghcr.io", "127.0.0.1:5000", "localhost", "[::1]:5000", "r.example:443"])
parts = st.text("abcz019_-.", min_size=1, max_size=8).filter(lambda t: t.strip(".") != "")
tags = st.one_of(st.just(""), st.text("abAZ09_-.", min_size=1, max_size=128))
digests = st.sampled_from(["", DIGEST])


@given(hosts, st.lists(parts, min_size=1, max_size=4), tags, digests)
def test_what_is_shown_is_read_back(host: str, path: list[str], tag: str, digest: str) -> None:
    reference = Reference(host, "/".join(path), tag, digest)
    assert Reference.parse(str(reference)) == reference


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_a_usage_error(text: str) -> None:
    try:
        found = Reference.parse(text)
    except UsageError:
        return
    assert Reference.parse(str(found)) == found
