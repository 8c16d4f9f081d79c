"""`fluxtui build PATH --kustomization FILE`: what Flux would apply of a folder, without a cluster.

The manifest says path, patches, variables and the rest; ConfigMaps and Secrets that it takes
variables from are looked for in its own file and in those of `--variables`. One that is missing is
named, and what only it could know stays as it is written. Must not ask any cluster.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fluxtui.cli.widening import Made, within
from fluxtui.domain.errors import UsageError
from fluxtui.kustomize import Files, collect_variables, flux_build, is_encrypted, load_manifests

Json = Mapping[str, Any]
GROUP: Final = "kustomize.toolkit.fluxcd.io"
_NAMED: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")


def made_for(path: Path, args: argparse.Namespace, root: Path | None) -> Made:
    """The folder as Flux builds it for the manifest. Raises UsageError, BuildError and the like."""
    objects = _objects(Path(args.kustomization.partition("#")[0]))
    kustomization = _chosen(objects, args.kustomization)
    for name in args.variables:
        objects += _objects(Path(name))
    texts, unread = _sources(kustomization, objects)
    bound, folder, remarks = _place(path, kustomization, root)

    def attempt(files: Files, where: str) -> Made:
        return _built(files, where, kustomization, texts, unread, args)

    result = within(folder, bound, attempt)
    return result._replace(findings=(*remarks, *result.findings))


def dressed(obj: Json, kustomization: Json) -> dict[str, Any]:
    """An object as it is applied: with owner labels, and commonMetadata over them."""
    own = kustomization.get("metadata") or {}
    common = (kustomization.get("spec") or {}).get("commonMetadata") or {}
    metadata = dict(obj.get("metadata") or {})
    owner = {f"{GROUP}/{field}": own[field] for field in ("name", "namespace") if own.get(field)}
    metadata["labels"] = {
        **(metadata.get("labels") or {}),
        **owner,
        **(common.get("labels") or {}),
    }
    if common.get("annotations"):
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **common["annotations"]}
    return {**obj, "metadata": metadata}


def _built(
    files: Files,
    where: str,
    kustomization: Json,
    texts: Mapping[str, Mapping[str, Mapping[str, str]]],
    unread: Sequence[str],
    args: argparse.Namespace,
) -> Made:
    from fluxtui.artifacts.ignore import generator_skip

    skip = generator_skip(files, where)
    variables = collect_variables(kustomization, texts["ConfigMap"], texts["Secret"])
    if unread:
        bare = flux_build(files, where, kustomization, skip=skip, always=False)
        unknown = {
            name: f"${{{name}}}"
            for obj in bare.objects
            for name in _NAMED.findall(str(obj))
            if name not in variables.values
        }
        variables = replace(variables, values={**unknown, **variables.values})
    built = flux_build(
        files, where, kustomization, variables=variables, skip=skip, origins=args.explain
    )
    objects = tuple(dressed(obj, kustomization) for obj in built.objects)
    return Made(replace(built, objects=objects), files, (), tuple(unread))


def _objects(path: Path) -> list[dict[str, Any]]:
    """The objects of a file, or of a folder's YAML files; lists as their items."""
    paths = sorted(path.glob("*.y*ml")) if path.is_dir() else [path]
    objects: list[dict[str, Any]] = []
    for file in paths:
        try:
            text = file.read_bytes()
        except OSError as error:
            raise UsageError(error.strerror or "cannot be read", where=str(file)) from error
        objects += _items(load_manifests(text, file=str(file), mode="kubectl"))
    return objects


