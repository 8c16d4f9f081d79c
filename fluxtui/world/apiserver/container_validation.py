"""What Kubernetes refuses of containers: ports, environment, resources, probes, mounts.

Yields causes with Kubernetes' texts. Pure; the pod around them is in pod_validation.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.world.apiserver import quantities
from fluxtui.world.apiserver.naming import label_name_faults
from fluxtui.world.apiserver.status import Cause, Json, forbidden_field, invalid_value, required

_ENV_NAME = re.compile(r"[ -<>-~]+\Z")
_PORT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
PROTOCOLS = ("SCTP", "TCP", "UDP")
_RANGE = "must be between 1 and 65535, inclusive"
_LETTERS = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_FIELDS = re.compile(
    r"(metadata\.(name|namespace|uid|labels|annotations)(\['[^']+'\])?|spec\.(nodeName|"
    r"serviceAccountName|schedulerName|restartPolicy|hostname)|status\.(phase|hostIP|hostIPs|"
    r"podIP|podIPs))\Z"
)
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")


def shown(value: Any) -> str:
    """A value as causes show it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unsupported(path: str, value: Any, options: tuple[str, ...]) -> Cause:
    """A value that is none of those allowed."""
    listed = ", ".join(f'"{o}"' for o in options)
    text = f"Unsupported value: {shown(value)}: supported values: {listed}"
    return Cause("FieldValueNotSupported", text, path)


def duplicate(path: str, value: Any) -> Cause:
    return Cause("FieldValueDuplicate", f"Duplicate value: {shown(value)}", path)


def not_negative(value: Any, path: str) -> Iterator[Cause]:
    if isinstance(value, int) and value < 0:
        yield invalid_value(path, str(value), "must be greater than or equal to 0")


def port_number(value: Any, path: str, *, named: bool = False) -> Iterator[Cause]:
    """A port by its number or, where that may be, by the name of one."""
    if isinstance(value, str) and named:
        for fault in port_name_faults(value):
            yield invalid_value(path, shown(value), fault)
    elif not isinstance(value, int) or not 0 < value < 65536:
        yield invalid_value(path, shown(value), _RANGE)


def port_name_faults(name: str) -> list[str]:
    if len(name) > 15:
        return ["must be no more than 15 characters"]
    faults = [] if _PORT_NAME.match(name) else [_LETTERS]
    if not faults and not re.search("[a-z]", name):
        faults.append("must contain at least one letter (a-z)")
    return faults


def container(
    body: Json, path: str, seen: set[str], volumes: set[Any], *, main: bool
) -> Iterator[Cause]:
    """`seen` collects names; only `main` containers may have every kind of probe."""
    name = body.get("name")
    if not name:
        yield required(f"{path}.name")
    elif name in seen:
        yield duplicate(f"{path}.name", name)
    else:
        for fault in label_name_faults(str(name)):
            yield invalid_value(f"{path}.name", shown(name), fault)
    seen.add(str(name))
    if not body.get("image"):
        yield required(f"{path}.image")
    yield from _ports(body.get("ports") or [], f"{path}.ports")
    yield from _environment(body, path)
    yield from _mounts(body.get("volumeMounts") or [], f"{path}.volumeMounts", volumes)
    policy = body.get("imagePullPolicy", "Always")
    if policy not in ("Always", "IfNotPresent", "Never"):
        yield unsupported(f"{path}.imagePullPolicy", policy, ("Always", "IfNotPresent", "Never"))
    yield from _resources(body.get("resources") or {}, f"{path}.resources")
    for word in ("livenessProbe", "readinessProbe", "startupProbe"):
        if main and isinstance(body.get(word), dict):
            yield from _probe(body[word], f"{path}.{word}", once=word != "readinessProbe")
    for hook in ("postStart", "preStop"):
        action = (body.get("lifecycle") or {}).get(hook)
        if isinstance(action, dict):
            yield from _handler(action, f"{path}.lifecycle.{hook}")
    yield from _security(body.get("securityContext") or {}, f"{path}.securityContext")


def _ports(ports: list[Json], path: str) -> Iterator[Cause]:
    names: set[str] = set()
    for i, port in enumerate(ports):
        where = f"{path}[{i}]"
        name = port.get("name")
        if name and port_name_faults(name):
            yield invalid_value(f"{where}.name", shown(name), port_name_faults(name)[0])
        elif name and name in names:
            yield duplicate(f"{where}.name", name)
        names.add(str(name))
        if not port.get("containerPort"):
            yield required(f"{where}.containerPort")
        else:
            yield from port_number(port["containerPort"], f"{where}.containerPort")
        if port.get("protocol", "TCP") not in PROTOCOLS:
            yield unsupported(f"{where}.protocol", port.get("protocol"), PROTOCOLS)


