"""What a delivery changes, in the words people ask for first: how many objects, which images,
which configuration, how many replicas with which resources. Pure; dangers are judged elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.objectdiff import FieldChange, ObjectChange, shown
from fluxtui.domain.review.pods import Object, at, containers
from fluxtui.kit.values import frozen

_RESOURCES = (".resources.requests", ".resources.limits")
_SCALED = frozenset({"spec.replicas", "spec.minReplicas", "spec.maxReplicas", "spec.parallelism"})


@frozen
class ImageChange:
    """One image, old -> new as written ("" = not there), and the containers that have it."""

    before: str
    after: str
    containers: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[str, str]:
        """Both as a person reads them: an image that is on one side only says whose it is."""
        where = self.containers[0].partition("/")[0] if self.containers else ""
        new = f"new with {where}" if where else "none"
        gone = f"gone with {where}" if where else "none"
        return self.before or new, self.after or gone


@frozen
class ScaleChange:
    """Replicas or resources of one object: the field as a diff names it."""

    object: ObjectId
    field: str
    before: str
    after: str


@frozen
class ChartContent:
    """What two versions of a chart differ in as packed: `files` of them, default values as
    `~ image.tag 1.4 -> 1.5`, and the application's version. `rendered`: whether the objects of
    both were compared too."""

    before: str
    after: str
    app_before: str = ""
    app_after: str = ""
    files: int = 0
    values: tuple[str, ...] = ()
    rendered: bool = False


@frozen
class Content:
    """The whole of it. `chart`: of a release whose chart changes.

    `config`: keys of ConfigMaps and Secrets and variables of containers that
    are set, changed or gone, as `~ ConfigMap ns/name KEY`."""

    created: int = 0
    changed: int = 0
    pruned: int = 0
    kept: int = 0  # no longer built, and not deleted
    replaced: int = 0  # the same thing under a new name, as its content makes it
    images: tuple[ImageChange, ...] = ()
    config: tuple[str, ...] = ()
    scale: tuple[ScaleChange, ...] = ()
    chart: ChartContent | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether nobody has built what objects it changes."""
        return self.chart is not None and not self.chart.rendered

    @property
    def is_empty(self) -> bool:
        """Whether applying it changes nothing."""
        if self.is_unknown:
            return False
        return not (self.created or self.changed or self.pruned or self.kept)


def content(changes: Iterable[ObjectChange]) -> Content:
    """The Content of what a diff found."""
    all_changes = tuple(changes)
    kinds = Counter(change.kind for change in all_changes)
    return Content(
        created=kinds["added"],
        changed=kinds["changed"],
        pruned=kinds["pruned"],
        kept=kinds["removed"],
        replaced=sum(change.kind == "changed" and bool(change.was) for change in all_changes),
        images=images(all_changes),
        config=tuple(dict.fromkeys(_config(all_changes))),
        scale=tuple(_scale(all_changes)),
    )


def images(changes: Iterable[ObjectChange]) -> tuple[ImageChange, ...]:
    """Each pair of images once, by the container's name; what is pruned has none after."""
    where: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        old, new = _images(change.before), _images(change.after)
        for name in dict.fromkeys((*old, *new)):
            pair = (old.get(name, ""), new.get(name, ""))
            if pair[0] != pair[1]:
                where.setdefault(pair, []).append(f"{change.id.name}/{name}")
    return tuple(ImageChange(*pair, tuple(names)) for pair, names in where.items())


def _images(obj: Object | None) -> dict[str, str]:
    if obj is None:
        return {}
    return {container.name: container.image for container in containers(obj) if container.image}


def _config(changes: Iterable[ObjectChange]) -> Iterator[str]:
    signs = {"added": "+", "removed": "-", "pruned": "-", "changed": "~"}
    for change in changes:
        if change.id.group == "" and change.id.kind in ("ConfigMap", "Secret"):
            for name, sign in _keys(change):
                yield f"{sign} {change.id} {name}"
        elif change.kind == "changed":
            for field in change.fields:
                name = _variable(field)
                if name:
                    yield f"{signs[field.kind]} {change.id} {name}"


def _keys(change: ObjectChange) -> Iterator[tuple[str, str]]:
    old, new = (_data(side) for side in (change.before, change.after))
    for name in dict.fromkeys((*old, *new)):
        if name not in old:
            yield name, "+"
        elif name not in new:
            yield name, "-"
        elif old[name] != new[name]:
            yield name, "~"


def _data(obj: Object | None) -> Mapping[str, object]:
    parts = (at(obj, name) for name in ("data", "stringData", "binaryData"))
    return {str(k): v for part in parts if isinstance(part, Mapping) for k, v in part.items()}


def _variable(field: FieldChange) -> str:
    """The variable of a container that a field is about, "" for another field."""
    _head, mark, tail = field.path.partition(".env[name=")
    return tail.partition("]")[0] if mark else ""


def _scale(changes: Iterable[ObjectChange]) -> Iterator[ScaleChange]:
    for change in changes:
        for field in change.fields:
            sized = field.path.endswith(".resources") or any(p in field.path for p in _RESOURCES)
            if sized or field.path in _SCALED:
                before, after = (_text(side) for side in (field.before, field.after))
                yield ScaleChange(change.id, field.path, before, after)


def _text(side: object) -> str:
    if side is None:
        return ""
    plain = shown(side)
    if isinstance(plain, Mapping):
        return ", ".join(f"{name} {_text(value)}" for name, value in plain.items())
    return str(plain)
