"""Versions of a chart by verbs: which there are, which is taken, and why; or why nobody knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import READY, SOURCE, put
from documents import checked

from fluxtui.domain import kinds
from tests.artifacts.scripted_registry import ScriptedRegistry, scripted_registry
from tests.helm_storage import chart

INDEX = b"""apiVersion: v1
entries:
  web:
  - {version: 2.0.0, created: "2026-11-20T00:00:00Z"}
  - {version: 1.5.0, created: "2026-11-19T00:00:00Z", deprecated: true}
  - {version: 1.4.2, created: "2026-11-18T00:00:00Z", appVersion: "7.1"}
"""


@pytest.fixture
def index() -> Iterator[ScriptedRegistry]:
    with scripted_registry() as server:
        server.answer = lambda _asked: (200, [("ETag", '"1"')], INDEX)
        yield server


def definition(short: str) -> dict[str, Any]:
    kind = kinds.by_short(short)
    assert kind is not None
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {
        "plural": kind.plural, "singular": kind.kind.lower(),
        "kind": kind.kind, "listKind": f"{kind.kind}List",
    }  # fmt: skip
    version = {
        "name": kind.version, "served": True, "storage": True,
        "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}},
    }  # fmt: skip
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{kind.group}"},
        "spec": {
            "group": kind.group, "scope": "Namespaced", "names": names, "versions": [version],
        },
    }  # fmt: skip


def thing(api: str, kind: str, name: str, spec: Any, **status: Any) -> dict[str, Any]:
    good = {"observedGeneration": 1, "conditions": [READY], **status}
    meta = {"name": name, "namespace": "apps"}
    return {"apiVersion": api, "kind": kind, "metadata": meta, "spec": spec, "status": good}


@pytest.fixture
def delivery(shell: Shell, index: ScriptedRegistry) -> Shell:
    """Staging, where a release runs an older version of a chart than its index has."""
    shell.cluster("staging")
    put(shell, "staging", [definition(short) for short in ("hr", "hc", "helmrepo")])
    where = {"kind": "HelmRepository", "name": "charts"}
    chart = {"chart": "web", "version": "1.x", "sourceRef": where}
    runs = {"version": 1, "chartName": "web", "chartVersion": "1.4.2", "status": "deployed"}
    put(
        shell,
        "staging",
        [
            thing(SOURCE, "HelmRepository", "charts", {"url": f"http://{index.address}/charts"}),
            thing(SOURCE, "HelmChart", "apps-web", chart, artifact={"revision": "1.4.2"}),
            thing(
                "helm.toolkit.fluxcd.io/v2",
                "HelmRelease",
                "web",
                {"chart": {"spec": chart}, "interval": "1m"},
                history=[runs],
            ),
        ],
    )
    return shell


def test_a_release_is_behind_what_its_index_has(delivery: Shell) -> None:
    said = delivery("versions", "hr/web", "-o", "json")
    assert said.code == 0, said
    (item,) = checked(said.out, "Versions")["items"]
    assert (item["wouldPick"], item["newest"], item["behind"]) == ("1.5.0", "2.0.0", True)


def test_what_the_version_that_would_be_picked_brings(
    delivery: Shell, index: ScriptedRegistry
) -> None:
    packed = {
        version: chart(version, {"values.yaml": f"replicas: {n}\n"}, "web")
        for n, version in enumerate(("1.4.2", "1.5.0"))
    }
    listed = [{"version": v, "urls": [f"web-{v}.tgz"]} for v in packed]
    body = json.dumps({"apiVersion": "v1", "entries": {"web": listed}}).encode()
    answers = {f"/charts/web-{version}.tgz": data for version, data in packed.items()}
    index.answer = lambda asked: (200, [], answers.get(asked.path, body))
    said = delivery("diff", "hr/web", "-e", "staging", "--chart")
    assert said.code == 0, said
    assert "HelmRelease/apps/web  1.4.2 -> 1.5.0" in said.out
    assert "changed File/values.yaml\n    ~ replicas: 0 -> 1" in said.out
    said = delivery("diff", "hr/web", "-e", "staging", "--chart", "1.5.0", "1.4.2", "-o", "json")
    (part,) = checked(said.out, "Diff")["items"][0]["parts"]
    assert (part["before"], part["after"]) == ("1.5.0", "1.4.2")


@pytest.mark.parametrize("word", ["hc/apps-web", "helmchart/apps-web", "chart/apps-web"])
def test_the_chart_of_a_release_has_the_same_reasons(delivery: Shell, word: str) -> None:
    of_chart = checked(delivery("tags", word, "-o", "json").out, "Tags")["items"]
    of_release = checked(delivery("tags", "hr/web", "-o", "json").out, "Tags")["items"]
    assert [tag["reason"] for one in of_chart for tag in one["tags"]] == [
        tag["reason"] for one in of_release for tag in one["tags"]
    ]
    said = delivery("tags", word)
    assert said.code == 0 and "(version 1.x) picks 1.5.0" in said.out, said


def test_every_version_has_its_reason(delivery: Shell, index: ScriptedRegistry) -> None:
    said = delivery("tags", "hr/web")
    assert said.code == 0, said
    assert "(version 1.x) picks 1.5.0" in said.out
    assert 'refused by "1.x"' in said.out
    assert "; the chart is deprecated" in said.out
    assert "2026-11-19T00:00:00Z" in said.out
    (source,) = checked(delivery("tags", "hr/web", "-o", "json").out, "Tags")["items"]
    assert source["repository"] == f"http://{index.address}/charts#web"
    assert {t["tag"]: [p["environment"] for p in t["runsIn"]] for t in source["tags"]} == {
        "1.5.0": [],
        "1.4.2": ["staging"],
        "2.0.0": [],
    }
    reasons = {(t["digestReason"], t["originReason"]) for t in source["tags"]}
    assert reasons == {("the index says no digest", "the index says no source")}


def test_an_index_that_is_no_index_says_so(delivery: Shell, index: ScriptedRegistry) -> None:
    index.answer = lambda _asked: (200, [], b"<html>")
    said = delivery("versions", "hr/web")
    assert said.code == 1, said
    assert "?" in said.out
    assert f"http://{index.address}/charts" in said.err + said.out
    assert "no index of charts" in said.err + said.out
    assert delivery("tags", "hr/web").code == 1


def test_what_another_version_would_change(delivery: Shell) -> None:
    said = delivery("tags", "hr/web", "--what-if", "1.9.0")
    assert "staging: HelmChart/apps/apps-web would pick 1.9.0 (now 1.5.0)" in said.out
    beyond = delivery("tags", "hr/web", "--what-if", "3.0.0")
    assert 'stays on 1.5.0: refused by "1.x"' in beyond.out
    gone = delivery("tags", "hr/web", "--what-if-deleted", "1.5.0")
    assert "would fall back to 1.4.2" in gone.out
