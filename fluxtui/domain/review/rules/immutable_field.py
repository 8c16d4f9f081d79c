"""A field changes that the API never lets change: applying fails, or the object is made anew.

Which fields: the API's own validation of apps/v1, batch/v1, core/v1 and rbac/v1. What the API sets
by itself, and amounts written otherwise, are no change. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.looks import briefly
from fluxtui.domain.review.pods import Object, at, mapping
from fluxtui.domain.review.settled import settled

SHOWN = 6
_FORCE = "kustomize.toolkit.fluxcd.io/force"
# Of a StatefulSet all of spec but these (the last since Kubernetes 1.27 and 1.11).
_OF_STATEFULSET = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
        "revisionHistoryLimit",
    }
)
_NEVER: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("batch", "Job"): (
        ("spec", "template"),
        ("spec", "selector"),
        ("spec", "completions"),
        ("spec", "completionMode"),
        ("spec", "podFailurePolicy"),
        ("spec", "successPolicy"),
        ("spec", "backoffLimitPerIndex"),
    ),
    ("", "Service"): (("spec", "clusterIP"), ("spec", "clusterIPs")),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        ("spec", "scope"),
        ("spec", "group"),
        ("spec", "names", "plural"),
        ("spec", "names", "kind"),
    ),
    ("", "PersistentVolumeClaim"): (
        ("spec", "accessModes"),
        ("spec", "storageClassName"),
        ("spec", "volumeMode"),
        ("spec", "volumeName"),
        ("spec", "selector"),
    ),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (
        ("provisioner",),
        ("parameters",),
        ("reclaimPolicy",),
        ("volumeBindingMode",),
    ),
    ("scheduling.k8s.io", "PriorityClass"): (("value",),),
}


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changed():
        if change.was:
            continue  # another object: its name has changed with its content
        fields = tuple(dict.fromkeys(_fields(change)))
        if not fields:
            continue
        forced = delivered.force or is_forced(change)
        if forced and change.id.kind == "Job":
            continue  # made anew is how a Job runs again
        named = ", ".join(fields)
        if forced:
            says = f"{change.id} is deleted and made anew: {named} cannot change"
        else:
            says = f"{change.id} cannot be applied: {named} never changes{_job(change)}"
        yield Danger(RULE.id, Gravity.STOP, says, change.id, look=_differing(change, fields))


def is_forced(change: ObjectChange) -> bool:
    """Whether the object says that Flux may delete it and make it anew."""
    metadata = mapping(change.after, "metadata")
    marks = {**mapping(metadata, "labels"), **mapping(metadata, "annotations")}
    return str(marks.get(_FORCE, "")).lower() == "enabled"


def _job(change: ObjectChange) -> str:
    """A Job that is not there any more is made anew, and so runs again."""
    if change.id.kind != "Job":
        return ""
    seconds = at(change.before, "spec", "ttlSecondsAfterFinished")
    gone = f" (it goes {seconds} s after its end)" if isinstance(seconds, int) else ""
    return f"; once it is deleted{gone}, it runs again"


def _differing(change: ObjectChange, fields: tuple[str, ...]) -> tuple[str, ...]:
    lines = (
        briefly(field.path, field.before, field.after)
        for field in change.fields
        if field.path.startswith(fields)
    )
    return tuple(dict.fromkeys(lines))[:SHOWN]


def _fields(change: ObjectChange) -> Iterator[str]:
    before, after = change.before or {}, change.after or {}
    if (change.id.group, change.id.kind) == ("apps", "StatefulSet"):
        old, new = mapping(before, "spec"), mapping(after, "spec")
        for name in dict.fromkeys((*old, *new)):
            if name not in _OF_STATEFULSET and _differ(
                {name: old.get(name)}, {name: new.get(name)}
            ):
                yield f"spec.{name}"
        return
    if change.id.kind in ("ConfigMap", "Secret") and before.get("immutable") is True:
        for name in ("data", "binaryData", "stringData", "immutable"):
            if before.get(name) != after.get(name):
                yield name
    for path in _NEVER.get((change.id.group, change.id.kind), ()):
        old, new = at(before, *path), at(after, *path)
        # What is left out keeps what the API has set.
        was = old is not None or path[-1] in ("selector", "completions") or new == "None"
        if new is not None and was and _differ({path[-1]: old}, {path[-1]: new}):
            yield ".".join(path)


def _differ(old: Object, new: Object) -> bool:
    return bool(settled(old) != settled(new))


RULE = DangerRule(
    "immutable-field",
    "a field changes that cannot change",
    "The API refuses the change, so the Kustomization fails to apply. Give the object another name,"
    " or let Flux delete it and make it anew (spec.force of the Kustomization, or the annotation"
    " kustomize.toolkit.fluxcd.io/force: enabled on the object): what it runs stops in between.",
    _judge,
)
