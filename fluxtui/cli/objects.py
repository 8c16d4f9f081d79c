"""`get`, `trace` and `tree`: what flux's verbs of these names answer, as far as fluxtui knows it.

Flux's own objects, who applies an object, and what a Kustomization applies; read from the cluster
alone. What fluxtui does not follow is said, with the tool that does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from fluxtui.cli import output
from fluxtui.cli.forms import objects as form
from fluxtui.cli.hiding import hidden
from fluxtui.cli.looking import Look, look, short_name
from fluxtui.cli.nearest import nearest
from fluxtui.cli.output import conclude
from fluxtui.cli.rows import Item
from fluxtui.cli.target import find
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.kinds import ALL, APPLIERS, SOURCES, appliers, by_short
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.knowledge import Knowing
from fluxtui.domain.known import kind_known
from fluxtui.domain.resource import Key, Resource
from fluxtui.engine.port import EnginePort

# What people type for kinds that are no Flux kinds of ours.
_SHORT = {
    "cm": "configmap", "deploy": "deployment", "ds": "daemonset", "ing": "ingress",
    "ns": "namespace", "po": "pod", "pvc": "persistentvolumeclaim", "sa": "serviceaccount",
    "sts": "statefulset", "svc": "service",
}  # fmt: skip
_ELSEWHERE = {
    "helmreleases": "flux get helmreleases", "helmrelease": "flux get helmreleases",
    "hr": "flux get helmreleases", "images": "flux get images", "alerts": "flux get alerts",
    "receivers": "flux get receivers",
}  # fmt: skip


HEADER = ("ENVIRONMENT", "NAMESPACE", "NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE")


def get(engine: EnginePort, args: argparse.Namespace) -> int:
    """Flux's objects, a line each."""
    words = list(args.words)
    kinds = _kinds(words)
    name = words.pop() if words else ""
    seen = look(engine, args, tags=False)

    def items_of(look: Look) -> list[Resource]:
        return [r for r in _of_kinds(look, kinds) if not name or r.key.name == name]

    if args.watch:
        from fluxtui.cli.watching import watch

        return watch(
            engine, seen, lambda look: _rows(look, items_of(look)), args.output, {"Objects": HEADER}
        )
    found = items_of(seen)
    away = hidden(seen, items_of, "object")
    unread = _unread(seen, kinds)
    if name and not (found or away or unread or seen.problems):
        raise _no_such(seen, kinds, name)
    problems = tuple(dict.fromkeys((*seen.problems, *unread, *away)))
    cells = [form.cells(resource, seen.snapshot) for resource in found]
    nothing = "" if problems else "nothing of that kind is there"
    text = output.table(HEADER, cells) if cells else nothing
    names = [short_name(resource.key) for resource in found]
    output.emit(text, form.objects(found, problems), args.output, names=names)
    return conclude(problems)


def _unread(seen: Look, kinds: Sequence[Kind]) -> list[str]:
    """What of that is not known, one sentence each; of several kinds, those not served are not
    missed."""
    said = []
    for name in seen.environments:
        for kind in kinds:
            known = kind_known(seen.snapshot, name, kind.id)
            if known.known or name in seen.snapshot.unreachable:
                continue
            if known.state is not Knowing.ABSENT:
                said.append(f"{name}: {kind.kind} {known.clause}")
            elif len(kinds) == 1:
                said.append(f"{name}: {kind.kind} is not served: its CRD is not installed")
    return said


def _rows(seen: Look, found: Iterable[Resource]) -> list[Item]:
    return [Item("Objects", r.key, form.cells(r, seen.snapshot), form.one_object(r)) for r in found]


def _no_such(seen: Look, kinds: Sequence[Kind], name: str) -> FluxtuiError:
    every = sorted({resource.key.name for resource in _of_kinds(seen, kinds)})
    near = nearest(name, every)
    return FluxtuiError(
        f"there is no {' or '.join(k.kind for k in kinds)} {name}",
        where=", ".join(seen.environments),
        next=f"did you mean {near}?" if near else f"there are: {', '.join(every) or 'none'}",
    )


def _kinds(words: list[str]) -> tuple[Kind, ...]:
    """Takes the words that name kinds: `all`, `sources [oci]`, `ks`. Raises UsageError."""
    if not words or words[0] == "all":
        del words[:1]
        return ALL
    first = words.pop(0).lower()
    if first in ("source", "sources"):
        if not words or words[0] == "all":
            del words[:1]
            return SOURCES
        kind = by_short(words[0])
        if kind is None or kind.source is None:
            raise _not_ours(f"sources {words[0]}", f"flux get sources {words[0]}")
        del words[:1]
        return (kind,)
    kind = by_short(first)
    if kind is None:
        raise _not_ours(first, _ELSEWHERE.get(first, f"kubectl get {first}"))
    return (kind,)


def _not_ours(what: str, other: str) -> UsageError:
    known = " and ".join(kind.many for kind in ALL)
    return UsageError(f"fluxtui lists no {what}: it follows {known}", next=other)


