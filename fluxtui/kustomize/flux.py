"""What Flux adds to a build: a generated or merged kustomization.yaml, and post-build substitution.

Objects come out as they are applied, but without owner labels and commonMetadata, which belong to
applying. Must not write into the bundle: the merged file lives in memory.
Rules: docs/flux.md#build, docs/flux.md#patches.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.kustfile import KUSTOMIZATION_FILES, KustFile, check_values, load_values_of
from fluxtui.kustomize.loader import Loader, objects_of
from fluxtui.kustomize.schema import builtin

Skip = Callable[[str, bool], bool]
PLACEHOLDER: Final = "_placeholder"
_REMOTE: Final = (
    "git::",
    "gh:",
    "ssh://",
    "https://",
    "http://",
    "git@",
    "github.com:",
    "github.com/",
)
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MOST_FILES: Final = 10_000
_RENAMED: Final = (
    ("targetNamespace", "namespace"),
    ("namePrefix", "namePrefix"),
    ("nameSuffix", "nameSuffix"),
)


def effective_kustomization(
    files: Files,
    path: str,
    kustomization: Mapping[str, Any],
    skip: Skip | None = None,
) -> tuple[KustFile, list[str]]:
    """The kustomization Flux builds with: (file with spec merged in, findings).

    `skip(path, is_dir)` leaves files out of a generated one, and entries out of the lists of
    resources, components and crds; paths are those from the root. Raises BuildError.
    """
    # A path of Flux is joined to the root: it may begin with a slash, and .. ends at the root.
    loader = Loader(files, posixpath.normpath(f"/{path}").lstrip("/") or ".")
    if not files.is_dir(loader.root):
        raise BuildError(
            f"kustomization path not found: {path}", file=path, next="does the artifact hold it?"
        )
    spec = kustomization.get("spec") or {}
    findings: list[str] = []
    file = _first_file(loader)
    if file is None:
        file = posixpath.normpath(posixpath.join(loader.root, KUSTOMIZATION_FILES[0]))
        values: dict[str, Any] = {"resources": _generated(loader, skip)}
        if not values["resources"]:
            values["namespace"] = PLACEHOLDER
    else:
        values, findings = load_values_of(files.read(file), file)
        _default_header(values)
        if not (values.get("resources") or values.get("bases")):
            values["buildMetadata"] = ["originAnnotations"]
    if skip is not None:
        values |= _filtered(values, loader, skip)
    own = len(values.get("patches") or ())
    _merge_spec(values, spec, loader, file)
    # Nothing empty is written, so that what is left may be an empty kustomization.
    values = {k: v for k, v in values.items() if v not in ("", [])}
    metadata = kustomization.get("metadata") or {}
    name = f"{metadata.get('namespace') or 'default'}/{metadata.get('name') or ''}"
    return KustFile(file, check_values(values, file), own, name, _set_by(spec)), findings


def _default_header(values: dict[str, Any]) -> None:
    """Flux's generator fills in the header of a kustomization, also where that makes it wrong."""
    present = {key.lower() for key, value in values.items() if value is not None}
    for field, value in (
        ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
        ("kind", "Kustomization"),
    ):
        if field.lower() not in present:
            values[field] = value


def _set_by(spec: Mapping[str, Any]) -> dict[str, str]:
    """Fields that the Flux Kustomization sets, by what they are called in the spec."""
    fields = {field: flux_field for flux_field, field in _RENAMED if spec.get(flux_field)}
    return fields | {f"images {image.get('name')}": "images" for image in spec.get("images") or ()}


def _first_file(loader: Loader) -> str | None:
    for name in KUSTOMIZATION_FILES:
        path = posixpath.normpath(posixpath.join(loader.root, name))
        if loader.files.is_file(path):
            return path
    return None


def _generated(loader: Loader, skip: Skip | None) -> list[str]:
    """Resources of a folder without a kustomization file, as `./relative/path`."""
    paths: list[str] = []
    for path in _walk(loader.files, loader.root, skip):
        relative = path if loader.root == "." else path[len(loader.root) + 1 :]
        paths.append(f"./{relative}")
        if len(paths) > _MOST_FILES:
            raise BuildError(f"more than {_MOST_FILES} files", file=loader.root)
    return paths


def _filtered(values: Mapping[str, Any], loader: Loader, skip: Skip) -> dict[str, list[str]]:
    """What the ignore rules leave of the lists they go over. They say nothing of addresses."""
    result: dict[str, list[str]] = {}
    for field in ("resources", "components", "crds"):
        entries = values.get(field)
        # Anything but a list of texts is refused when the whole file is checked.
        if isinstance(entries, list) and all(isinstance(e, str) for e in entries):
            result[field] = [e for e in entries if _stays(e, field, loader, skip)]
    return result


