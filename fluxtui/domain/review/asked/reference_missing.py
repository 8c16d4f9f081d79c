"""A Pod needs a ConfigMap or Secret that neither the build nor the cluster has. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.references import PULL, PodReference, references
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
    if heard.there is not False:
        return
    where = "which this delivery deletes" if wanted.gone else "which neither build nor cluster has"
    says = f"{wanted.by} needs {wanted.asked}, {where} ({wanted.needs})"
    yield Danger(RULE.id, wanted.level, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "reference-missing",
    "a ConfigMap or Secret that is needed is not there",
    "A container whose variable or volume comes out of it does not start (FailedMount, or"
    " CreateContainerConfigError) and does once it is there; old Pods run on until they are"
    " replaced. Make it first, put it into the bundle, or say optional: true. It is asked for by"
    " its metadata alone: whether it has the key is not looked at.",
    _wants,
    _judge,
)
