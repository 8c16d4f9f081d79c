"""A definition that changes or goes has objects, or stored versions, in the cluster. Pure."""

from __future__ import annotations

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


def _wants(delivered: Delivered, whole: Together) -> Iterator[WantedFact]:
    narrowed = {d.object for d in crd_narrowed.RULE.judge(delivered)}
    for change in delivered.changes:
        before = change.before
        if change.id.kind != "CustomResourceDefinition" or before is None:
            continue
        goes = change.id in whole.pruned
        if goes or change.id in narrowed:
            kept = tuple(str(v.get("name")) for v in _versions(change.after))
            names, group = mapping(before, "spec", "names"), str(at(before, "spec", "group") or "")
            version = next(iter(served_versions(before)), "")
            asked = DefinitionAsked(
                change.id.name, group, version, str(names.get("kind") or ""), kept, goes
            )
            yield WantedFact(RULE.id, asked, delivered.kustomization, change.id)


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
    if heard.count:
        objects = counted(heard.count, "object", "is")
        then = "go with it" if asked.goes else "may break the new schema"
        level = Gravity.LOSS if asked.goes else Gravity.STOP
        yield Danger(RULE.id, level, f"{wanted.by}: {objects} in the cluster and {then}", *own)


RULE = AskingRule(
    "crd-in-use",
    "a definition that changes or goes is in use",
    "What a definition loses, its objects lose; when it goes, they all go. A version that stands in"
    " status.storedVersions cannot be taken out before every object has been written anew in"
    " another one (kube-storage-version-migrator), and the old name taken out of that list.",
    _wants,
    _judge,
)
