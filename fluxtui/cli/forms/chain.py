"""The dependsOn tree as data: `chain`, `tree` and the part of `status` that is not well. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fluxtui.cli.forms.envelope import LEVELS, Document, listing, mark, maybe, reference
from fluxtui.domain.board import ChainNode
from fluxtui.domain.kinds import appliers
from fluxtui.domain.revision import digest_of
from fluxtui.domain.snapshot import Snapshot


def chain(snapshot: Snapshot, nodes: Iterable[ChainNode], problems: Iterable[str] = ()) -> Document:
    """One item for every Kustomization, dependencies first."""
    return listing("Chain", (node(snapshot, one) for one in nodes), problems)


def node(snapshot: Snapshot, one: ChainNode) -> Document:
    """One Kustomization. `blocker` is there when it waits: the root one, and the reason."""
    blocker = {}
    if one.root is not None:
        blocker = {"blocker": {"object": reference(one.root), "reason": one.because}}
    return {
        "environment": one.key.environment,
        "kustomization": reference(one.key),
        "depth": one.depth,
        "service": one.service,
        **source_of(snapshot, one),
        "since": one.since,
        "health": {"level": LEVELS[one.health.level], "message": one.health.text},
        **running_of(snapshot, one),
        "suspended": one.suspended is not None,
        "suspensions": [mark(one.key, one.suspended)] if one.suspended is not None else [],
        "waitsFor": [reference(key) for key in one.waits_for],
        "missing": [reference(key) for key in one.missing],
        "cycle": [reference(key) for key in one.cycle],
        **blocker,
        "objects": [
            {"object": reference(line.key), "status": line.status, "message": line.message}
            for line in one.objects
        ],
    }


def source_of(snapshot: Snapshot, one: ChainNode) -> Document:
    """What it is fed by, whatever kind that is."""
    resource = snapshot.get(one.key)
    wanted = resource.spec.get("sourceRef") if resource is not None else None
    if not isinstance(wanted, Mapping) or not wanted.get("name"):
        return maybe("source", None, "it names no source")
    if one.origin is not None:
        return {"source": reference(one.origin)}
    return {
        "source": {
            "group": str(wanted.get("apiVersion") or "").rpartition("/")[0],
            "kind": str(wanted.get("kind") or ""),
            "namespace": str(wanted.get("namespace") or one.key.namespace),
            "name": str(wanted["name"]),
        }
    }


def running_of(snapshot: Snapshot, one: ChainNode) -> Document:
    """Version and digest, as far as the cluster says them; a registry is not asked."""
    resource = snapshot.get(one.key)
    revision = appliers.running(resource) if resource is not None else ""
    nothing = "nothing was applied yet" if not revision else ""
    if not one.known.known:
        nothing, revision = f"{one.key.environment} {one.known.clause}", ""
    named = "" if nothing or one.running.startswith("sha256:") else one.running
    return {
        **maybe("version", named, nothing or "the cluster knows no tag of this digest"),
        **maybe("digest", digest_of(revision), nothing or "its revision has no digest"),
        **maybe("revision", revision, nothing),
    }
