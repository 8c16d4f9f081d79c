"""From what the cursor is on to the objects an act is about.

A Target may name a Service, a source or a Kustomization; these functions answer "which object" and,
when there is none, the sentence that says why not. Pure.
"""

from __future__ import annotations

from fluxtui.commands.command import Context
from fluxtui.domain.board import Line
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.known import kind_known
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot


def source_of(context: Context) -> Resource | None:
    """The OCIRepository meant: named, of the named Kustomization, or the Service's only one."""
    target = context.target
    if target.source is not None:
        return context.snapshot.get(target.source)
    if target.kustomization is not None:
        resource = context.snapshot.get(target.kustomization)
        key = kustomization.source(resource) if resource else None
        return context.snapshot.get(key) if key else None
    lines = lines_of(context)
    return context.snapshot.get(lines[0].source) if len(lines) == 1 else None


def lines_of(context: Context) -> tuple[Line, ...]:
    """The board lines of the Target's Service in its Environment."""
    row = context.snapshot.board.row(context.target.service)
    return row.lines.get(context.target.environment, ()) if row else ()


def object_of(context: Context) -> Resource | None:
    """The Kustomization when one is meant, else the source."""
    key = context.target.kustomization
    return context.snapshot.get(key) if key is not None else source_of(context)


def no_object(context: Context) -> str:
    """Why `object_of` or `source_of` found nothing, and what to do."""
    target = context.target
    if target.kustomization or target.source:
        return _absent(context)
    if not target.service:
        return "nothing is selected: choose a service, a source or a Kustomization"
    if not target.environment:
        return f"choose an environment for {target.service}"
    lines = lines_of(context)
    if len(lines) > 1:
        names = ", ".join(line.source.label for line in lines)
        count = f"{target.service} has {len(lines)} sources in {target.environment}"
        return f"{count}: choose one of {names}"
    unknown = _unknown(context, target.environment, ocirepository.KIND)
    return unknown or f"{target.service} is not deployed in {target.environment}"


def _unknown(context: Context, environment: str, kind: Kind) -> str:
    """Why nothing can be said of objects of that kind; "" when they are all known."""
    if not any(feed.environment == environment for feed in context.snapshot.feeds):
        return ""
    known = kind_known(context.snapshot, environment, kind.id)
    return "" if known.known else f"{environment} {known.clause}"


def _absent(context: Context) -> str:
    target, snapshot = context.target, context.snapshot
    member = snapshot.get(target.kustomization) if target.kustomization else None
    if member is None and target.kustomization is not None:
        unknown = _unknown(context, target.kustomization.environment, kustomization.KIND)
        if unknown:
            return unknown
    if member is None or target.source is not None:
        return f"{target.source if member else target.kustomization or target.source} is not there"
    source = kustomization.source(member)
    if source is None:
        return f"{member.key.label} does not use an OCIRepository"
    return f"{source}, which {member.key.label} uses, is not there"


def users_of(snapshot: Snapshot, source: Key) -> tuple[Resource, ...]:
    """Kustomizations of that Environment that use the source, by key."""
    table = snapshot.table(source.environment, kustomization.KIND)
    return tuple(r for _k, r in sorted(table.items()) if kustomization.source(r) == source)


def in_order(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Dependencies first; members of a cycle keep their given order at the end."""
    left = {r.key: r for r in resources}
    done: list[Resource] = []
    while left:
        ready = [r for r in left.values() if not left.keys() & set(kustomization.depends_on(r))]
        if not ready:
            return (*done, *left.values())
        for resource in ready:
            done.append(left.pop(resource.key))
    return tuple(done)


def repository_of(source: Resource) -> str:
    """`oci://host/path` of an OCIRepository."""
    return ocirepository.url(source)
