"""What Kubernetes refuses of Services and of volume claims. Texts are Kubernetes'; pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from fluxtui.world.apiserver import quantities
from fluxtui.world.apiserver.container_validation import (
    PROTOCOLS,
    duplicate,
    port_number,
    shown,
    unsupported,
)
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    forbidden_field,
    invalid_value,
    required,
)

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")


def service(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    ports = spec.get("ports") or []
    kind, address = spec.get("type"), spec.get("clusterIP")
    if not ports and address != "None" and kind != "ExternalName":
        yield required("spec.ports")
    if kind == "ExternalName" and not spec.get("externalName"):
        yield required("spec.externalName")
    yield from _ports(ports)
    if spec.get("sessionAffinity", "None") not in ("ClientIP", "None"):
        yield unsupported("spec.sessionAffinity", spec["sessionAffinity"], ("ClientIP", "None"))
    if kind not in _TYPES:
        yield unsupported("spec.type", kind, _TYPES)
    if address and address != "None" and not _is_address(address):
        text = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        yield invalid_value("spec.clusterIPs[0]", shown(address), text)
    before = old["spec"] if old is not None else {}
    external = "ExternalName" in (kind, before.get("type"))
    if not external and before.get("clusterIP") not in (None, "", address):
        yield invalid_value("spec.clusterIPs[0]", shown([address]), "may not change once set")


def _is_address(text: Any) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _ports(ports: list[Json]) -> Iterator[Cause]:
    names: set[Any] = set()
    seen: set[tuple[Any, Any]] = set()
    for i, port in enumerate(ports):
        path, name = f"spec.ports[{i}]", port.get("name")
        if len(ports) > 1 and not name:
            yield required(f"{path}.name")
        elif name and name in names:
            yield duplicate(f"{path}.name", name)
        names.add(name)
        yield from port_number(port.get("port"), f"{path}.port")
        if port.get("protocol", "TCP") not in PROTOCOLS:
            yield unsupported(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
        if "targetPort" in port:
            yield from port_number(port["targetPort"], f"{path}.targetPort", named=True)
        key = (port.get("port"), port.get("protocol"))
        if key in seen:
            internal = {
                "Name": "",
                "Protocol": key[1],
                "AppProtocol": None,
                "Port": key[0],
                "TargetPort": 0,
                "NodePort": 0,
            }
            yield duplicate(path, internal)
        seen.add(key)


def claim(obj: Json, old: Json | None) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    modes = spec.get("accessModes") or []
    if not modes:
        yield required("spec.accessModes", "at least 1 access mode is required")
    for mode in modes:
        if mode not in _MODES:
            yield unsupported("spec.accessModes", mode, _MODES)
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if size is None:
        yield required("spec.resources[storage]")
    elif quantities.amount(quantities.plain(size)) <= 0:
        text = shown(quantities.plain(size))
        yield invalid_value("spec.resources[storage]", text, "must be greater than zero")
    if old is not None:
        yield from _claim_change(spec, old)


def _claim_change(spec: Json, old: Json) -> Iterator[Cause]:
    """A bound claim may grow; who has not been given a volume yet may be given one."""
    free = {"volumeName", "volumeAttributesClassName", "storageClassName"}
    if (old.get("status") or {}).get("phase") == "Bound":
        free.add("resources")
    before = {k: v for k, v in old["spec"].items() if k not in free}
    after = {k: v for k, v in spec.items() if k not in free}
    bound = old["spec"].get("volumeName") not in (None, "", spec.get("volumeName"))
    moved = old["spec"].get("storageClassName") not in (None, spec.get("storageClassName"))
    if before != after or bound or moved:
        text = (
            "spec is immutable after creation except resources.requests and "
            "volumeAttributesClassName for bound claims"
        )
        yield forbidden_field("spec", text)
