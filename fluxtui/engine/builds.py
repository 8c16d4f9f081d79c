"""The worker's side of a diff: unpack bundles, build both sides, compare.

Runs in the worker process only; everything that comes in and goes out is picklable. Parsed bundles
and builds are remembered, so that a second review of the same versions costs only the comparison.
Secret values never come here: variables hold tokens (see `secretmarks`).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.domain.ask import ComparedKustomization
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import diff_objects
from fluxtui.domain.resource import Key
from fluxtui.engine.secretmarks import Marks, token

_KEPT = 48
_VARIABLE = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """An artifact's layer (tar.gz) and the source's `spec.ignore`."""

    layer: bytes
    ignore: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. `bundle` names a Bundle; `secrets` hold tokens, not values.

    `unread`: sources of variables that could not be read, as `secret ns/name`.
    """

    bundle: str
    kustomization: Json
    configmaps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One Kustomization to compare; a missing side has no objects. `error`: it cannot be built."""

    key: Key
    before: str
    after: str
    left: Side | None
    right: Side | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A whole comparison. `session`: the key of the masks; `labels`: what tokens stand for."""

    session: bytes
    pairs: tuple[Pair, ...]
    bundles: Mapping[str, Bundle]
    labels: Mapping[str, str]


class _Memory(OrderedDict[str, Any]):
    """The last things made, by what they were made from."""

    def of(self, key: str, make: Callable[[], Any]) -> Any:
        if key not in self:
            self[key] = make()
        self.move_to_end(key)
        while len(self) > _KEPT:
            self.popitem(last=False)
        return self[key]


_files = _Memory()
_builds = _Memory()


def compare(review: Review) -> tuple[ComparedKustomization, ...]:
    """Every pair built and compared; a side that does not build is an error of its part."""
    return tuple(_compared(pair, review) for pair in review.pairs)


def _compared(pair: Pair, review: Review) -> ComparedKustomization:
    marks = Marks(review.labels)
    result = ComparedKustomization(pair.key, pair.before, pair.after, error=pair.error)
    if pair.error:
        return result
    try:
        left, seen_left = _built(pair.left, review)
        right, seen_right = _built(pair.right, review)
        changes = diff_objects(left, right, Masker(review.session))
    except FluxtuiError as error:
        return dataclasses.replace(result, error=marks.text(str(error)))
    findings = tuple(dict.fromkeys(marks.text(text) for text in (*seen_left, *seen_right)))
    return dataclasses.replace(
        result, changes=tuple(marks.change(change) for change in changes), findings=findings
    )


def _built(side: Side | None, review: Review) -> tuple[Sequence[Json], tuple[str, ...]]:
    if side is None:
        return (), ()
    build = _builds.of(_name(side), lambda: _build(side, review))
    return build.objects, build.findings


def _build(side: Side, review: Review) -> Any:
    from fluxtui.kustomize import collect_variables, flux_build
    from fluxtui.kustomize.files import MemoryFiles

    files = _unpacked(side.bundle, review.bundles[side.bundle])
    spec = side.kustomization.get("spec") or {}
    variables = collect_variables(side.kustomization, side.configmaps, side.secrets)
    if side.unread:
        # What could not be read stands as itself on both sides, instead of failing the build.
        label = " or ".join(side.unread)
        stand_in = token(review.session, label, "")
        names = {n.decode() for data in files.values() for n in _VARIABLE.findall(data)}
        unknown = {name: stand_in for name in names if name not in variables.values}
        variables = dataclasses.replace(variables, values={**unknown, **variables.values})
    path = str(spec.get("path") or ".").lstrip("/") or "."
    return flux_build(MemoryFiles(files), path, side.kustomization, variables=variables)


def _unpacked(name: str, bundle: Bundle) -> dict[str, bytes]:
    from fluxtui.artifacts.ignore import apply_source_ignore
    from fluxtui.artifacts.unpacking import unpack_files

    key = f"{name} {bundle.ignore or ''}"
    files: dict[str, bytes] = _files.of(
        key, lambda: apply_source_ignore(unpack_files(bundle.layer), bundle.ignore)
    )
    return files


def _name(side: Side) -> str:
    """A name for what a build depends on."""
    spec = side.kustomization.get("spec")
    metadata = side.kustomization.get("metadata") or {}
    parts = [
        side.bundle,
        spec,
        metadata.get("name"),
        metadata.get("namespace"),
        {k: dict(v) for k, v in side.configmaps.items()},
        {k: dict(v) for k, v in side.secrets.items()},
        side.unread,
    ]
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
