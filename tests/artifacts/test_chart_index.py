"""An index of charts over HTTP: fetched once, asked again for what is new, and read in part."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fluxtui.artifacts.chartarchive import address, entry_of
from fluxtui.artifacts.chartentries import ChartVersion, entries
from fluxtui.artifacts.chartindex import FetchedIndex, Validators, fetched
from fluxtui.artifacts.client import RegistryClient
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import (
    ArtifactError,
    ArtifactMissing,
    RegistryDenied,
    RegistryError,
    RegistryUnreachable,
    UsageError,
)

from .scripted_registry import Answer, Asked, ScriptedRegistry, scripted_registry

INDEX = b"""apiVersion: v1
entries:
  activity:
  - apiVersion: v2
    appVersion: "7.1"
    created: "2026-01-02T03:04:05.6Z"
    description: |-
      Counts what happens.
        other: not a key
    digest: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    name: activity
    urls:
    - https://charts.example/activity-1.10.0.tgz
    version: 1.10.0
  - apiVersion: v2
    created: 2026-01-01T00:00:00Z
    deprecated: true
    name: activity
    version: 1.9.0
  - name: activity
  other:
  - name: other
    version: "1.10"
generated: "2026-02-01T00:00:00Z"
"""


@pytest.fixture
def server() -> Iterator[ScriptedRegistry]:
    with scripted_registry() as scripted:
        yield scripted


@pytest.fixture
def client() -> Iterator[RegistryClient]:
    with RegistryClient(RegistrySettings(timeout=5), environ={}, pause=lambda _s: None) as made:
        yield made


def test_the_versions_of_a_chart_as_they_are_listed() -> None:
    read = entries(INDEX, {"activity", "nowhere"})
    assert read == {
        "activity": (
            ChartVersion(
                "1.10.0",
                "2026-01-02T03:04:05.6Z",
                "7.1",
                "sha256:" + "a" * 64,
                urls=("https://charts.example/activity-1.10.0.tgz",),
            ),
            ChartVersion("1.9.0", "2026-01-01T00:00:00Z", deprecated=True),
        )
    }
    assert entries(INDEX, {"other"})["other"] == (ChartVersion("1.10"),), "no number"


WHOLE = [
    json.dumps(yaml.load(INDEX, yaml.BaseLoader)).encode(),
    INDEX.replace(b"entries:\n", b"entries: # of charts\n"),
    INDEX.replace(b"\n", b"\r\n"),
    INDEX.replace(b"  activity:", b"  'activity':"),
    INDEX.replace(b"  activity:\n", b"  activity: &shared\n").replace(
        b"generated", b"x: *shared\ngenerated"
    ),
    b"entries: " + json.dumps(yaml.load(INDEX, yaml.BaseLoader)["entries"]).encode(),
]


@pytest.mark.parametrize("body", WHOLE)
def test_however_it_is_laid_out_it_says_the_same(body: bytes) -> None:
    (first, second) = entries(body, {"activity"})["activity"]
    assert (first.version, first.app, second.version) == ("1.10.0", "7.1", "1.9.0")
    assert second.created == "2026-01-01T00:00:00Z"


NAMES = st.text("abc-", min_size=1, max_size=4).filter(lambda name: name[0] != "-")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30)
ENTRY = st.fixed_dictionaries(
    {"version": st.from_regex(r"[0-9]\.[0-9]\.[0-9]", fullmatch=True), "description": TEXTS},
    optional={"appVersion": TEXTS, "annotations": st.dictionaries(NAMES, TEXTS)},
)


@given(st.dictionaries(NAMES, st.lists(ENTRY, max_size=3), max_size=5), st.sets(NAMES))
def test_a_chart_cut_out_is_what_the_whole_index_says(
    charts: dict[str, list[dict[str, str]]], wanted: set[str]
) -> None:
    names = wanted | set(list(charts)[:2])
    body = yaml.safe_dump({"apiVersion": "v1", "entries": charts}, allow_unicode=True).encode()
    read = entries(body, names)
    assert {name: [v.version for v in read[name]] for name in read} == {
        name: [e["version"] for e in charts[name]] for name in names if name in charts
    }


@pytest.mark.parametrize(
    "body", [b"<html>no</html>", b"a: [", b"", b"\x00\x01", b"entries: 3", b"{", b"- a\n- b\n"]
)
def test_what_is_no_index_says_so(body: bytes) -> None:
    with pytest.raises(ArtifactError, match="no index of charts"):
        entries(body, {"activity"})


def test_it_is_sent_again_only_when_it_is_another_one(
    server: ScriptedRegistry, client: RegistryClient
) -> None:
    known = [("ETag", '"one"'), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")]
    headers: list[Validators] = []

    def answer(asked: Asked) -> Answer:
        seen = Validators(asked.headers.get("if-none-match", ""))
        headers.append(seen)
        return (304, [], b"") if seen.etag else (200, known, INDEX)

    server.answer = answer
    first = client.index(f"http://{server.address}/charts/?x=1", Validators())
    assert first == FetchedIndex(INDEX, Validators('"one"', known[1][1]))
    assert client.index(f"http://{server.address}/charts/?x=1", first.known) is None
    assert [asked.path for asked in server.asked] == ["/charts/index.yaml?x=1"] * 2
    assert [seen.etag for seen in headers] == ["", '"one"']


def test_it_may_come_compressed(server: ScriptedRegistry, client: RegistryClient) -> None:
    server.answer = lambda _asked: (200, [("Content-Encoding", "gzip")], gzip.compress(INDEX))
    answered = client.index(f"http://{server.address}", Validators())
    assert answered is not None and answered.body == INDEX


def test_that_nothing_is_new_is_no_answer_to_who_knows_nothing(
    server: ScriptedRegistry, client: RegistryClient
) -> None:
    server.answer = lambda _asked: (304, [], b"")
    with pytest.raises(RegistryError, match="answered 304"):
        client.index(f"http://{server.address}", Validators())


def test_one_that_is_not_there_says_where_it_was_looked_for(
    server: ScriptedRegistry, client: RegistryClient
) -> None:
    with pytest.raises(ArtifactMissing, match=r"/charts/index\.yaml: there is no index"):
        client.index(f"http://{server.address}/charts", Validators())


def test_the_users_own_credentials_open_it(server: ScriptedRegistry, tmp_path: Path) -> None:
    basic = "Basic " + base64.b64encode(b"ann:word").decode()

    def answer(asked: Asked) -> Answer:
        if asked.authorization == basic:
            return 200, [], INDEX
        return 401, [("WWW-Authenticate", 'Basic realm="charts"')], b""

    server.answer = answer
    url = f"http://{server.address}/charts"
    with RegistryClient(RegistrySettings(), environ={"HOME": str(tmp_path)}) as stranger:
        with pytest.raises(RegistryDenied, match="credentials are needed"):
            stranger.index(url, Validators())
    settings = RegistrySettings(credentials={server.address: ("ann", "word")})
    with RegistryClient(settings, environ={}) as ann:
        answered = ann.index(url, Validators())
    assert answered is not None and answered.body == INDEX
    assert server.asked[0].authorization == "", "they are sent to who asks for them"


def test_one_without_end_is_given_up(server: ScriptedRegistry, client: RegistryClient) -> None:
    server.answer = lambda _asked: (200, [], b"x" * 300_000)
    url = f"http://{server.address}"
    with pytest.raises(RegistryError, match="longer than 200000 bytes"):
        fetched(client.connections, url, Validators(), largest=200_000)


def test_one_that_comes_byte_by_byte_is_given_up(
    server: ScriptedRegistry, client: RegistryClient
) -> None:
    server.answer = lambda _asked: (200, [], b"x" * 300_000)
    with pytest.raises(RegistryUnreachable, match="did not come in time"):
        fetched(client.connections, f"http://{server.address}", Validators(), longest=-1.0)


def test_one_that_never_answers_is_given_up(server: ScriptedRegistry) -> None:
    release = threading.Event()

    def answer(_asked: Asked) -> Answer:
        release.wait()
        return 200, [], INDEX

    server.answer = answer
    try:
        with RegistryClient(RegistrySettings(timeout=0.2), environ={}) as client:
            with pytest.raises(RegistryUnreachable, match="no answer in time"):
                client.index(f"http://{server.address}", Validators())
    finally:
        release.set()


@pytest.mark.parametrize(
    "url", ["oci://host/charts", "ftp://host", "https://u:p@host", "", "https://"]
)
def test_what_is_no_address_of_one_is_not_asked(url: str, client: RegistryClient) -> None:
    with pytest.raises(UsageError) as raised:
        client.index(url, Validators())
    assert "u:p" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("web-1.tgz", "https://charts.example/a/web-1.tgz"),
        ("../b/web-1.tgz", "https://charts.example/b/web-1.tgz"),
        ("/web-1.tgz", "https://charts.example/web-1.tgz"),
        ("https://other.example/web-1.tgz", "https://other.example/web-1.tgz"),
    ],
)
def test_an_archive_is_where_the_index_says(url: str, place: str) -> None:
    assert address("https://charts.example/a", url) == place


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://u:hush@x/y", "oci://x/y"])
def test_an_archive_is_fetched_over_http_alone_and_by_nobodys_password(url: str) -> None:
    with pytest.raises(UsageError) as refusal:
        address("https://charts.example/a", url)
    assert "hush" not in str(refusal.value)


def test_the_entry_of_a_version_is_the_one_spelt_so() -> None:
    listed = [ChartVersion(text) for text in ("v1.0.0", "1.0.0", "1.1.0", "1.2.0+build")]
    spelt = {wish: entry_of(listed, wish) for wish in ("1.0.0", "v1.1.0", "1.1.0+3", "1.2.0+build")}
    assert [entry and entry.version for entry in spelt.values()] == [
        "1.0.0", "1.1.0", "1.1.0", "1.2.0+build",
    ]  # fmt: skip
    assert entry_of(listed, "9.0.0") is None
