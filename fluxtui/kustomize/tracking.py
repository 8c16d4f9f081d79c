"""Tracking of Origins while a build runs; switched off, it costs nothing.

A tracker compares the objects before and after each step and never changes them: so every
transformer is tracked alike, none has to report what it wrote, and a build gives the same objects
with and without. Only what a step changed is noted; everything else keeps the Origin of the nearest
noted ancestor, at last the file the object was read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import BuildResource
from fluxtui.kustomize.scalars import copied, is_null

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from.

    `file` and `document` (index) say where it was read, `field` its path there, `by` who set it:
    `file`, `patch <n> of <kustomization>`, `transformer <name>`, `variable <name>`. `secret` marks
    a value that holds something of a Secret.
    """

    file: str
    document: int
    field: str
    by: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ChangeCause:
    """A step as Origins name it."""

    by: str
    file: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An object that a step removed; `name` is the name it had then."""

    kind: str
    name: str
    origin: Origin


class Tracker(Protocol):
    """What the pipeline tells about."""

    dropped: list[Dropped]

    def loaded(self, resource: BuildResource) -> None:
        """An object was read from a file."""

    def generated(
        self, resource: BuildResource, cause: ChangeCause, old: BuildResource | None
    ) -> None:
        """An object was made by a generator, perhaps merged with the one it takes the place of."""

    def changed(self, resources: ResourceMap, cause: ChangeCause) -> None:
        """A step has run."""

    def removed(self, resource: BuildResource, cause: ChangeCause) -> None:
        """A step has removed a whole object."""

    def notes(self, resource: BuildResource) -> dict[Path, Origin]:
        """What is known of an object, by field path; the empty path stands for the rest."""

    def gone(self, resource: BuildResource) -> dict[str, Origin]:
        """Who removed fields of an object, by path as `objectdiff` writes it."""


class NoTracker:
    """Tracks nothing."""

    def __init__(self) -> None:
        self.dropped: list[Dropped] = []

    def removed(self, resource: BuildResource, cause: ChangeCause) -> None:
        """Nothing to do."""

    def gone(self, resource: BuildResource) -> dict[str, Origin]:
        return {}

    def loaded(self, resource: BuildResource) -> None:
        """Nothing to do."""

    def generated(
        self, resource: BuildResource, cause: ChangeCause, old: BuildResource | None
    ) -> None:
        """Nothing to do."""

    def changed(self, resources: ResourceMap, cause: ChangeCause) -> None:
        """Nothing to do."""

    def notes(self, resource: BuildResource) -> dict[Path, Origin]:
        return {}


@dataclass(slots=True)
class _Known:
    """An object as it was after the last step, and its notes."""

    seen: Any
    notes: dict[Path, Origin] = field(default_factory=dict)
    gone: dict[str, Origin] = field(default_factory=dict)


class DiffTracker:
    """Notes who changed what by comparing each object with how it was before."""

    def __init__(self) -> None:
        self.dropped: list[Dropped] = []
        self._known: dict[int, _Known] = {}
        self._alive: list[BuildResource] = []  # keeps id() from being used again

    def _start(self, resource: BuildResource, origin: Origin) -> _Known:
        tracked = _Known(copied(resource.obj), {(): origin})
        self._known[id(resource)] = tracked
        self._alive.append(resource)
        return tracked

    def loaded(self, resource: BuildResource) -> None:
        self._start(resource, Origin(resource.file, resource.document, "", "file"))

    def generated(
        self, resource: BuildResource, cause: ChangeCause, old: BuildResource | None
    ) -> None:
        tracked = self._start(resource, Origin(cause.file, 0, cause.field, cause.by))
        before = self._known.get(id(old)) if old is not None else None
        if before is None or not isinstance(before.seen, dict):
            return
        for part in ("data", "binaryData"):
            new_part, old_part = resource.obj.get(part), before.seen.get(part)
            if not isinstance(new_part, dict) or not isinstance(old_part, dict):
                continue
            for key in new_part.keys() & old_part.keys():
                if new_part[key] == old_part[key]:
                    tracked.notes[part, key] = origin_at(before.notes, (part, key))

    def changed(self, resources: ResourceMap, cause: ChangeCause) -> None:
        for resource in resources:
            tracked = self._known.get(id(resource))
            if tracked is None:
                self._start(resource, Origin(cause.file, 0, cause.field, cause.by))
            elif tracked.seen != resource.obj:
                from fluxtui.domain.objectdiff import diff_values

                origin = Origin(cause.file, 0, cause.field, cause.by)
                tracked.notes = noted(tracked.notes, tracked.seen, resource.obj, origin)
                for change in diff_values(tracked.seen, resource.obj):
                    if change.kind == "removed":
                        tracked.gone[change.path] = origin
                tracked.seen = copied(resource.obj)

    def removed(self, resource: BuildResource, cause: ChangeCause) -> None:
        origin = Origin(cause.file, 0, cause.field, cause.by)
        self.dropped.append(Dropped(resource.gvk.kind, resource.name, origin))

    def notes(self, resource: BuildResource) -> dict[Path, Origin]:
        tracked = self._known.get(id(resource))
        return dict(tracked.notes) if tracked is not None else {}

    def gone(self, resource: BuildResource) -> dict[str, Origin]:
        tracked = self._known.get(id(resource))
        return dict(tracked.gone) if tracked is not None else {}


def field_text(path: Path) -> str:
    """A path as people write it: `spec.containers[0].image`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def origin_at(notes: Mapping[Path, Origin], path: Path) -> Origin:
    """The Origin of a field: its own note or its nearest ancestor's, with the field there."""
    for length in range(len(path), -1, -1):
        origin = notes.get(path[:length])
        if origin is None:
            continue
        remainder = path[length:]
        if not remainder or origin.by != "file":
            return origin
        text = field_text(remainder)
        joint = "." if origin.field and not text.startswith("[") else ""
        return replace(origin, field=f"{origin.field}{joint}{text}")
    return Origin("", 0, "", "")


