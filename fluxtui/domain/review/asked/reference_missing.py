"""A Pod needs a ConfigMap or Secret that neither the build nor the cluster has. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.references import PULL, PodReference, references
from fluxtui.domain.review.rules import key_missing
from fluxtui.domain.review.wanted import AskingRule, Heard, ObjectAsked, Together, WantedFact

_DEEP = 12


def _wants(delivered: Delivered, whole: Together) -> Iterator[WantedFact]:
    changed = {c.id for c in delivered.changes if c.kind in ("added", "changed")}
    for id, obj in delivered.after.items():
        uses: dict[ObjectId, list[PodReference]] = {}
        for reference in references(obj) if id.namespace else ():
            uses.setdefault(ObjectId(id.namespace, reference.name, "", reference.kind), []).append(
                reference
            )
        for target, found in uses.items():
            gone = target in whole.pruned
            # What stays as it is stands on what it stood on before.
            if target in whole.after or not (gone or id in changed):
                continue
            maker = _maker(target, whole)
            if maker == _SURE:
                continue
            yield WantedFact(
                RULE.id,
                ObjectAsked("v1", target),
                delivered.kustomization,
                id,
                _needs(found) + (f"; {maker} may make it" if maker else ""),
                Gravity.CARE if maker or _only_pulled(found) else Gravity.STOP,
                gone,
                tuple(dict.fromkeys((one.key, one.use) for one in found if one.key)),
            )


_SURE = "it"


def _maker(target: ObjectId, whole: Together) -> str:
    """What may make the object: `_SURE` when something names it, "" for nothing."""
    maybe = ""
    for id, obj in whole.makers.items():
        if id.namespace not in (target.namespace, ""):
            continue
        if id.name == target.name or _names(obj.get("spec"), target.name, 0):
            return _SURE
        if target.name.startswith((f"{id.name}-", f"{id.name}.")):
            maybe = str(id)
    return maybe


def _names(value: Any, name: str, depth: int) -> bool:
    if isinstance(value, str):
        return value == name
    if depth > _DEEP:
        return False
    parts = value.values() if isinstance(value, Mapping) else value
    return isinstance(value, Mapping | list | tuple) and any(
        _names(part, name, depth + 1) for part in parts
    )


def _only_pulled(found: list[PodReference]) -> bool:
    return all(reference.use == PULL for reference in found)


def _needs(found: list[PodReference]) -> str:
    uses = list(dict.fromkeys(reference.use for reference in found))
    more = f" and {len(uses) - 2} more" if len(uses) > 2 else ""
    return ", ".join(uses[:2]) + more


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    if heard.there is False:
        where = (
            "which this delivery deletes" if wanted.gone else "which neither build nor cluster has"
        )
        says = f"{wanted.by} needs {wanted.asked}, {where} ({wanted.needs})"
        yield Danger(RULE.id, wanted.level, says, wanted.by, wanted.kustomization)
    elif heard.there and heard.keys is not None:
        yield from _without_key(wanted, heard.keys)


def _without_key(wanted: WantedFact, keys: tuple[str, ...]) -> Iterator[Danger]:
    """One danger for each key that the cluster's object does not have."""
    missing: dict[str, list[str]] = {}
    for key, use in wanted.keys:
        if key not in keys:
            missing.setdefault(key, []).append(use)
    for key, uses in missing.items():
        says = (
            f"{wanted.by} needs {key} of {wanted.asked}, which does not have it in the cluster"
            f" ({', '.join(uses[:2])})"
        )
        yield Danger(key_missing.RULE.id, wanted.level, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "reference-missing",
    "a ConfigMap or Secret that is needed is not there",
    "A container whose variable or volume comes out of it does not start (FailedMount, or"
    " CreateContainerConfigError) and does once it is there; old Pods run on until they are"
    " replaced. Make it first, put it into the bundle, or say optional: true. It is asked for by"
    " its metadata alone, which says who manages which key, and never by its values.",
    _wants,
    _judge,
)
