"""Releases, charts and indexes, as tests of the board's rows make them. No rule lives here."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.board import Line, Row
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from tests.builders import NS, READY

DIGEST = "sha256:" + "ab" * 32
T1, T2 = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"
PROGRESSING = {"type": "Ready", "status": "Unknown", "reason": "Progressing", "message": "Running"}


def made(
    api: str, kind: str, name: str, spec: Any, status: Any, where: str = "staging", **meta: Any
) -> Resource:
    head = {"apiVersion": api, "kind": kind, "spec": spec, "status": status}
    named = {"name": name, "namespace": NS, "resourceVersion": "1", "generation": 1, **meta}
    return Resource.from_object(where, {**head, "metadata": named})


def past(number: int, version: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "version": number, "chartVersion": version, "status": status, "lastDeployed": T1, **more,
    }  # fmt: skip


def release(
    *history: dict[str, Any], conditions: Any = (READY,), spec: Any = None, **status: Any
) -> Resource:
    chart = {"chart": {"spec": {"chart": "web", "version": "1.x", "sourceRef": {"name": "charts"}}}}
    known = {"history": list(history), "conditions": list(conditions), "observedGeneration": 1}
    group = "helm.toolkit.fluxcd.io/v2"
    return made(group, "HelmRelease", "web", spec or chart, {**known, **status})


def chart(revision: str = "", conditions: Any = (READY,)) -> Resource:
    spec = {"chart": "web", "version": "1.x", "sourceRef": {"kind": "HelmRepository", "name": "c"}}
    artifact = {"artifact": {"revision": revision, "lastUpdateTime": T2}} if revision else {}
    status = {**artifact, "conditions": list(conditions), "observedGeneration": 1}
    return made("source.toolkit.fluxcd.io/v1", "HelmChart", f"{NS}-web", spec, status)


def index(conditions: Any = (READY,), **spec: Any) -> Resource:
    where = {"url": "https://charts.test", **spec}
    status = {"conditions": list(conditions), "observedGeneration": 1}
    return made("source.toolkit.fluxcd.io/v1", "HelmRepository", "c", where, status)


def only(seen: Snapshot) -> tuple[Row, Line]:
    (row,) = seen.board.rows
    (line,) = row.lines["staging"]
    return row, line
