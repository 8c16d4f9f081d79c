"""Last touches on built objects before they are applied (docs/flux.md#normalisation).

What Flux gets from a round trip through typed structs is done here where it changes what a server
sees: default protocols (list keys of server-side apply), folded Secrets, no status. Pure; the
objects handed in are changed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.reconciler.marks import owner_labels
from fluxtui.reconciler.objects import Name, mapping

_TEMPLATED = {
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("apps", "ReplicaSet"),
    ("batch", "Job"),
}


def prepare(objects: Iterable[Json], owner: Name, common: Mapping[str, Any]) -> list[Json]:
    """Objects ready to apply: owner labels, then commonMetadata (which may overwrite them)."""
    prepared = []
    for obj in objects:
        meta = obj.setdefault("metadata", {})
        meta.pop("creationTimestamp", None)
        meta["labels"] = {
            **mapping(meta.get("labels")),
            **owner_labels(owner),
            **mapping(common.get("labels")),
        }
        annotations = {
            **mapping(meta.get("annotations")),
            **mapping(common.get("annotations")),
        }
        if annotations:
            meta["annotations"] = annotations
        _normalise(obj)
        prepared.append(obj)
    return prepared


def _normalise(obj: Json) -> None:
    group = str(obj.get("apiVersion") or "").rpartition("/")[0]
    kind = str(obj.get("kind") or "")
    if (group, kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        _drop_bad_bundle(obj)
        return
    obj.pop("status", None)
    if (group, kind) == ("", "Secret"):
        _fold_secret(obj)
    elif (group, kind) == ("", "Service"):
        _protocols(_at(obj, "spec").get("ports"))
    elif (group, kind) == ("", "Pod"):
        _pod(_at(obj, "spec"))
    elif (group, kind) in _TEMPLATED:
        _pod(_at(obj, "spec", "template", "spec"))
    elif (group, kind) == ("batch", "CronJob"):
        _pod(_at(obj, "spec", "jobTemplate", "spec", "template", "spec"))


def _at(obj: Any, *path: str) -> Mapping[str, Any]:
    for part in path:
        obj = mapping(obj).get(part)
    return mapping(obj)


def _pod(spec: Mapping[str, Any]) -> None:
    for field in ("containers", "initContainers"):
        containers = spec.get(field)
        for container in containers if isinstance(containers, list) else []:
            _protocols(mapping(container).get("ports"))


def _protocols(ports: object) -> None:
    for port in ports if isinstance(ports, list) else []:
        if isinstance(port, dict) and not port.get("protocol"):
            port["protocol"] = "TCP"


def _fold_secret(obj: Json) -> None:
    """stringData into data; left as it is where a value is no text, for the server to refuse."""
    plain, data = obj.get("stringData"), dict(mapping(obj.get("data")))
    if not isinstance(plain, Mapping):
        return
    values = [*plain.values(), *data.values()]
    if all(value is None or isinstance(value, str) for value in values):
        del obj["stringData"]
        for key, value in plain.items():
            data[key] = base64.b64encode((value or "").encode()).decode()
        obj["data"] = data


def _drop_bad_bundle(obj: Json) -> None:
    config = _at(obj, "spec", "conversion", "webhook", "clientConfig")
    bundle = config.get("caBundle")
    if not isinstance(config, dict) or bundle is None:
        return
    try:
        good = b"BEGIN CERTIFICATE" in base64.b64decode(str(bundle), validate=True)
    except binascii.Error:
        good = False
    if not good:
        del config["caBundle"]
