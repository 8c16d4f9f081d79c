"""The ConfigMaps and Secrets a container cannot start without, looked up as a kubelet does.

Only names and keys are looked at; values are never kept. Texts are the kubelet's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.domain.errors import NotFound
from fluxtui.world.simulator.cache import key_of
from fluxtui.world.simulator.state import State

CONFIG_MAP = ApiResource("", "v1", "ConfigMap", "configmaps")
SECRET = ApiResource("", "v1", "Secret", "secrets")

_ENV = (("configMapKeyRef", CONFIG_MAP), ("secretKeyRef", SECRET))
_ENV_FROM = (("configMapRef", CONFIG_MAP), ("secretRef", SECRET))


async def missing_for(state: State, pod: Json, container: Mapping[str, Any]) -> str:
    """Why its environment cannot be made, or "". Raises ClusterError."""
    namespace = key_of(pod)[0]
    for type_, name, key in _wanted(container):
        keys = await _keys(state, type_, namespace, name)
        if keys is None:
            return f'{type_.kind.lower()} "{name}" not found'
        if key and key not in keys:
            return f"couldn't find key {key} in {type_.kind} {namespace}/{name}"
    return ""


async def unmountable(state: State, pod: Json) -> list[tuple[str, str]]:
    """(volume, why) for every volume that cannot be mounted. Raises ClusterError."""
    namespace = key_of(pod)[0]
    found = []
    for volume in (pod.get("spec") or {}).get("volumes") or ():
        for field, type_, named in (
            ("configMap", CONFIG_MAP, "name"),
            ("secret", SECRET, "secretName"),
        ):
            source = volume.get(field)
            if not source or source.get("optional"):
                continue
            name = str(source.get(named) or "")
            keys = await _keys(state, type_, namespace, name)
            wanted = [str(item.get("key")) for item in source.get("items") or ()]
            gone = [key for key in wanted if keys is not None and key not in keys]
            if keys is None:
                found.append((str(volume["name"]), f'{type_.kind.lower()} "{name}" not found'))
            elif gone:
                kind = "config" if type_ is CONFIG_MAP else "secret"
                lead = "configmap references" if type_ is CONFIG_MAP else "references"
                found.append((str(volume["name"]), f"{lead} non-existent {kind} key: {gone[0]}"))
    return found


def _wanted(container: Mapping[str, Any]) -> Iterator[tuple[ApiResource, str, str]]:
    """(kind, name, key or "") of what must be there."""
    for entry in container.get("envFrom") or ():
        for field, type_ in _ENV_FROM:
            source = entry.get(field)
            if source and not source.get("optional"):
                yield type_, str(source.get("name")), ""
    for entry in container.get("env") or ():
        for field, type_ in _ENV:
            source = (entry.get("valueFrom") or {}).get(field)
            if source and not source.get("optional"):
                yield type_, str(source.get("name")), str(source.get("key"))


async def _keys(state: State, type_: ApiResource, namespace: str, name: str) -> set[str] | None:
    try:
        found = await state.cluster.get(type_, namespace, name)
    except NotFound:
        return None
    return {key for part in ("data", "binaryData", "stringData") for key in found.get(part) or ()}
