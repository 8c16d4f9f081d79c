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
from typing import TYPE_CHECKING, Any

from fluxtui.cluster.port import Json
from fluxtui.domain.ask import ComparedKustomization, Rendering
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import ObjectChange, diff_objects
from fluxtui.domain.resource import Key
from fluxtui.engine.builds.attribution import attributed
from fluxtui.engine.builds.secretmarks import Marks, token

if TYPE_CHECKING:
    from fluxtui.kustomize import Build, Files, Path

_KEPT = 48
_MARK = "kustomize.toolkit.fluxcd.io"
_KEEPING: Mapping[str, tuple[str, ...]] = {
    f"{_MARK}/prune": ("disabled",),
    f"{_MARK}/reconcile": ("disabled",),
    f"{_MARK}/ssa": ("ignore",),
}
_VARIABLE = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """An artifact's layer (tar.gz), or the `files` of a commit, and the source's `spec.ignore`."""

    layer: bytes
    ignore: str | None = None
    files: Mapping[str, bytes] | None = None


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
    """One Kustomization to compare; a missing side has no objects. `error`: it cannot be built.

    `prune`: what is only on the left will be deleted from the cluster. `explain`: say who made each
    change.
    """

    key: Key
    before: str
    after: str
    left: Side | None
    right: Side | None
    error: str = ""
    prune: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class BuildReview:
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


def forget_builds(*, files: bool = False) -> None:
    """Forget finished builds, the files they are made from only if told to: for measuring."""
    _builds.clear()
    if files:
        _files.clear()


def compare(review: BuildReview) -> tuple[ComparedKustomization, ...]:
    """Every pair built and compared; a side that does not build is an error of its part."""
    return tuple(compared(pair, review) for pair in review.pairs)


@dataclass(frozen=True, slots=True)
class Difference:
    """Both sides of a pair as built, and what differs, with tokens still in place of what came out
    of Secrets. `labels`: what they stand for; `remarks`: what the builds say of themselves."""

    before: Sequence[Json]
    after: Sequence[Json]
    changes: tuple[ObjectChange, ...]
    labels: Mapping[str, str]
    remarks: tuple[str, ...]


def compared(pair: Pair, review: BuildReview) -> ComparedKustomization:
    """One pair, built and compared."""
    try:
        return shown(pair, difference(pair, review))
    except FluxtuiError as error:
        return ComparedKustomization(pair.key, pair.before, pair.after, error=str(error))


def shown(pair: Pair, diff: Difference) -> ComparedKustomization:
    """The same with labels instead of tokens."""
    marks = Marks(diff.labels)
    return ComparedKustomization(
        pair.key,
        pair.before,
        pair.after,
        tuple(marks.change(change) for change in diff.changes),
        tuple(dict.fromkeys(map(marks.text, diff.remarks))),
    )


def difference(pair: Pair, review: BuildReview) -> Difference:
    """Both sides built and compared. Raises FluxtuiError, its words without tokens."""
    if pair.error:
        raise FluxtuiError(pair.error)
    labels = dict(review.labels)
    try:
        left, right = built_side(pair.left, review), built_side(pair.right, review, pair.explain)
        before, after = (concealed(build, review.session, labels) for build in (left, right))
        changes = diff_objects(before, after, Masker(review.session))
    except FluxtuiError as error:
        raise FluxtuiError(Marks(labels).text(str(error))) from error
    if pair.explain and right is not None:
        changes = tuple(attributed(change, right) for change in changes)
    if pair.prune:
        changes = tuple(map(pruned, changes))
    remarks = [text for build in (left, right) if build is not None for text in build.findings]
    for build in (left, right):
        remarks += encrypted_remarks(build, "compared without being read")
    return Difference(before, after, changes, labels, tuple(remarks))


def encrypted_remarks(build: Build | None, then: str) -> tuple[str, ...]:
    """A sentence for each object that SOPS encrypted; `then`: what becomes of its values."""
    if build is None or not build.encrypted:
        return ()
    from fluxtui.kustomize import encrypted_remark, key_of

    keyed = ((obj, build.encrypted.get(key_of(obj), ())) for obj in build.objects)
    return tuple(encrypted_remark(obj, paths, then) for obj, paths in keyed if paths)


def pruned(change: ObjectChange) -> ObjectChange:
    """A removed object that Flux will delete, unless a mark on the object keeps it."""
    if change.kind != "removed" or change.before is None:
        return change
    return change if kept_by_mark(change.before) else dataclasses.replace(change, kind="pruned")