def noted(notes: Mapping[Path, Origin], old: Any, new: Any, origin: Origin) -> dict[Path, Origin]:
    """The notes after a change: fields that changed are `origin`'s, moved ones keep theirs."""
    result: dict[Path, Origin] = {}
    for change in _compare(old, new, (), ()):
        if change.source is None:
            result[change.path] = origin
        else:
            _carry(result, notes, change.source, change)
    return result


@dataclass(frozen=True, slots=True)
class _Change:
    """A value now, and where it was before (None: it was not); `whole`: nothing in it changed."""

    path: Path
    source: Path | None
    whole: bool = True


def _carry(
    result: dict[Path, Origin], notes: Mapping[Path, Origin], source: Path, change: _Change
) -> None:
    """Takes the notes of a value along to where it is now."""
    if source != change.path:
        result[change.path] = origin_at(notes, source)
    elif source in notes:
        result[source] = notes[source]
    if not change.whole:
        return
    size = len(source)
    for noted_path, origin in notes.items():
        if len(noted_path) > size and noted_path[:size] == source:
            result[change.path + noted_path[size:]] = origin


def _same(old: Any, new: Any) -> bool:
    """Equal for whoever reads the result: how a scalar was quoted does not count."""
    if is_null(old):
        return is_null(new)
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def _compare(old: Any, new: Any, source: Path, path: Path) -> Iterator[_Change]:
    if _same(old, new):
        yield _Change(path, source)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield _Change(path, source, whole=False)
        for key, value in new.items():
            if key in old:
                yield from _compare(old[key], value, (*source, key), (*path, key))
            else:
                yield _Change((*path, key), None)
    elif isinstance(old, list) and isinstance(new, list):
        yield _Change(path, source, whole=False)
        yield from _compare_lists(old, new, source, path)
    else:
        yield _Change(path, None)


def _compare_lists(old: list[Any], new: list[Any], source: Path, path: Path) -> Iterator[_Change]:
    free = list(range(len(old)))
    for index, value in enumerate(new):
        match = next((i for i in free if old[i] == value), None)
        if match is None:
            match = next((i for i in free if _alike(old[i], value)), None)
        if match is None:
            yield _Change((*path, index), None)
            continue
        free.remove(match)
        yield from _compare(old[match], value, (*source, match), (*path, index))


_KEYS = ("name", "containerPort", "port", "mountPath", "topologyKey", "type", "key", "ip")


def _alike(old: Any, new: Any) -> bool:
    """Whether two elements of a list are the same thing, changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    key = next((k for k in _KEYS if k in new), None)
    return key is not None and old.get(key) == new[key]
