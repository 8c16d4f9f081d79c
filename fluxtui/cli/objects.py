"""`get`, `trace` and `tree`: what flux's verbs of these names answer, as far as fluxtui knows it.

Flux's own objects, who applies an object, and what a Kustomization applies; read from the cluster
alone. What fluxtui does not follow is said, with the tool that does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from fluxtui.cli import output
from fluxtui.cli.forms import objects as form
from fluxtui.cli.hiding import hidden
from fluxtui.cli.looking import Look, look, short_name
from fluxtui.cli.nearest import nearest
from fluxtui.cli.nouns import SoughtObjects, sought_objects
from fluxtui.cli.output import conclude
from fluxtui.cli.rows import Item
from fluxtui.cli.target import find, unknown
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.foundkinds import all_kinds
from fluxtui.domain.kinds import ALL, APPLIERS, appliers, by_short
from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.knowledge import Knowing
from fluxtui.domain.known import kind_known
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.objectstate import not_served
from fluxtui.domain.resource import Key, Resource
from fluxtui.engine.port import EnginePort

# What people type for kinds that are no Flux kinds of ours.
_SHORT = {
    "cm": "configmap", "deploy": "deployment", "ds": "daemonset", "ing": "ingress",
    "ns": "namespace", "po": "pod", "pvc": "persistentvolumeclaim", "sa": "serviceaccount",
    "sts": "statefulset", "svc": "service",
}  # fmt: skip
_OTHERS = "objects of other tools are not known here"
HEADER = ("ENVIRONMENT", "NAMESPACE", "NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE")


def get(engine: EnginePort, args: argparse.Namespace) -> int:
    """Flux's objects, a line each."""
    view = look(engine, args, tags=False)
    sought = sought_objects(args.words, all_kinds(view.snapshot)[len(ALL) :])
    kinds = tuple(dict.fromkeys(kind for each in sought for kind in each.kinds))
    items_of = partial(_fitting, sought=sought)

    if args.watch:
        from fluxtui.cli.watching import watch

        more = kinds[0].columns if args.output == "wide" and len(kinds) == 1 else ()
        return watch(
            engine,
            view,
            lambda look: _rows(look, items_of(look), more),
            args.output,
            {"Objects": _header(more)},
        )
    items = items_of(view)
    unread = [text for each in sought for text in _unread(view, each.kinds)]
    away = _missing(view, sought)
    problems = tuple(dict.fromkeys((*view.problems, *unread, *away)))
    empty = "" if problems else "nothing of that kind is there"
    text = _table(view, items) if items else empty
    wide = _table(view, items, kinds[0].columns) if items and len(kinds) == 1 else ""
    names = [short_name(resource.key) for resource in items]
    output.emit(text, form.objects(items, problems), args.output, wide=wide, names=names)
    return conclude(problems)


def _table(view: Look, items: Sequence[Resource], more: Sequence[KindColumn] = ()) -> str:
    """`more`: what the kind wants to be seen, before the message."""
    return output.table(_header(more), [form.cells(item, view.snapshot, more) for item in items])


def _header(more: Sequence[KindColumn]) -> tuple[str, ...]:
    return (*HEADER[:-1], *(column.title for column in more), HEADER[-1])


def _unread(view: Look, kinds: Sequence[Kind]) -> list[str]:
    """What of that is not known, one sentence each; of several kinds, those not served are not
    missed."""
    sentences = []
    for name in view.environments:
        for kind in kinds:
            knowledge = kind_known(view.snapshot, name, kind.id)
            if knowledge.known or name in view.snapshot.unreachable:
                continue
            if knowledge.state is not Knowing.ABSENT:
                sentences.append(f"{name}: {kind.kind} {knowledge.clause}")
            elif len(kinds) == 1:
                sentences.append(f"{name}: {not_served(kind)}")
    return sentences


def _rows(view: Look, resources: Iterable[Resource], more: Sequence[KindColumn] = ()) -> list[Item]:
    return [
        Item("Objects", r.key, form.cells(r, view.snapshot, more), form.one_object(r))
        for r in resources
    ]


def _fitting(view: Look, sought: Sequence[SoughtObjects]) -> list[Resource]:
    found = _of_kinds(view, dict.fromkeys(kind for each in sought for kind in each.kinds))
    return [r for r in found if any(each.fit(r.key) for each in sought)]