def _environment(body: Json, path: str) -> Iterator[Cause]:
    for i, variable in enumerate(body.get("env") or ()):
        where = f"{path}.env[{i}]"
        name = variable.get("name")
        if not name:
            yield required(f"{where}.name")
        elif not _ENV_NAME.match(name):
            text = (
                "a valid environment variable name must consist only of printable ASCII "
                "characters other than '='"
            )
            yield invalid_value(f"{where}.name", shown(name), text)
        if "valueFrom" in variable:
            yield from _value_from(variable, f"{where}.valueFrom")
    for i, source in enumerate(body.get("envFrom") or ()):
        if not any((source or {}).get(k) for k in ("configMapRef", "secretRef")):
            text = "must specify one of: `configMapRef` or `secretRef`"
            yield invalid_value(f"{path}.envFrom", '""', text)
            continue
        for word in ("configMapRef", "secretRef"):
            if word in source and not source[word].get("name"):
                yield required(f"{path}.envFrom[{i}].{word}.name")


def _value_from(variable: Json, path: str) -> Iterator[Cause]:
    source: Json = variable.get("valueFrom") or {}
    given = [k for k in _SOURCES if k in source]
    if not given:
        named = ", ".join(f"`{k}`" for k in _SOURCES[:-1])
        text = f"must specify one of: {named} or `{_SOURCES[-1]}`"
        yield invalid_value(path, '""', text)
    elif variable.get("value"):
        yield invalid_value(path, '""', "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid_value(path, '""', "may not have more than one field specified at a time")
    reference = source.get("fieldRef")
    if isinstance(reference, dict):
        field = reference.get("fieldPath")
        where = f"{path}.fieldRef.fieldPath"
        if not field:
            yield required(where)
        elif not _FIELDS.match(field):
            text = f"error converting fieldPath: field label not supported: {field}"
            yield invalid_value(where, shown(field), text)
    for word in ("configMapKeyRef", "secretKeyRef"):
        chosen: Any = source.get(word)
        for field in ("name", "key") if isinstance(chosen, dict) else ():
            if not chosen.get(field):
                yield required(f"{path}.{word}.{field}")


def _mounts(mounts: list[Json], path: str, volumes: set[Any]) -> Iterator[Cause]:
    places: set[str] = set()
    for i, mount in enumerate(mounts):
        name, place = mount.get("name"), mount.get("mountPath")
        if not name:
            yield required(f"{path}[{i}].name")
        elif name not in volumes:
            yield Cause("FieldValueNotFound", f"Not found: {shown(name)}", f"{path}[{i}].name")
        if not place:
            yield required(f"{path}[{i}].mountPath")
        elif place in places:
            text = "must be unique"
            yield invalid_value(f"{path}[{i}].mountPath", shown(place), text)
        places.add(str(place))


def _resources(body: Json, path: str) -> Iterator[Cause]:
    limits: Mapping[str, Any] = body.get("limits") or {}
    for word in ("limits", "requests"):
        for name, value in (body.get(word) or {}).items():
            yield from _resource(name, value, f"{path}.{word}[{name}]")
    for name, value in (body.get("requests") or {}).items():
        text = quantities.plain(value)
        limit = limits.get(name)
        if limit is not None:
            most = quantities.plain(limit)
            if quantities.amount(text) > quantities.amount(most):
                said = f"must be less than or equal to {name} limit of {most}"
                yield invalid_value(f"{path}.requests", shown(text), said)


def _resource(name: str, value: Any, path: str) -> Iterator[Cause]:
    if "/" not in name and not name.startswith("hugepages-") and name not in _RESOURCES:
        yield invalid_value(
            path, shown(name), "must be a standard resource type or fully qualified"
        )
        yield invalid_value(path, shown(name), "must be a standard resource for containers")
    text = quantities.plain(value)
    if quantities.amount(text) < 0:
        yield invalid_value(path, shown(text), "must be greater than or equal to 0")


def _handler(body: Json, path: str) -> Iterator[Cause]:
    given = [k for k in _HANDLERS if body.get(k) is not None]
    if not given:
        yield required(path, "must specify a handler type")
    for extra in given[1:]:
        yield forbidden_field(f"{path}.{extra}", "may not specify more than 1 handler type")
    for word in given[:1]:
        if word in ("httpGet", "tcpSocket"):
            yield from port_number(body[word].get("port"), f"{path}.{word}.port", named=True)
        elif word == "exec" and not body[word].get("command"):
            yield required(f"{path}.exec.command")


def _probe(body: Json, path: str, *, once: bool) -> Iterator[Cause]:
    yield from _handler(body, path)
    for word in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds"):
        yield from not_negative(body.get(word), f"{path}.{word}")
    for word in ("successThreshold", "failureThreshold"):
        yield from not_negative(body.get(word), f"{path}.{word}")
    if once and body.get("successThreshold", 1) != 1:
        value = str(body["successThreshold"])
        yield invalid_value(f"{path}.successThreshold", value, "must be 1")


def _security(body: Json, path: str) -> Iterator[Cause]:
    for word in ("runAsUser", "runAsGroup"):
        value = body.get(word)
        if isinstance(value, int) and not 0 <= value < 2**31:
            text = "must be between 0 and 2147483647, inclusive"
            yield invalid_value(f"{path}.{word}", str(value), text)
    if body.get("privileged"):
        yield forbidden_field(f"{path}.privileged", "disallowed by cluster policy")