def _stays(entry: str, field: str, loader: Loader, skip: Skip) -> bool:
    if field != "crds" and _ADDRESS.match(entry):
        return True
    path = loader.at(entry.lstrip("/"))  # Flux joins: also an absolute path is below the folder
    is_dir = loader.files.is_dir(path)
    if not is_dir and not loader.files.is_file(path):
        raise BuildError(f"{entry}: no such file or folder", file=loader.root, field=field)
    return path == loader.root or not skip(path, is_dir)


def _walk(files: Files, folder: str, skip: Skip | None) -> Iterator[str]:
    """Folders with a file of their own and manifests below the rest.

    The rules do not see the folders: a file in an ignored one may be taken back.
    """
    for name in files.list(folder):
        path = name if folder == "." else f"{folder}/{name}"
        if files.is_dir(path):
            if any(files.is_file(f"{path}/{filename}") for filename in KUSTOMIZATION_FILES):
                yield path
            else:
                yield from _walk(files, path, skip)
        elif name.endswith((".yaml", ".yml")):  # a file called just .yaml is one too
            if skip is not None and skip(path, False):
                continue
            try:
                objects_of(files.read(path), path, builtin())
            except BuildError as problem:
                message = f"failed to decode Kubernetes YAML: {problem.what}"
                raise BuildError(
                    message, file=path, field=problem.field, line=problem.line
                ) from problem
            yield path


def _merge_spec(values: dict[str, Any], spec: Mapping[str, Any], loader: Loader, file: str) -> None:
    """Lays the fields of a Flux Kustomization over those of the file."""
    for flux_field, field in _RENAMED:
        if isinstance(spec.get(flux_field), str):  # an empty text counts: it takes away the file's
            values[field] = spec[flux_field]
    if spec.get("patches"):
        values["patches"] = [*(values.get("patches") or ()), *map(_patch, spec["patches"])]
    # Fields of an older API, which Flux's generator still reads.
    if spec.get("patchesStrategicMerge"):
        added = [json.dumps(patch) for patch in spec["patchesStrategicMerge"]]
        values["patchesStrategicMerge"] = [*(values.get("patchesStrategicMerge") or ()), *added]
    if spec.get("patchesJson6902"):
        entries = [
            _patch({**entry, "patch": json.dumps(entry.get("patch"))})
            for entry in spec["patchesJson6902"]
        ]
        values["patchesJson6902"] = [*(values.get("patchesJson6902") or ()), *entries]
    if spec.get("components"):
        added = list(_components(spec, loader, file))
        values["components"] = [*(values.get("components") or ()), *added]
    if spec.get("images"):
        values["images"] = merge_images(
            [*(values.pop("imageTags", None) or ()), *(values.get("images") or ())], spec["images"]
        )
    if spec.get("buildMetadata"):
        values["buildMetadata"] = list(spec["buildMetadata"])


def _patch(entry: Mapping[str, Any]) -> dict[str, Any]:
    patch: dict[str, Any] = {"patch": entry.get("patch") or ""}
    if entry.get("target") is not None:  # an empty one selects every object
        patch["target"] = dict(entry["target"])
    return patch


def _components(spec: Mapping[str, Any], loader: Loader, file: str) -> Iterator[str]:
    for index, path in enumerate(spec["components"]):
        where = f"spec.components[{index}]"
        if not _is_local(path):
            raise BuildError(
                f"component path '{path}' must be local and relative", file=file, field=where
            )
        if spec.get("ignoreMissingComponents") and not _is_there(loader, path):
            continue
        yield path


def _is_there(loader: Loader, path: str) -> bool:
    """Whether something stands there; nothing does outside of the bundle."""
    try:
        where = loader.at(path)
        return loader.files.is_dir(where) or loader.files.is_file(where)
    except BuildError:
        return False


def _is_local(path: str) -> bool:
    """Whether Flux takes a component's path: relative, and not the address of a repository."""
    low = path.lower()
    if any(low.startswith(start) and low != start for start in _REMOTE):
        return False
    return not low.removeprefix("file://").startswith("/")


def merge_images(
    images: list[dict[str, Any]], overrides: list[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Images by name: a new name replaces, a new tag or digest replaces both of them."""
    result = [dict(image) for image in images]
    for new in overrides:
        match = next((i for i in result if i.get("name") == new.get("name")), None)
        if match is None:
            result.append(
                {k: new[k] for k in ("name", "newName", "newTag", "digest") if new.get(k)}
            )
            continue
        if new.get("newName"):
            match["newName"] = new["newName"]
        if new.get("newTag") or new.get("digest"):
            for field in ("newTag", "digest"):
                match.pop(field, None)
                if new.get(field):
                    match[field] = new[field]
    return result