def _of_kinds(seen: Look, kinds: Iterable[Kind]) -> Iterator[Resource]:
    for name in seen.environments:
        for kind in kinds:
            for _key, resource in sorted(seen.snapshot.table(name, kind).items()):
                if seen.has_labels(resource.key):
                    yield resource


def trace(engine: EnginePort, args: argparse.Namespace) -> int:
    """From an object to the Kustomization that applies it, its source and its version."""
    args.target, wanted = "", wanted_of(args.words, args.kind)
    seen = look(engine, args, tags=False)
    hits = applied_by(seen, wanted, args.namespace or ())
    if not hits:
        raise FluxtuiError(
            f"no Kustomization applies {'/'.join(filter(None, wanted))}",
            where=", ".join(seen.environments),
            next="objects of other tools are not known here",
        )
    parts = []
    for resource, id_ in hits:
        source = appliers.source(resource)
        whence = seen.snapshot.get(source) if source else None
        parts.append(form.trace_text(id_, resource, whence, seen.snapshot))
    data = form.traces(seen.snapshot, hits, seen.problems)
    names = [short_name(resource.key) for resource, _id in hits]
    output.emit("\n\n".join(parts), data, args.output, names=names)
    return conclude(seen.problems)


def applied_by(
    seen: Look, wanted: tuple[str, str, str], namespaces: Sequence[str]
) -> list[tuple[Resource, ObjectId]]:
    """Kustomizations that apply the object, each with its full name. `wanted`: see `wanted_of`."""
    return [
        (resource, id_)
        for resource in _of_kinds(seen, APPLIERS)
        for id_ in inventory_of(resource)
        if _is_wanted(id_, wanted, namespaces)
    ]


def wanted_of(words: Sequence[str], kind: str) -> tuple[str, str, str]:
    """(kind, namespace, name) in lower case of the kind: `deploy/ns/name`, or `deploy name`."""
    if not words:
        raise UsageError("which object?", next="KIND/NS/NAME, for example deploy/apps/web")
    parts = "/".join(words).split("/")
    if kind:
        parts = [kind, *parts]
    if len(parts) not in (2, 3):
        raise UsageError(f"{'/'.join(words)!r} names no object", next="KIND/NS/NAME or KIND/NAME")
    word = parts[0].lower()
    return (_SHORT.get(word, word), parts[1] if len(parts) == 3 else "", parts[-1])


def _is_wanted(id_: ObjectId, wanted: tuple[str, str, str], namespaces: Sequence[str]) -> bool:
    kind, namespace, name = wanted
    if id_.name != name or (namespace and id_.namespace != namespace):
        return False
    if namespaces and id_.namespace and id_.namespace not in namespaces:
        return False
    mine = id_.kind.lower()
    return kind in (mine, f"{mine}s", f"{mine}es", f"{mine.removesuffix('y')}ies")


def tree(engine: EnginePort, args: argparse.Namespace) -> int:
    """A Kustomization, the objects it applies, and what those that are Kustomizations apply."""
    words = list(args.words)
    if words and "/" not in words[0] and by_short(words[0]) in APPLIERS:
        words = [f"{words[0]}/{words[1]}"] if len(words) == 2 else []
    if len(words) != 1:
        raise UsageError("the tree of which Kustomization?", next="fluxtui tree ks/NAME -e ENV")
    word, slash, name = words[0].partition("/")
    if slash and by_short(word) not in APPLIERS:
        raise UsageError(f"{words[0]} is no Kustomization", next="fluxtui tree ks/NAME")
    args.target = f"{word}/{name}" if slash else f"{APPLIERS[0].short}/{word}"
    seen = look(engine, args, tags=False)
    alone = seen.environments[0] if len(seen.environments) == 1 else ""
    key = find(args.target, alone, seen.snapshot).applier
    assert key is not None
    root = _branch(seen, key, frozenset())
    names = [short_name(key)]
    text = "\n".join(form.tree_text(root))
    output.emit(text, form.tree(key.environment, root, seen.problems), args.output, names=names)
    return conclude(seen.problems)


def _branch(seen: Look, key: Key, above: frozenset[Key]) -> form.Branch:
    """`above` guards against a Kustomization that applies itself, as bootstrap's does."""
    resource = seen.snapshot.get(key)
    if resource is None or key in above:
        return form.Branch(key)
    children = []
    for id_ in sorted(inventory_of(resource), key=lambda i: (i.kind, i.namespace, i.name)):
        child = Key(key.environment, id_.group, id_.kind, id_.namespace, id_.name)
        if appliers.is_applier(child) and child != key:
            children.append(_branch(seen, child, above | {key}))
        else:
            children.append(form.Branch(child))
    return form.Branch(key, tuple(children))


def inventory_of(resource: Resource) -> list[ObjectId]:
    """What it applied last; ids that no Flux wrote are left out."""
    ids = []
    for text, _version in appliers.inventory(resource):
        try:
            ids.append(ObjectId.parse(text))
        except UsageError:
            continue
    return ids
