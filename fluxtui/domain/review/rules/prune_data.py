"""An object that holds data, or the definition of such, is deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain import kinds
from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.masking import Masked
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.operated import keeps_data
from fluxtui.domain.review.pods import Object, mapping

_GONE: Mapping[tuple[str, str], tuple[Gravity, str]] = {
    ("", "PersistentVolumeClaim"): (
        Gravity.LOSS,
        "is deleted, and its volume with it unless the volume's reclaim policy is Retain",
    ),
    ("", "PersistentVolume"): (
        Gravity.STOP,
        "is deleted once no claim holds it: what is on it is out of reach",
    ),
    ("", "Namespace"): (Gravity.LOSS, "is deleted with everything in it"),
    ("", "Secret"): (Gravity.LOSS, "is deleted with all that stands in it by now"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        Gravity.LOSS,
        "is deleted, and every object of that kind in the cluster with it",
    ),
    ("apps", "StatefulSet"): (
        Gravity.STOP,
        "is deleted and its Pods end; claims from its templates stay, unless it says otherwise",
    ),
}
_APPLIERS = frozenset(kind.id for kind in kinds.APPLIERS)


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.kind != "pruned" or change.before is None:
            continue
        level, becomes = _becomes(change, change.before, delivered)
        if becomes:
            yield Danger(RULE.id, level, f"{change.id} {becomes}", change.id)


def _becomes(change: ObjectChange, before: Object, delivered: Delivered) -> tuple[Gravity, str]:
    place = change.id.group, change.id.kind
    if place == ("", "Secret"):
        heir = _heir(change, before, delivered)
        if heir:
            return Gravity.CARE, f"is deleted; what stood in it is in {heir} too"
    if place in _GONE:
        return _GONE[place]
    if place in _APPLIERS:
        spec = mapping(before, "spec")
        leaves = spec.get("prune") is False or spec.get("deletionPolicy") == "Orphan"
        return Gravity.STOP, "" if leaves else "is deleted, and with it everything it has applied"
    if keeps_data(change.id, before):
        return Gravity.LOSS, "is deleted: its operator may delete what it keeps with it"
    return Gravity.CARE, ""


def _heir(change: ObjectChange, before: Object, delivered: Delivered) -> str:
    """The Secret of the new build, in the same namespace, that has every value of this one."""
    marks = _marks(before)
    heirs = (
        str(id)
        for id, obj in delivered.after.items()
        if (id.group, id.kind, id.namespace) == ("", "Secret", change.id.namespace)
        and marks.items() <= _marks(obj).items()
    )
    return next(heirs, "") if marks else ""


def _marks(secret: Object) -> Mapping[str, str]:
    entries = mapping(secret, "data").items()
    return {str(key): value.mark for key, value in entries if isinstance(value, Masked)}


RULE = DangerRule(
    "prune-data",
    "an object that holds data is deleted",
    "The build no longer has the object and the Kustomization prunes, so Flux deletes it when the"
    " build is applied. To keep it, label it kustomize.toolkit.fluxcd.io/prune: disabled in a"
    " version before the one that drops it; to move it elsewhere, do that in between.",
    _judge,
)