def kept_by_mark(obj: Mapping[str, Any]) -> bool:
    """Whether a label or annotation keeps Flux from deleting the object (docs/flux.md#marks)."""
    metadata = obj.get("metadata") or {}
    marks = {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    return any(str(marks.get(name, "")).lower() in words for name, words in _KEEPING.items())


def concealed(build: Build | None, session: bytes, labels: dict[str, str]) -> Sequence[Json]:
    """The objects, with tokens in place of what was copied out of a Secret of the bundle.

    `labels` gets what the tokens stand for.
    """
    if build is None:
        return ()
    if not build.hidden:
        return build.objects
    from fluxtui.kustomize import key_of

    objects = []
    for obj in build.objects:
        hidden = build.hidden.get(key_of(obj), {})
        objects.append(_concealed(obj, hidden, session, labels, ()) if hidden else obj)
    return objects


def _concealed(
    value: Any,
    hidden: Mapping[Path, str],
    session: bytes,
    labels: dict[str, str],
    path: Path,
) -> Any:
    if isinstance(value, Mapping):
        return {k: _concealed(v, hidden, session, labels, (*path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [_concealed(v, hidden, session, labels, (*path, i)) for i, v in enumerate(value)]
    label = hidden.get(path)
    if label is None:
        return value
    mark = token(session, label, str(value))
    labels[mark] = label
    return mark


def render(review: BuildReview, explain: bool) -> Rendering:
    """The right side of the only pair, built and explained. Raises BuildError and the like."""
    from fluxtui.kustomize import MemoryFiles, explained

    (pair,) = review.pairs
    marks = Marks(review.labels)
    try:
        build = built_side(pair.right, review, explain)
    except FluxtuiError as error:
        error.what, error.where = marks.text(error.what), marks.text(error.where)
        raise
    if build is None or pair.right is None:
        return Rendering()
    files = _unpacked(pair.right.bundle, review.bundles[pair.right.bundle])
    objects = explained(build, MemoryFiles(files), marks.text)
    findings = (*build.findings, *encrypted_remarks(build, "not decrypted here"))
    return Rendering(objects, tuple(map(marks.text, findings)))


def files_of(review: BuildReview) -> Files:
    """The files of the right side of the only pair."""
    from fluxtui.kustomize import MemoryFiles

    (pair,) = review.pairs
    name = pair.right.bundle if pair.right is not None else ""
    return MemoryFiles(_unpacked(name, review.bundles[name]) if name else {})


def built_side(side: Side | None, review: BuildReview, explain: bool = False) -> Build | None:
    """A side as built, None when there is none. Remembered. Raises BuildError and the like."""
    if side is None:
        return None
    build: Build = _builds.of(
        f"{_name(side)} {explain}", lambda: _build(side, review, explain=explain)
    )
    return build


def _build(side: Side, review: BuildReview, *, explain: bool) -> Build:
    from fluxtui.kustomize import MemoryFiles, collect_variables, flux_build

    files = _unpacked(side.bundle, review.bundles[side.bundle])
    spec = side.kustomization.get("spec") or {}
    variables = collect_variables(side.kustomization, side.configmaps, side.secrets)
    if side.unread:
        # What could not be read stands as itself on both sides, instead of failing the build.
        label = " or ".join(side.unread)
        stand_in = token(review.session, label, "")
        texts = (*files.values(), json.dumps(spec, default=str).encode())  # patches have some, too
        names = {n.decode() for data in texts for n in _VARIABLE.findall(data)}
        unknown = {name: stand_in for name in names if name not in variables.values}
        variables = dataclasses.replace(variables, values={**unknown, **variables.values})
    path = str(spec.get("path") or ".").lstrip("/") or "."
    return flux_build(
        MemoryFiles(files), path, side.kustomization, variables=variables, origins=explain
    )


def _unpacked(name: str, bundle: Bundle) -> dict[str, bytes]:
    from fluxtui.artifacts.ignore import apply_source_ignore
    from fluxtui.artifacts.unpacking import unpack_files

    def made() -> dict[str, bytes]:
        files = unpack_files(bundle.layer) if bundle.files is None else dict(bundle.files)
        return apply_source_ignore(files, bundle.ignore)

    files: dict[str, bytes] = _files.of(f"{name} {bundle.ignore or ''}", made)
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
