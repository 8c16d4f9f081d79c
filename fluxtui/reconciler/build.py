"""Builds what a Kustomization applies: variables gathered, bundle rendered (docs/flux.md#build).

Rendering is the renderer's; this module reads ConfigMaps and Secrets for it and runs it in a
thread, so that the loop goes on. Values of Secrets stay in memory.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fluxtui.cluster.port import ApiResource, Cluster, Json
from fluxtui.domain.errors import ClusterError, NotFound
from fluxtui.kustomize import MemoryFiles, collect_variables, flux_build
from fluxtui.reconciler.objects import items, mapping, name_of, spec_of, text

_TYPES = {
    "ConfigMap": ApiResource("", "v1", "ConfigMap", "configmaps"),
    "Secret": ApiResource("", "v1", "Secret", "secrets"),
}


class MissingVariables(Exception):
    """A ConfigMap or Secret that substituteFrom names cannot be read."""


def folder_exists(files: Mapping[str, bytes], path: str) -> bool:
    """Whether the artifact holds the folder ('.': its root, which always exists)."""
    return path == "." or any(name.startswith(f"{path}/") for name in files)


async def build(
    cluster: Cluster, files: Mapping[str, bytes], path: str, kustomization: Json
) -> list[Json]:
    """The objects to apply, without owner labels. Raises BuildError, SubstitutionError,
    MissingVariables.
    """
    referenced = await _references(cluster, kustomization)

    def render() -> list[Json]:
        variables = collect_variables(kustomization, referenced["ConfigMap"], referenced["Secret"])
        built = flux_build(MemoryFiles(files), path, kustomization, variables=variables)
        return list(_expanded(built.objects))

    return await asyncio.to_thread(render)


async def _references(
    cluster: Cluster, kustomization: Json
) -> dict[str, dict[str, dict[str, str]]]:
    namespace = name_of(kustomization).namespace
    texts: dict[str, dict[str, dict[str, str]]] = {"ConfigMap": {}, "Secret": {}}
    post = mapping(spec_of(kustomization).get("postBuild"))
    for reference in items(post.get("substituteFrom")):
        kind, name = text(reference.get("kind")), text(reference.get("name"))
        type_ = _TYPES.get(kind)
        if type_ is None:
            raise MissingVariables(f"substitute from {kind}/{name}: kind is not supported")
        try:
            obj = await cluster.get(type_, namespace, name)
        except NotFound as error:
            if reference.get("optional") is True:
                continue
            message = f"substitute from '{kind}/{name}' error: {error.what}"
            raise MissingVariables(message) from error
        except ClusterError as error:
            message = f"substitute from '{kind}/{name}' error: {error}"
            raise MissingVariables(message) from error
        data = mapping(obj.get("data"))
        decode = _decoded if kind == "Secret" else _plain
        texts[kind][f"{namespace}/{name}"] = {key: decode(value) for key, value in data.items()}
    return texts


def _plain(value: object) -> str:
    """Text as it is; a null is an empty one."""
    return "" if value is None else str(value)


def _decoded(value: object) -> str:
    """Plain text; bytes that are none stay what they are, and break the YAML they are put into."""
    try:
        return base64.b64decode(str(value)).decode("utf-8", "surrogateescape")
    except binascii.Error:
        return ""


def _expanded(objects: Sequence[Mapping[str, Any]]) -> Iterator[Json]:
    """Lists as their items; files of kustomize itself left out."""
    for obj in objects:
        kind, version = text(obj.get("kind")), text(obj.get("apiVersion"))
        if kind.endswith("List") and isinstance(obj.get("items"), list):
            yield from _expanded(items(obj["items"]))
        elif not (kind == "Kustomization" and version.startswith("kustomize.config.k8s.io/")):
            yield dict(obj)
