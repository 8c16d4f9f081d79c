"""Small hand-made Flux objects and Snapshots, for stories about rules. No rule lives here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fluxtui.commands.command import Context, Target
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.overview import overview
from fluxtui.domain.picking import pickers
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.domain.versions import select

NS = "activity-system"
URL = "oci://registry.example.com/acme/activity"
NOW = "2026-11-23T03:12:00.000000000Z"
CONFIG = Config(
    environments=(
        Environment("staging", "staging", protected=False),
        Environment("production", "production"),
    ),
    user="anna",
)


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def revision(tag: str, letter: str) -> str:
    return f"{tag}@{digest(letter)}" if tag else digest(letter)


def condition(type_: str, status: str, reason: str = "", message: str = "") -> dict[str, Any]:
    return {"type": type_, "status": status, "reason": reason, "message": message}


READY = condition("Ready", "True", "ReconciliationSucceeded", "Applied revision")


def failed(reason: str, message: str = "") -> dict[str, Any]:
    return condition("Ready", "False", reason, message)


def body(
    kind: str, name: str, namespace: str = NS, *, spec: Any = None, status: Any = None, **meta: Any
) -> dict[str, Any]:
    api = {
        "OCIRepository": f"{ocirepository.KIND.group}/v1",
        "Kustomization": f"{kustomization.KIND.group}/v1",
        "Deployment": "apps/v1",
    }
    metadata = {
        "name": name,
        "namespace": namespace,
        "generation": 1,
        "resourceVersion": "7",
        "uid": f"uid-{name}",
        **meta,
    }
    found = {"apiVersion": api[kind], "kind": kind, "metadata": metadata}
    if spec is not None:
        found["spec"] = spec
    if status is not None:
        found["status"] = status
    return found


def source(
    environment: str = "staging",
    name: str = "activity",
    namespace: str = NS,
    *,
    url: str = URL,
    ref: Mapping[str, Any] | None = None,
    stored: str = "",
    suspend: bool = False,
    ready: Mapping[str, Any] = READY,
    **meta: Any,
) -> Resource:
    spec: dict[str, Any] = {"url": url, "ref": dict(ref or {"semver": ">=0.0.0"})}
    if suspend:
        spec["suspend"] = True
    status: dict[str, Any] = {"observedGeneration": 1, "conditions": [dict(ready)]}
    if stored:
        status["artifact"] = {"revision": stored}
    obj = body("OCIRepository", name, namespace, spec=spec, status=status, **meta)
    return Resource.from_object(environment, obj)


def ks(
    environment: str = "staging",
    name: str = "api",
    namespace: str = NS,
    *,
    needs: Iterable[str] = (),
    of: str = "activity",
    applied: str = "",
    attempted: str = "",
    conditions: Iterable[Mapping[str, Any]] = (READY,),
    history: Iterable[tuple[str, str, str]] = (),
    inventory: Iterable[str] = (),
    suspend: bool = False,
    **meta: Any,
) -> Resource:
    """`history`: (revision, status, when), newest first."""
    spec: dict[str, Any] = {
        "sourceRef": {"kind": "OCIRepository", "name": of},
        "dependsOn": [{"name": n} for n in needs],
    }
    if suspend:
        spec["suspend"] = True
    entries = [
        {"metadata": {"revision": r}, "lastReconciledStatus": s, "lastReconciled": at}
        for r, s, at in history
    ]
    status: dict[str, Any] = {
        "observedGeneration": 1,
        "conditions": [dict(c) for c in conditions],
        "lastAppliedRevision": applied,
        "lastAttemptedRevision": attempted or applied,
        "history": entries,
        "inventory": {"entries": [{"id": i, "v": "v1"} for i in inventory]},
    }
    obj = body("Kustomization", name, namespace, spec=spec, status=status, **meta)
    return Resource.from_object(environment, obj)


def deployment(name: str, *, wanted: int = 3, available: int = 1) -> Resource:
    status = {
        "observedGeneration": 1,
        "replicas": wanted,
        "updatedReplicas": wanted,
        "availableReplicas": available,
        "readyReplicas": available,
    }
    obj = body("Deployment", name, spec={"replicas": wanted}, status=status)
    return Resource.from_object("staging", obj)


def tag_list(tags: Mapping[str, str], repository: str = URL) -> TagList:
    """`tags`: tag -> letter of its digest."""
    facts = {tag: TagFacts(tag, digest(letter)) for tag, letter in tags.items()}
    return TagList(repository, tuple(tags), 100.0, facts=facts)


def snapshot(
    *resources: Resource, tags: Iterable[TagList] = (), config: Config = CONFIG, **more: Any
) -> Snapshot:
    tables: dict[str, dict[tuple[str, str], dict[Key, Resource]]] = {
        e.name: {} for e in config.environments
    }
    for one in resources:
        kinds = tables.setdefault(one.key.environment, {})
        kinds.setdefault((one.key.group, one.key.kind), {})[one.key] = one
    listed = {t.repository: t for t in tags}
    selections = {}
    bare = Snapshot(config=config, resources=tables, tags=listed, **more)
    for one, picked in pickers(bare):
        found = listed.get(picked.address)
        if found is not None and found.listed_at:
            selections[one.key] = select(found.tags, picked.policy)
    half = replace(bare, selections=selections)
    board, findings = overview(half)
    return replace(half, board=board, findings=findings)


def context(seen: Snapshot, **target: Any) -> Context:
    return Context(seen, Target(**target), NOW, "anna")


def said_of(plan: Plan) -> tuple[str, ...]:
    """What a Plan says against itself: its dangers, the worst first, and its warnings."""
    return (*(danger.says for danger in plan.dangers), *plan.warnings)
