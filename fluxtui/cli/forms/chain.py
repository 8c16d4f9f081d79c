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
    return listing("Chain", (node(snapshot, item) for item in nodes), problems)


def node(snapshot: Snapshot, item: ChainNode) -> Document:
    """One Kustomization. `blocker` is there when it waits: the root one, and the reason."""
    blocker = {}
    if item.root is not None:
        blocker = {"blocker": {"object": reference(item.root), "reason": item.because}}
    return {
        "environment": item.key.environment,
        "object": reference(item.key),
        **({"kustomization": reference(item.key)} if appliers.takes_bundles(item.key) else {}),
        **maybe("appliedBy", reference(item.owner) if item.owner else None, "no applier made it"),
        "depth": item.depth,
        "service": item.service,
        **source_of(snapshot, item),
        "since": item.since,
        "health": {"level": LEVELS[item.health.level], "message": item.health.text},
        **running_of(snapshot, item),
        "suspended": item.suspended is not None,
        "suspensions": [mark(item.key, item.suspended)] if item.suspended is not None else [],
        "waitsFor": [reference(key) for key in item.waits_for],
        "until": [
            {
                "object": reference(each.key),
                "readyExpr": each.expression,
                **maybe("met", each.met, "its controller has not said"),
            }
            for each in item.until
        ],
        "missing": [reference(key) for key in item.missing],
        "cycle": [reference(key) for key in item.cycle],
        **blocker,
        "objects": [
            {"object": reference(line.key), "status": line.status, "message": line.message}
            for line in item.objects
        ],
    }


def source_of(snapshot: Snapshot, item: ChainNode) -> Document:
    """What it is fed by, whatever kind that is."""
    if item.origin is not None:
        return {"source": reference(item.origin)}
    resource = snapshot.get(item.key)
    source_ref = resource.spec.get("sourceRef") if resource is not None else None
    if not isinstance(source_ref, Mapping) or not source_ref.get("name"):
        return maybe("source", None, "it names no source")
    return {
        "source": {
            "group": str(source_ref.get("apiVersion") or "").rpartition("/")[0],
            "kind": str(source_ref.get("kind") or ""),
            "namespace": str(source_ref.get("namespace") or item.key.namespace),
            "name": str(source_ref["name"]),
        }
    }


def running_of(snapshot: Snapshot, item: ChainNode) -> Document:
    """Version and digest, as far as the cluster says them; a registry is not asked."""
    resource = snapshot.get(item.key)
    revision = appliers.running(resource) if resource is not None else ""
    reason = "nothing was applied yet" if not revision else ""
    if not item.known.known:
        reason, revision = f"{item.key.environment} {item.known.clause}", ""
    version = "" if reason or item.running.startswith("sha256:") else item.running
    return {
        **maybe("version", version, reason or "the cluster knows no tag of this digest"),
        **maybe("digest", digest_of(revision), reason or "its revision has no digest"),
        **maybe("revision", revision, reason),
    }
