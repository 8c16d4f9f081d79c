"""What Kubernetes refuses of pods and pod templates.

Yields causes with Kubernetes' texts; kinds around pods are in validation.py. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from fluxtui.world.apiserver.status import Cause, Json, invalid_value, required

_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_PORT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?\Z")


def shown(value: Any) -> str:
    """A value as causes show it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unsupported(path: str, value: Any, options: tuple[str, ...]) -> Cause:
    """A value that is none of those allowed."""
    listed = ", ".join(f'"{o}"' for o in sorted(options))
    text = f"Unsupported value: {shown(value)}: supported values: {listed}"
    return Cause("FieldValueNotSupported", text, path)


def pod_spec(
    spec: Json, path: str, restart: tuple[str, ...], claims: frozenset[str] = frozenset()
) -> Iterator[Cause]:
    """`claims`: names of volumes that a StatefulSet's claim templates bring along."""
    containers = spec.get("containers") or []
    if not containers:
        yield required(f"{path}.containers")
    seen: set[str] = set()
    volumes = {v.get("name") for v in spec.get("volumes") or ()} | claims
    for word in ("initContainers", "containers"):
        for i, container in enumerate(spec.get(word) or ()):
            yield from _container(container, f"{path}.{word}[{i}]", seen, volumes)
    if spec.get("restartPolicy", "Always") not in restart:
        if "Always" not in restart and spec.get("restartPolicy", "Always") == "Always":
            options = ", ".join(f'"{o}"' for o in restart)
            yield required(f"{path}.restartPolicy", f"valid values: {options}")
            return
        yield unsupported(f"{path}.restartPolicy", spec.get("restartPolicy"), restart)
    names: set[str] = set()
    for i, volume in enumerate(spec.get("volumes") or ()):
        name = volume.get("name")
        if not name:
            yield required(f"{path}.volumes[{i}].name")
        elif name in names:
            yield Cause(
                "FieldValueDuplicate",
                f"Duplicate value: {shown(name)}",
                f"{path}.volumes[{i}].name",
            )
        names.add(str(name))


def _container(container: Json, path: str, seen: set[str], volumes: set[Any]) -> Iterator[Cause]:
    name = container.get("name")
    if not name:
        yield required(f"{path}.name")
    elif name in seen:
        yield Cause("FieldValueDuplicate", f"Duplicate value: {shown(name)}", f"{path}.name")
    seen.add(str(name))
    if not container.get("image"):
        yield required(f"{path}.image")
    for i, variable in enumerate(container.get("env") or ()):
        if not variable.get("name"):
            yield required(f"{path}.env[{i}].name")
        elif not _ENV_NAME.match(variable["name"]):
            yield invalid_value(
                f"{path}.env[{i}].name",
                shown(variable["name"]),
                "a valid environment variable name must consist only of printable ASCII "
                "characters other than '='",
            )
        if variable.get("value") and variable.get("valueFrom"):
            yield invalid_value(
                f"{path}.env[{i}].valueFrom",
                '""',
                "may not be specified when `value` is not empty",
            )
    for i, mount in enumerate(container.get("volumeMounts") or ()):
        if mount.get("name") not in volumes:
            text = f"Not found: {shown(mount.get('name'))}"
            yield Cause("FieldValueNotFound", text, f"{path}.volumeMounts[{i}].name")
        if not mount.get("mountPath"):
            yield required(f"{path}.volumeMounts[{i}].mountPath")
    for i, port in enumerate(container.get("ports") or ()):
        number = port.get("containerPort")
        if not isinstance(number, int):
            yield required(f"{path}.ports[{i}].containerPort")
        elif not 0 < number < 65536:
            yield invalid_value(
                f"{path}.ports[{i}].containerPort",
                str(number),
                "must be between 1 and 65535, inclusive",
            )
        if port.get("name") and not _PORT_NAME.match(port["name"]):
            yield invalid_value(
                f"{path}.ports[{i}].name",
                shown(port["name"]),
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
            )
