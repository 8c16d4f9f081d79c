"""Hand-made objects of many kinds, more of one than any terminal has lines for: for Objects."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import ks, revision, snapshot, source

from fluxtui.domain import kinds
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.ui.ui_delivery import CONFIG, NOW_SECONDS

MANY = 80
NAMES = tuple(f"podinfo-{number:02}" for number in range(MANY))
BROKEN = NAMES[57]
OLD = "2026-11-20T03:12:00Z"


def said(ready: str, reason: str, message: str) -> dict[str, Any]:
    return {"type": "Ready", "status": ready, "reason": reason, "message": message}


def made(kind: str, name: str, spec: Any = None, *, ready: Any = None, **more: Any) -> Resource:
    """`more`: environment, namespace, labels, status."""
    one = next(known for known in kinds.ALL if known.kind == kind)
    status = dict(more.pop("status", {}))
    if ready is not None:
        status |= {"conditions": [said(*ready)], "observedGeneration": 1}
    environment, labels = more.pop("environment", "staging"), more.pop("labels", {})
    metadata = {
        "name": name,
        "namespace": more.pop("namespace", "apps"),
        "generation": 1,
        "resourceVersion": "7",
        "uid": f"uid-{environment}-{kind}-{name}",
        "creationTimestamp": OLD,
        "labels": labels,
    }
    assert not more, more
    body = {"apiVersion": one.api_version, "kind": kind, "metadata": metadata, "spec": spec or {}}
    return Resource.from_object(environment, {**body, "status": status} if status else body)


def release(name: str, environment: str = "staging", **more: Any) -> Resource:
    """A HelmRelease that is well, unless `ready` says otherwise."""
    well = ("True", "InstallSucceeded", f"Helm install succeeded for release apps/{name}.v1")
    entry = {"chartVersion": "6.5.1", "status": "deployed", "version": 1}
    chart = {"spec": {"chart": "podinfo", "version": "6.x"}}
    values: dict[str, Any] = {"ready": well, "status": {"history": [entry]}, **more}
    return made("HelmRelease", name, {"chart": chart}, environment=environment, **values)


def objects() -> tuple[Resource, ...]:
    """What staging and production have."""
    failing = ("False", "InstallFailed", "Helm install failed: timed out waiting for the condition")
    commit = "main@sha1:9f8e7d6c5b4a39281706f5e4d3c2b1a098765432"
    releases = (
        release(name, labels={"app": "web" if number % 2 else "db"})
        for number, name in enumerate(NAMES)
        if name != BROKEN
    )
    return (
        source(stored=revision("1.4.2", "a"), creationTimestamp=OLD),
        ks(applied=revision("1.4.2", "a"), creationTimestamp=OLD),
        ks(name="worker", applied=revision("1.4.2", "a"), suspend=True, creationTimestamp=OLD),
        *releases,
        release(BROKEN, ready=failing, status={}),
        release("podinfo-00", "production"),
        made(
            "GitRepository",
            "platform",
            {"url": "https://git.example.com/platform"},
            namespace="flux-system",
            ready=("True", "Succeeded", f"stored artifact for revision '{commit}'"),
            status={"artifact": {"revision": commit}},
        ),
        made(
            "HelmRepository", "charts", {"type": "oci", "url": "oci://registry.example.com/charts"}
        ),
        made("Bucket", "files", {"endpoint": "minio:9000", "bucketName": "files"}),
        made(
            "HelmChart",
            "apps-podinfo",
            {"chart": "podinfo", "version": "6.x"},
            ready=("Unknown", "Progressing", "building artifact"),
        ),
        made("Provider", "slack", {"type": "slack", "channel": "ops"}),
    )


def fleet(*more: Resource, without: tuple[str, ...] = ()) -> Snapshot:
    """All of it, as the Engine would give it; kinds that nobody has are not served."""
    every = {one.key: one for one in (*objects(), *more) if one.key.name not in without}
    feeds = tuple(
        Feed(
            environment.name,
            kind.id,
            "",
            FeedState.LIVE if _any(every, kind.id) or kind.core else FeedState.ABSENT,
            "" if _any(every, kind.id) or kind.core else "its CRD is not installed",
        )
        for environment in CONFIG.environments
        for kind in kinds.ALL
    )
    made_of = snapshot(*every.values(), config=CONFIG, feeds=feeds)
    return replace(made_of, serial=7 + len(every), taken_at=NOW_SECONDS)


def _any(every: dict[Key, Resource], id_: tuple[str, str]) -> bool:
    return any((key.group, key.kind) == id_ for key in every)
