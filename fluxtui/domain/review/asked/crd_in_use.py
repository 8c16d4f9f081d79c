"""A definition that changes or goes has objects, or stored versions, in the cluster. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fluxtui.domain.counts import counted
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.pods import Object, at, listed, mapping
from fluxtui.domain.review.rules import crd_narrowed
from fluxtui.domain.review.wanted import (
    AskingRule,
    DefinitionAsked,
    Heard,
    Together,
    WantedFact,
    served_versions,
)

SHOWN = 8


def _wants(delivered: Delivered, whole: Together) -> Iterator[WantedFact]:
    found = tuple(crd_narrowed.RULE.judge(delivered))
    narrowed = {danger.object for danger in found}
    ruled = {d.object for d in found if any(": rule " in line for line in d.look)}
    for change in delivered.changes:
        before = change.before
        if change.id.kind != "CustomResourceDefinition" or before is None:
            continue
        goes = change.id in whole.pruned
        if goes or change.id in narrowed:
            kept = tuple(str(v.get("name")) for v in _versions(change.after))
            names, group = mapping(before, "spec", "names"), str(at(before, "spec", "group") or "")
            version, schemas = _tried(before, None if goes else change.after)
            asked = DefinitionAsked(
                change.id.name,
                group,
                version,
                str(names.get("kind") or ""),
                kept,
                goes,
                schemas,
                change.id in ruled,
            )
            yield WantedFact(RULE.id, asked, delivered.kustomization, change.id)


def _tried(before: Object, after: Object | None) -> tuple[str, str]:
    """In which version objects are read, and its schemas before and after, to try them by: the one
    that they will be stored in, where it is served now."""
    served = served_versions(before)
    stay = [v for v in _versions(after) if v.get("name") in served]
    stay.sort(key=lambda version: version.get("storage") is not True)
    if not stay:
        return next(iter(served), ""), ""
    name = str(stay[0].get("name"))
    schemas = [mapping(v, "schema", "openAPIV3Schema") for v in (_named(before, name), stay[0])]
    return name, json.dumps(schemas, sort_keys=True, default=str)


def _named(definition: Object, name: str) -> Object:
    return next(v for v in _versions(definition) if v.get("name") == name)


def _versions(definition: Object | None) -> tuple[Object, ...]:
    return listed(definition, "spec", "versions")


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    asked, own = wanted.asked, (wanted.by, wanted.kustomization)
    assert isinstance(asked, DefinitionAsked), "a rule is given what it asked"
    stored = [name for name in heard.stored if name not in asked.kept]
    if stored and not asked.goes:
        says = (
            f"{wanted.by} drops {', '.join(stored)}, in which objects are stored: the API refuses"
        )
        yield Danger(RULE.id, Gravity.STOP, says, *own)
    if heard.count and asked.goes:
        objects = counted(heard.count, "object", "is")
        says = f"{wanted.by}: {objects} in the cluster and go with it"
        yield Danger(RULE.id, Gravity.LOSS, says, *own)
    elif heard.broken:
        yield _broken(wanted, asked, heard)


def _broken(wanted: WantedFact, asked: DefinitionAsked, heard: Heard) -> Danger:
    """The objects by name, with what is wrong of each."""
    of = f"the first {heard.count}" if heard.cut else str(heard.count)
    more = len(heard.broken) - SHOWN
    look = (*heard.broken[:SHOWN], *((f"... {more} more",) if more > 0 else ()))
    says = (
        f"{wanted.by}: {counted(len(heard.broken), 'object')} of {of} in the cluster"
        f" would not fit {asked.version} any more"
    )
    return Danger(RULE.id, Gravity.STOP, says, wanted.by, wanted.kustomization, look)


RULE = AskingRule(
    "crd-in-use",
    "a definition that changes or goes is in use",
    "What a definition loses, its objects lose; when it goes, they all go. Those in the cluster are"
    " tried by the new schema, but for rules in CEL. A version that stands in"
    " status.storedVersions cannot be taken out before every object has been written anew in"
    " another one (kube-storage-version-migrator), and the old name taken out of that list.",
    _wants,
    _judge,
)
