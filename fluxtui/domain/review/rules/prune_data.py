"""An object that holds data, or the definition of such, is deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered

_GONE: Mapping[tuple[str, str], tuple[Gravity, str]] = {
    ("", "PersistentVolumeClaim"): (
        Gravity.LOSS,
        "is deleted, and its volume with it unless the volume's reclaim policy is Retain",
    ),
    ("", "Namespace"): (Gravity.LOSS, "is deleted with everything in it"),
    ("", "Secret"): (Gravity.LOSS, "is deleted: what stands in it is nowhere else in the cluster"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        Gravity.LOSS,
        "is deleted, and every object of that kind in the cluster with it",
    ),
    ("apps", "StatefulSet"): (
        Gravity.STOP,
        "is deleted and its Pods end; claims from its templates stay, unless it says otherwise",
    ),
}


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        known = _GONE.get((change.id.group, change.id.kind))
        if change.kind == "pruned" and known is not None:
            level, becomes = known
            yield Danger(RULE.id, level, f"{change.id} {becomes}", change.id)


RULE = DangerRule(
    "prune-data",
    "an object that holds data is deleted",
    "The build no longer has the object and the Kustomization prunes, so Flux deletes it when the"
    " build is applied. To keep it, label it kustomize.toolkit.fluxcd.io/prune: disabled in a"
    " version before the one that drops it; to move it elsewhere, do that in between.",
    _judge,
)
