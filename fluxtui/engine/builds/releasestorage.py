"""Reading one release out of Helm's storage: base64, gzip and JSON, each bounded.

Runs in the worker process only. What it gives holds every value that the release was made with: it
is for `releasehiding` and must not leave the worker.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.artifacts.gunzip import CutOff, TooLarge, gunzip
from fluxtui.cluster.port import Json
from fluxtui.domain.errors import ArtifactError, FluxtuiError

LARGEST = 64 << 20
_TYPE = "helm.sh/release.v1"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A release as Helm stored it. `chart`: `name-version`; `values`: those it was given; `status`
    and `at` are Helm's. Objects lie in the namespace they name, "" for the release's own."""

    name: str
    namespace: str
    number: int
    status: str
    at: str
    chart: str
    values: Mapping[str, Any]
    objects: tuple[Json, ...]
    hooks: tuple[Json, ...]


def stored_content(obj: Json, *, largest: int = LARGEST) -> StoredContent:
    """The release in a storage object as the API sent it. Raises ArtifactError, BuildError."""
    where = f"{obj.get('kind') or 'Secret'} {(obj.get('metadata') or {}).get('name')}"
    if obj.get("kind") != "ConfigMap" and obj.get("type") != _TYPE:
        raise ArtifactError("it is no release of Helm's", where=where)
    text = str((obj.get("data") or {}).get("release") or "")
    try:
        packed = base64.b64decode(text, validate=True)
        if obj.get("kind") != "ConfigMap":
            packed = base64.b64decode(packed, validate=True)
        # Helm's first releases were not compressed.
        data = gunzip(packed, largest, io.BytesIO()).data if packed[:2] == _GZIP else packed
        told = json.loads(data)
    except TooLarge as error:
        raise ArtifactError(f"it unpacks to more than {largest} bytes", where=where) from error
    except (CutOff, ValueError, RecursionError, ArtifactError) as error:
        # Without the cause's words: they may quote what stands there.
        raise ArtifactError("it is damaged: no release can be read out of it", where=where) from (
            error if isinstance(error, FluxtuiError) else None
        )
    if not isinstance(told, Mapping):
        raise ArtifactError("it is damaged: no release can be read out of it", where=where)
    return _content(told)


def _content(told: Mapping[str, Any]) -> StoredContent:
    info, values = _mapping(told.get("info")), _mapping(told.get("config"))
    about = _mapping(_mapping(told.get("chart")).get("metadata"))
    hooks = told.get("hooks")
    texts = [str(_mapping(hook).get("manifest") or "") for hook in hooks or ()] if hooks else []
    number = told.get("version")
    return StoredContent(
        str(told.get("name") or ""),
        str(told.get("namespace") or ""),
        number if isinstance(number, int) else 0,
        str(info.get("status") or ""),
        str(info.get("last_deployed") or ""),
        f"{about.get('name') or ''}-{about.get('version') or ''}".strip("-"),
        values,
        tuple(objects_of(str(told.get("manifest") or ""))),
        tuple(obj for text in texts for obj in objects_of(text)),
    )


def objects_of(manifest: str) -> Iterator[Json]:
    """The objects of a rendered chart, those of Lists one by one. Raises BuildError."""
    from fluxtui.kustomize import load_manifests

    for obj in load_manifests(manifest, mode="kubectl"):
        items = obj.get("items")
        parts = items if str(obj.get("kind", "")).endswith("List") and items else [obj]
        for part in parts if isinstance(parts, list) else ():
            metadata = part.get("metadata") if isinstance(part, dict) else None
            if isinstance(metadata, dict) and part.get("kind") and metadata.get("name"):
                yield {**part, "metadata": {**metadata, "name": str(metadata["name"])}}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
