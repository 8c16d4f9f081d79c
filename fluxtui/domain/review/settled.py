"""An object as the API holds it: what is written out though it is the default anyway, and amounts
written otherwise, make no difference. For rules about fields that must not differ. Pure.

Only what the API itself fills in (defaulting of core/v1, apps/v1, batch/v1): admission does more,
and that is nobody's to know here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain.review.pods import Object
from fluxtui.kit.quantities import canonical, plain

# Wherever they stand in a spec; what people name themselves (labels and the like) is left alone.
_DEFAULTS: Mapping[str, Any] = {
    "completionMode": "NonIndexed",
    "completions": 1,
    "defaultMode": 420,
    "dnsPolicy": "ClusterFirst",
    "enableServiceLinks": True,
    "failureThreshold": 3,
    "hostIPC": False,
    "hostNetwork": False,
    "hostPID": False,
    "metadata": {},
    "periodSeconds": 10,
    "podManagementPolicy": "OrderedReady",
    "protocol": "TCP",
    "readOnly": False,
    "reclaimPolicy": "Delete",
    "resources": {},
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "scheme": "HTTP",
    "securityContext": {},
    "serviceName": "",
    "successThreshold": 1,
    "terminationGracePeriodSeconds": 30,
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "timeoutSeconds": 1,
    "value": "",
    "volumeBindingMode": "Immediate",
    "volumeMode": "Filesystem",
}
_NAMED = frozenset({"labels", "annotations", "matchLabels", "nodeSelector", "parameters", "data"})
_AMOUNTS = frozenset({"limits", "requests", "capacity", "hard"})
_TEMPLATES = "volumeClaimTemplates"


def settled(value: Any, name: str = "") -> Any:
    """The same without what is default anyway; `name`: the field it stands in."""
    if isinstance(value, Mapping):
        return _mapping(value, name)
    if isinstance(value, list | tuple):
        return [settled(item, name) for item in value]
    return _amount(value) if name == "sizeLimit" else value


def _mapping(value: Object, name: str) -> Object:
    if name in _NAMED:
        return {k: v for k, v in value.items() if v is not None}
    if name in _AMOUNTS:
        return {k: _amount(v) for k, v in value.items()}
    kept = {k: settled(v, k) for k, v in value.items() if not _is_default(value, k, v, name)}
    # An empty list or mapping of these is what the API makes of none.
    return {k: v for k, v in kept.items() if not _is_preset(k, v)}


def _is_preset(key: str, value: Any) -> bool:
    """Whether it is what the API sets; to JSON `true` is no 1."""
    if key not in _DEFAULTS:
        return False
    default = _DEFAULTS[key]
    return bool(value == default) and isinstance(value, bool) == isinstance(default, bool)


def _is_default(holder: Object, key: str, value: Any, name: str) -> bool:
    if value is None:
        return True
    if key == "imagePullPolicy":
        return bool(value == _pulls(str(holder.get("image") or "")))
    if key == "serviceAccount":
        return bool(holder.get("serviceAccountName"))
    if name == _TEMPLATES:
        return key in ("apiVersion", "kind", "status")
    if name in ("fieldRef", "roleRef"):
        return (key, value) in (("apiVersion", "v1"), ("apiGroup", "rbac.authorization.k8s.io"))
    return False


def _pulls(image: str) -> str:
    """The policy that the API sets for an image."""
    bare, digest, _ = image.partition("@")
    tag = bare.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in ("", "latest") and not digest else "IfNotPresent"


def _amount(value: Any) -> Any:
    try:
        return canonical(plain(value))
    except ValueError:
        return value
