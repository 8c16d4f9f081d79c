"""What people of kubectl and flux type: -l, --watch, get, trace, tree."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Self

import pytest
from cli_delivery import Shell
from cli_objects import KUSTOMIZE, failed, ks, oci, put
from documents import checked

from fluxtui.cli import output
from fluxtui.cli.objects import HEADER as OBJECTS
from fluxtui.cli.rows import HEADERS, Item
from fluxtui.cli.tags import HEADER as TAGS
from fluxtui.cli.watching import _Table
from fluxtui.cluster.client import connect

# -- tables


def test_columns_grow_and_never_shrink(capsys: pytest.CaptureFixture[str]) -> None:
    table = _Table({"A": ("NAME", "WHY"), "B": ("FINDING", "NEXT")})
    one, longer, other = (
        Item(of, name, (name, "why"), {}) for of, name in (("A", "a"), ("A", "a" * 9), ("B", "b"))
    )
    table.lines([("added", one), ("added", other)])
    table.lines([("changed", longer), ("removed", one)])
    table.lines([("changed", one)])
    assert capsys.readouterr().out.splitlines() == [
        "CHANGE   NAME  WHY",
        "added    a     why",
        "CHANGE   FINDING  NEXT",
        "added    b        why",
        "changed  aaaaaaaaa  why",
        "removed  a          why",
        "changed  a          why",
    ]


def test_a_table_has_a_name_for_each_column() -> None:
    with pytest.raises(ValueError, match="has no name"):
        output.table(("TAG", "", "REASON"), [])
    assert all(all(header) for header in (*HEADERS.values(), TAGS, OBJECTS))


# -- labels


def test_a_selector_keeps_what_has_the_labels(blocked: Shell) -> None:
    assert blocked(*["chain", "-l", "app=web", "-o", "name"]).out.split() == ["ks/apps/web"] * 2
    assert blocked(*["chain", "-e", "staging", "-l", "app!=web", "-o", "name"]).out.split() == [
        "ks/apps/db", "ks/apps/idle"
    ]  # fmt: skip
    both = blocked("get", "ks", "-e", "staging", "-l", "app in (web, db)", "-o", "name")
    assert both.out.split() == ["ks/apps/db", "ks/apps/web"]
    lines = checked(blocked(*["versions", "-l", "app=other", "-o", "json"]).out, "Versions")
    assert lines["items"] == []
    events = checked(blocked(*["events", "-l", "app=db", "-o", "json"]).out, "Events")["items"]
    assert {e["subject"] for e in events} == {"Kustomization/apps/db"}
    status = blocked(*["status", "-e", "staging", "-l", "app=idle", "-o", "json"])
    assert checked(status.out, "Status")["notReady"] == []


def test_a_selector_that_does_not_parse_is_refused(blocked: Shell) -> None:
    said = blocked("chain", "-l", "app=(", "-o", "json")
    assert said.code == 2 and checked(said.out, "Error")["code"] == "usage"


# -- get, trace, tree


def test_get_lists_the_objects_of_flux(blocked: Shell) -> None:
    said = blocked("get", "ks", "-e", "staging")
    assert said.code == 0 and said.out.split()[:3] == ["ENVIRONMENT", "NAMESPACE", "NAME"]
    assert "kustomization/db" in said.out and "0 of 1 available" in said.out
    everything = checked(blocked("get", "all", "-o", "json").out, "Objects")["items"]
    assert {i["object"]["kind"] for i in everything} == {"OCIRepository", "Kustomization"}
    for words in ("get sources", "get sources oci", "get ocirepo", "get oci"):
        items = checked(blocked(*words.split(), "-o", "json").out, "Objects")["items"]
        assert {i["object"]["kind"] for i in items} == {"OCIRepository"}, words
    one = checked(blocked("get", "ks", "idle", "-o", "json").out, "Objects")["items"]
    assert [(i["object"]["name"], i["suspended"]) for i in one] == [("idle", True)]
    assert blocked("get", "ks", "nope").code == 1


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("get pods", "kubectl get pods"),
        ("tree oci/web", "fluxtui tree ks/NAME"),
        ("tree", "fluxtui tree ks/NAME"),
        ("trace web", "KIND/NS/NAME"),
    ],
)
def test_what_it_does_not_know_names_who_does(blocked: Shell, words: str, other: str) -> None:
    said = blocked(*words.split())
    assert said.code == 2 and other in said.err, said


@pytest.fixture
def applied(shell: Shell) -> Shell:
    """A root that applies a Kustomization, which applies a Deployment."""
    shell.cluster("staging")
    root = dict(ks("root", "v1@sha256:" + "a" * 64))
    child = dict(ks("web", "v1@sha256:" + "a" * 64))
    group = KUSTOMIZE.partition("/")[0]
    root["status"] = {
        **root["status"],
        "inventory": {
            "entries": [
                {"id": f"apps_web_{group}_Kustomization", "v": "v1"},
                {"id": f"apps_root_{group}_Kustomization", "v": "v1"},
                {"id": "_apps__Namespace", "v": "v1"},
            ]
        },
    }
    child["status"] = {
        **child["status"],
        "inventory": {"entries": [{"id": "apps_web_apps_Deployment", "v": "v1"}]},
    }
    put(shell, "staging", (oci("app", "v1@sha256:" + "a" * 64, tag="v1"), root, child))
    return shell


@pytest.mark.parametrize(
    "words", ["deploy/apps/web", "Deployment/web", "deployments web", "web --kind Deployment"]
)
def test_trace_names_who_applies_an_object(applied: Shell, words: str) -> None:
    said = applied("trace", *words.split(), "-o", "json")
    (item,) = checked(said.out, "Trace")["items"]
    assert item["kustomization"]["object"]["name"] == "web"
    assert item["source"]["revision"].startswith("v1@sha256:") and "acme/app" in item["url"]
    text = applied("trace", *words.split()).out
    assert "Managed by Flux" in text and "OCIRepository:" in text


def test_trace_of_what_nobody_applies_fails(applied: Shell) -> None:
    said = applied("trace", "deploy/apps/other")
    assert said.code == 1 and "no Kustomization applies deployment/apps/other" in said.err


@pytest.mark.parametrize("words", ["ks/root", "ks root", "kustomization root", "root"])
def test_tree_follows_kustomizations(applied: Shell, words: str) -> None:
    assert applied("tree", *words.split()).out.splitlines() == [
        "Kustomization/apps/root",
        "├── Kustomization/apps/root",
        "├── Kustomization/apps/web",
        "│   └── Deployment/apps/web",
        "└── Namespace/apps",
    ]
    document = checked(applied("tree", *words.split(), "-o", "json").out, "Tree")
    web = document["root"]["children"][1]
    assert [c["object"]["kind"] for c in web["children"]] == ["Deployment"]


# -- watch


class Watching:
    """A program that watches, its lines as they come; gone, and its pipes with it, at the end."""

    def __init__(self, shell: Shell, *words: str) -> None:
        shell("journal")  # writes the configuration
        config = ("--config", str(shell.folder / "fluxtui.yaml"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fluxtui", *config, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, _trace: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        out, err = self.process.communicate(timeout=60)
        if kind is not None:
            print(f"it went on with {out}\nand said {err}")

    def lines(self) -> Iterator[str]:
        assert self.process.stdout is not None
        yield from self.process.stdout

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


async def _break(shell: Shell, condition: dict[str, Any]) -> None:
    cluster = await connect(str(shell.folder / "staging.kubeconfig"), "staging", name="test")
    try:
        type_ = await cluster.find(KUSTOMIZE, "Kustomization")
        await cluster.patch(
            type_, "apps", "web", {"status": {"conditions": [condition]}},
            field_manager="test", subresource="status",
        )  # fmt: skip
    finally:
        await cluster.close()


def test_watch_prints_what_changes_and_ends_on_a_signal(applied: Shell) -> None:
    with Watching(applied, "chain", "-w", "-o", "json") as watching:
        lines = watching.lines()
        first = [checked(next(lines), "Watch") for _ in range(2)]
        assert [one["change"] for one in first] == ["added", "added"]
        asyncio.run(_break(applied, failed("HealthCheckFailed", "it does not come up")))
        change = next(json.loads(line) for line in lines if '"changed"' in line)
        assert change["item"]["kustomization"]["name"] == "web"
        assert change["item"]["health"]["level"] == "failed"
        assert watching.end(signal.SIGTERM) == 0


def test_watch_is_a_table_for_people(applied: Shell) -> None:
    with Watching(applied, "chain", "-w") as watching:
        lines = watching.lines()
        header, *rows = [next(lines) for _ in range(3)]
        assert header.split() == [
            "CHANGE",
            "ENVIRONMENT",
            "NAME",
            "HEALTH",
            "RUNNING",
            "WHY",
        ]
        assert {row.split()[2] for row in rows} == {"apps/root", "apps/web"}
        asyncio.run(_break(applied, failed("HealthCheckFailed", "it does not come up")))
        broken = next(line for line in lines if "FAILED" in line)
        assert broken.split()[:3] == ["changed", "staging", "apps/web"]
        starts = [header.index("NAME"), header.index("HEALTH")]
        assert [broken.index("apps/web"), broken.index("FAILED")] == starts
        assert watching.end(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("words", "first", "of"),
    [
        ("tags app -e staging", "TAG", "Tags"), ("get ks", "NAME", "Objects"),
        ("versions", "SERVICE", "Versions"), ("status", "SERVICE", "Versions"),
        ("events", "WHEN", "Events"), ("get ks -o wide", "PATH", "Objects"),
        ("versions -o wide", "POLICY", "Versions"),
    ],
)  # fmt: skip
def test_whatever_is_watched_has_its_header(
    blocked: Shell, words: str, first: str, of: str
) -> None:
    with Watching(blocked, *words.split(), "-w") as watching:
        lines = watching.lines()
        header, row = next(lines), next(lines)
        assert header.startswith("CHANGE") and first in header.split() and row.startswith("added")
        assert watching.end(signal.SIGTERM) == 0
    with Watching(blocked, *words.split(), "-w", "-o", "json") as watching:
        lines = watching.lines()
        line = checked(next(lines), "Watch")
        assert line["of"] == of
        assert watching.end(signal.SIGTERM) == 0


def test_who_watches_reads_an_error_as_a_line_too(blocked: Shell) -> None:
    said = blocked("versions", "-e", "nowhere", "-w", "-o", "json")
    (line,) = said.out.splitlines()
    assert said.code == 2 and "nowhere" in line and checked(line, "Error")


@pytest.mark.parametrize("words", ["tags app --what-if v9 -w", "journal -w", "diff app -w"])
def test_who_cannot_watch_says_so(blocked: Shell, words: str) -> None:
    said = blocked(*words.split())
    assert said.code == 2 and "--watch" in said.err, said
