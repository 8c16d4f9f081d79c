"""From what the cursor is on to the objects an act is about.

A Target may name a Service or an object; these functions answer "which object" and,
when there is none, the sentence that says why not. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.commands.command import Context, Target
from fluxtui.domain import kinds, roles
from fluxtui.domain.board import Line
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.knowledge import Knowledge
from fluxtui.domain.known import kind_known, tagged_known
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot


def named(snapshot: Snapshot, key: Key) -> Target:
    """The Target that names an object, with the Service that it is part of, if it is of one."""
    for row in snapshot.board.rows:
        for line in row.lines.get(key.environment, ()):
            if line.key == key or key in line.appliers:
                return Target(key.environment, row.service, key)
    return Target(key.environment, object=key)


_LABELS = 12


def source_of(context: Context) -> Resource | None:
    """The source meant: named, of the named applier, or the Service's only one."""
    target = context.target
    if target.object is not None:
        return roles.source_of(context.snapshot, target.object)
    lines = lines_of(context)
    return roles.source_of(context.snapshot, lines[0].key) if len(lines) == 1 else None


def bundle_of(context: Context) -> Resource | None:
    """`source_of`, when its versions are tags: what can be pinned, rolled back and promoted."""
    source = source_of(context)
    return source if source is not None and sources.is_tagged(source.key) else None


def lines_of(context: Context) -> tuple[Line, ...]:
    """The board lines of the Target's Service in its Environment."""
    row = context.snapshot.board.row(context.target.service)
    return row.lines.get(context.target.environment, ()) if row else ()


def object_of(context: Context) -> Resource | None:
    """The object that is named, else the source."""
    key = context.target.object
    if key is not None:
        return context.snapshot.get(key)
    lines = lines_of(context)
    return context.snapshot.get(lines[0].key) if len(lines) == 1 else None


def no_object(context: Context) -> str:
    """Why `object_of` or `source_of` found nothing, and what to do."""
    target = context.target
    if target.marked:
        return (
            f"it is done to one object, and {len(target.marked)} are marked: choose one after esc"
        )
    if target.object is not None:
        return _absent(context, target.object)
    if not target.service:
        return "nothing is selected: choose a service, a source or a Kustomization"
    if not target.environment:
        return f"choose an environment for {target.service}"
    lines = lines_of(context)
    if len(lines) == 1:
        return _absent(context, lines[0].key)
    if lines:
        names = ", ".join(line.key.label for line in lines)
        count = f"{target.service} has {len(lines)} sources in {target.environment}"
        return f"{count}: choose one of {names}"
    knowledge = tagged_known(context.snapshot, target.environment)
    unknown = _unknown(context, target.environment, knowledge)
    return unknown or f"{target.service} is not deployed in {target.environment}"


def no_bundle(context: Context) -> str:
    """Why `bundle_of` found nothing, and what to do."""
    source = source_of(context)
    if source is None:
        key = context.target.object
        kind = kinds.of(key) if key is not None else None
        if kind is not None and kind.source is None and kind.applier is None:
            return f"{kind.one} has no versions to choose from"
        fed_by = roles.source_key(context.snapshot, key) if key is not None else None
        if fed_by is not None and not sources.is_tagged(fed_by):
            return f"{fed_by.label} has no tags to choose from"
        return no_object(context)
    return f"{source.key.label} follows {sources.follows(source)}: no tags to choose from"


def _unknown(context: Context, environment: str, knowledge: Knowledge) -> str:
    """Why nothing can be said of objects that are known so; "" when all of them are."""
    if not any(feed.environment == environment for feed in context.snapshot.feeds):
        return ""
    return "" if knowledge.known else f"{environment} {knowledge.clause}"


def _absent(context: Context, key: Key) -> str:
    snapshot, environment = context.snapshot, key.environment
    resource = snapshot.get(key)
    if resource is None:
        knowledge = kind_known(snapshot, environment, (key.group, key.kind))
        unknown = _unknown(context, environment, knowledge) if appliers.is_applier(key) else ""
        return unknown or f"{key} is not there"
    source = appliers.source(resource)
    if source is None:
        return f"{key.label} has no source"
    return f"{source}, which {key.label} uses, is not there"


def in_order(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Dependencies first; members of a cycle keep their given order at the end."""
    remaining = {r.key: r for r in resources}
    ordered: list[Resource] = []
    while remaining:
        ready = [
            r for r in remaining.values() if not remaining.keys() & set(appliers.depends_on(r))
        ]
        if not ready:
            return (*ordered, *remaining.values())
        for resource in ready:
            ordered.append(remaining.pop(resource.key))
    return tuple(ordered)


def stalled(resource: Resource) -> str:
    """Why only another spec gets it to run, "" when another version would, too: what a chart's
    version made give up tries the next one."""
    condition = resource.condition("Stalled")
    if condition is None or condition.status != "True" or not appliers.takes_bundles(resource.key):
        return ""
    return condition.reason


def stalled_warnings(resources: Sequence[Resource]) -> list[str]:
    """Who of them is not waited for, and why."""
    return [
        f"{resource.key.label} is stalled ({reason}) and is not waited for"
        for resource in resources
        if (reason := stalled(resource))
    ]


def labels_of(resources: Sequence[Resource]) -> str:
    """Their labels in a sentence, the first dozen of many."""
    labels = [resource.key.label for resource in resources[:_LABELS]]
    more = len(resources) - len(labels)
    return ", ".join(labels) + (f" and {more} more" if more else "")


def repository_of(source: Resource) -> str:
    """`oci://host/path` of a source with tags."""
    return sources.url(source)