def _items(objects: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for obj in objects:
        if str(obj.get("kind")).endswith("List") and isinstance(obj.get("items"), list):
            yield from _items([item for item in obj["items"] if isinstance(item, dict)])
        else:
            yield obj


def _chosen(objects: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """The Flux Kustomization of the file: the only one, or the one that `FILE#NAME` names."""
    file, _, sought = name.partition("#")
    matches = [
        obj
        for obj in objects
        if obj.get("kind") == "Kustomization"
        and str(obj.get("apiVersion")).startswith(f"{GROUP}/")
        and (not sought or (obj.get("metadata") or {}).get("name") == sought)
    ]
    if len(matches) == 1:
        return _checked(matches[0], file)
    if not matches:
        message = (
            f"holds no Kustomization {sought} of Flux" if sought else "holds no Flux Kustomization"
        )
        raise UsageError(message, where=file, next=f"its apiVersion is {GROUP}/v1")
    names = ", ".join(str((obj.get("metadata") or {}).get("name")) for obj in matches)
    raise UsageError(
        f"holds {len(matches)} Kustomizations: {names}", where=file, next=f"name one: {file}#NAME"
    )


def _checked(kustomization: dict[str, Any], file: str) -> dict[str, Any]:
    spec = kustomization.get("spec")
    if not isinstance(spec, dict):
        raise UsageError("the Kustomization has no spec", where=file)
    substitute = (spec.get("postBuild") or {}).get("substitute") or {}
    for name, value in substitute.items():
        if not isinstance(value, str | None):
            raise UsageError(
                f"spec.postBuild.substitute.{name} must be a string, not {value!r}",
                where=file,
                next="quote it",
            )
    return kustomization


def _sources(
    kustomization: Json, objects: Sequence[Json]
) -> tuple[dict[str, dict[str, dict[str, str]]], list[str]]:
    """({kind: {ns/name: values}}, sentences on those that are missing) of `substituteFrom`."""
    texts: dict[str, dict[str, dict[str, str]]] = {"ConfigMap": {}, "Secret": {}}
    unread: list[str] = []
    namespace = str((kustomization.get("metadata") or {}).get("namespace") or "default")
    post = (kustomization.get("spec") or {}).get("postBuild") or {}
    for reference in post.get("substituteFrom") or ():
        kind, name = str(reference.get("kind")), str(reference.get("name"))
        source = next((o for o in objects if _is(o, kind, namespace, name)), None)
        if kind not in texts:
            raise UsageError(f"variables cannot come from a {kind}", next="ConfigMap or Secret")
        if source is not None and is_encrypted(source):
            unread.append(f"{kind} {namespace}/{name} is encrypted: its variables are not known")
        elif source is not None:
            texts[kind][f"{namespace}/{name}"] = _values(source)
            continue
        elif not reference.get("optional"):
            unread.append(f"{kind} {namespace}/{name} is in no file: add --variables FILE")
        if source is not None or not reference.get("optional"):
            texts[kind][f"{namespace}/{name}"] = {}
    return texts, unread


def _is(obj: Json, kind: str, namespace: str, name: str) -> bool:
    metadata = obj.get("metadata") or {}
    own = metadata.get("namespace") or namespace
    return bool(obj.get("kind") == kind and metadata.get("name") == name and own == namespace)


def _values(source: Json) -> dict[str, str]:
    data = source.get("data") or {}
    if source.get("kind") == "ConfigMap":
        return {name: "" if value is None else str(value) for name, value in data.items()}
    values = {name: _decoded(str(value or "")) for name, value in data.items()}
    plain = source.get("stringData") or {}
    return values | {name: str(value or "") for name, value in plain.items()}


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value).decode("utf-8", "surrogateescape")
    except binascii.Error:
        return ""


def _place(
    path: Path, kustomization: Json, root: Path | None
) -> tuple[Path | None, Path, tuple[str, ...]]:
    """(root, folder, remarks): PATH holds `spec.path`, or is that folder, or stands in for it."""
    spec_path = str((kustomization.get("spec") or {}).get("path") or ".")
    relative = posixpath.normpath(f"/{spec_path}").lstrip("/") or "."
    base = path.resolve()
    if (base / relative).is_dir():
        return root or base, base / relative, ()
    parts = tuple(relative.split("/"))
    if base.parts[-len(parts) :] == parts:
        return root or base.parents[len(parts) - 1], base, ()
    return root, base, (f"spec.path {spec_path} is not in {path}: {path} itself is built",)
