"""Flux's objects, who applies what, and what is applied: `get`, `trace`, `tree`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fluxtui.cli.forms.envelope import Document, document, listing, maybe, reference
from fluxtui.domain.foundkinds import suspended
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.kinds.kind import KindColumn
from fluxtui.domain.naming import dressed_of
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.objectstate import (
    STATIC,
    UNSEEN,
    no_revision,
    ready_word,
    revision_of,
    revision_text,
)
from fluxtui.domain.overview.judgement import STATIC as NO_STATUS
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_text
from fluxtui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Branch:
    """An object, and what it applies when it is a Kustomization."""

    key: Key
    children: tuple[Branch, ...] = ()


def objects(resources: Iterable[Resource], problems: Iterable[str]) -> Document:
    """One item an object."""
    return listing("Objects", map(one_object, resources), problems)


def one_object(resource: Resource) -> Document:
    """An item of `get`."""
    ready, word = resource.condition("Ready"), ready_word(resource)
    static = word == STATIC
    return {
        "environment": resource.key.environment,
        "object": reference(resource.key),
        **maybe("revision", revision_of(resource), no_revision(resource)),
        "suspended": suspended(resource),
        **maybe("ready", "" if static else word, NO_STATUS if static else UNSEEN),
        "reason": ready.reason if ready else "",
        "message": ready.message if ready else "",
    }


def cells(
    resource: Resource, snapshot: Snapshot, more: Iterable[KindColumn] = ()
) -> tuple[str, ...]:
    """A row of `get`; digests without a tag are worn by the one their source knows."""
    key = resource.key
    return (
        key.environment,
        key.namespace,
        f"{key.kind.lower()}/{key.name}",
        revision_text(resource, snapshot) or "-",
        str(suspended(resource)),
        ready_word(resource) or "?",
        *(column.text(resource) or "-" for column in more),
        _message(resource, snapshot),
    )


def _message(resource: Resource, snapshot: Snapshot) -> str:
    ready = resource.condition("Ready")
    if ready is None:
        return NO_STATUS if ready_word(resource) == STATIC else UNSEEN
    return dressed_of(ready.message, resource.key, snapshot)


def traces(
    snapshot: Snapshot, hits: Iterable[tuple[Resource, ObjectId]], problems: Iterable[str]
) -> Document:
    """One item for each Kustomization that applies the object."""
    return listing("Trace", (_trace(snapshot, *hit) for hit in hits), problems)


def _trace(snapshot: Snapshot, member: Resource, id_: ObjectId) -> Document:
    key = appliers.source(member)
    source = snapshot.get(key) if key is not None else None
    origin = {} if source is None else {"source": one_object(source), "url": sources.url(source)}
    return {
        "environment": member.key.environment,
        "object": reference(id_),
        "kustomization": one_object(member),
        **origin,
    }


def trace_text(id_: ObjectId, member: Resource, source: Resource | None, snapshot: Snapshot) -> str:
    """As `flux trace` prints it."""
    lines = [
        ("Object", "/".join(part for part in (id_.kind, id_.name) if part)),
        ("Namespace", id_.namespace),
        ("Status", "Managed by Flux"),
        ("---", ""),
        *_about(member, snapshot),
        ("Path", str(member.spec.get("path") or "./")),
    ]
    if source is not None:
        lines += [("---", ""), *_about(source, snapshot), ("URL", sources.url(source))]
    return "\n".join(
        name if name == "---" else f"{name + ':':<16}{value}".rstrip() for name, value in lines
    )


def _about(resource: Resource, snapshot: Snapshot) -> list[tuple[str, str]]:
    stored = revision_of(resource)
    revision = commit_text(stored) or dressed_of(stored, resource.key, snapshot)
    return [
        (resource.key.kind, resource.key.name),
        ("Environment", resource.key.environment),
        ("Namespace", resource.key.namespace),
        ("Revision", revision or "-"),
        ("Status", _message(resource, snapshot)),
    ]


def tree(environment: str, root: Branch, problems: Sequence[str]) -> Document:
    """The whole tree."""
    return document("Tree", environment=environment, root=_branch(root), problems=list(problems))


def _branch(branch: Branch) -> Document:
    return {"object": reference(branch.key), "children": [_branch(c) for c in branch.children]}


def tree_text(branch: Branch) -> Iterator[str]:
    """As `flux tree` prints it."""
    yield branch.key.label
    for number, child in enumerate(branch.children, start=1):
        is_last = number == len(branch.children)
        first, *below = tree_text(child)
        yield ("└── " if is_last else "├── ") + first
        yield from (("    " if is_last else "│   ") + line for line in below)