def _missing(view: Look, sought: Sequence[SoughtObjects]) -> list[str]:
    """What was asked for by its name and is not shown, or that nothing is; why, as far as known.

    Raises FluxtuiError where the only one is known not to be there.
    """
    named = [each for each in sought if each.name]
    if not named:
        return hidden(view, partial(_fitting, sought=sought), "object")
    sentences = []
    for each in named:
        if _fitting(view, [each]):
            continue
        away = hidden(view, partial(_fitting, sought=[each]), "object")
        if not (away or view.problems or _unread(view, each.kinds)):
            error = _no_such(view, each)
            if len(named) == 1:
                raise error
            away = [str(error)]
        sentences += away
    return sentences


def _no_such(view: Look, sought: SoughtObjects) -> FluxtuiError:
    keys = [resource.key for resource in _of_kinds(view, sought.kinds)]
    names = sorted({key.name for key in keys})
    near = nearest(sought.name, names)
    if near == sought.name:
        near = min(short_name(key) for key in keys if key.name == near)
    return FluxtuiError(
        f"there is no {sought.label}",
        where=", ".join(view.environments),
        next=f"did you mean {near}?" if near else f"there are: {', '.join(names) or 'none'}",
    )


def _of_kinds(view: Look, kinds: Iterable[Kind]) -> Iterator[Resource]:
    for name in view.environments:
        for kind in kinds:
            for _key, resource in sorted(view.snapshot.table(name, kind).items()):
                if view.has_labels(resource.key):
                    yield resource


def trace(engine: EnginePort, args: argparse.Namespace) -> int:
    """From an object to the Kustomization that applies it, its source and its version."""
    args.target, sought = "", wanted_of(args.words, args.kind)
    view = look(engine, args, tags=False)
    hits = applied_by(view, sought, args.namespace or ())
    if not hits:
        raise no_applier(view, "/".join(filter(None, sought)), _OTHERS)
    parts = []
    for resource, id_ in hits:
        source = appliers.source(resource)
        whence = view.snapshot.get(source) if source else None
        parts.append(form.trace_text(id_, resource, whence, view.snapshot))
    data = form.traces(view.snapshot, hits, view.problems)
    names = [short_name(resource.key) for resource, _id in hits]
    output.emit("\n\n".join(parts), data, args.output, names=names)
    return conclude(view.problems)


def no_applier(view: Look, named: str, next: str) -> FluxtuiError:
    """That nobody applies what was named so, or that this is not known."""
    clause = f"a Kustomization applies {named}"
    return unknown(clause, view.environments, view.snapshot, APPLIERS) or FluxtuiError(
        f"no Kustomization applies {named}", where=", ".join(view.environments), next=next
    )


def applied_by(
    view: Look, sought: tuple[str, str, str], namespaces: Sequence[str]
) -> list[tuple[Resource, ObjectId]]:
    """Kustomizations that apply the object, each with its full name. `sought`: see `wanted_of`."""
    return [
        (resource, id_)
        for resource in _of_kinds(view, APPLIERS)
        for id_ in inventory_of(resource)
        if _is_wanted(id_, sought, namespaces)
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


def _is_wanted(id_: ObjectId, sought: tuple[str, str, str], namespaces: Sequence[str]) -> bool:
    kind, namespace, name = sought
    if id_.name != name or (namespace and id_.namespace != namespace):
        return False
    if namespaces and id_.namespace and id_.namespace not in namespaces:
        return False
    own_kind = id_.kind.lower()
    return kind in (own_kind, f"{own_kind}s", f"{own_kind}es", f"{own_kind.removesuffix('y')}ies")


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
    view = look(engine, args, tags=False)
    alone = view.environments[0] if len(view.environments) == 1 else ""
    key = find(args.target, alone, view.snapshot).applier
    assert key is not None
    root = _branch(view, key, frozenset())
    names = [short_name(key)]
    text = "\n".join(form.tree_text(root))
    output.emit(text, form.tree(key.environment, root, view.problems), args.output, names=names)
    return conclude(view.problems)


def _branch(view: Look, key: Key, above: frozenset[Key]) -> form.Branch:
    """`above` guards against a Kustomization that applies itself, as bootstrap's does."""
    resource = view.snapshot.get(key)
    if resource is None or key in above:
        return form.Branch(key)
    children = []
    for id_ in sorted(inventory_of(resource), key=lambda i: (i.kind, i.namespace, i.name)):
        child = Key(key.environment, id_.group, id_.kind, id_.namespace, id_.name)
        if appliers.is_applier(child) and child != key:
            children.append(_branch(view, child, above | {key}))
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
