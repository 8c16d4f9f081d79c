"""An image comes from another registry than before, or its name says no version. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.operated import is_custom
from fluxtui.domain.review.pods import containers, paired

_NO_VERSION = frozenset(
    {"", "latest", "main", "master", "develop", "dev", "edge", "nightly", "canary", "snapshot"}
)
_WHOLE = re.compile(r"(^|\.)(image|imageName|baseImage)$")
_TAG = re.compile(r"(^|\.)image\.tag$", re.IGNORECASE)
_HOST = re.compile(r"(^|\.)image\.(registry|repository)$", re.IGNORECASE)
_HUB = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.kind not in ("added", "changed"):
            continue
        pairs = paired(change.before, change.after) if change.kind == "changed" else ()
        same = {after.name: before.image for before, after in pairs}
        for container in containers(change.after):
            old, new = same.get(container.name, ""), container.image
            if new and old != new:
                where = f"{change.id} container {container.name}"
                yield from _compared(change, where, old, new)
        if change.kind == "changed" and is_custom(change.id.group):
            yield from _operated(change)


def _operated(change: ObjectChange) -> Iterator[Danger]:
    """Images that an operator or a chart is told by fields of its own."""
    for field in change.fields:
        old, new = (side if isinstance(side, str) else "" for side in (field.before, field.after))
        where = f"{change.id} {field.path}"
        if not new or "ontainers[" in field.path:
            continue
        if _WHOLE.search(field.path):
            yield from _compared(change, where, old, new)
        elif _TAG.search(field.path) and new.lower() in _NO_VERSION:
            yield from _compared(change, where, f"image:{old}" if old else "", f"image:{new}")
        elif _HOST.search(field.path) and old and _host(old) != _host(new):
            says = f"{where}: from {_host(new)} instead of {_host(old)} ({old} -> {new})"
            yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _compared(change: ObjectChange, where: str, old: str, new: str) -> Iterator[Danger]:
    if floats(new):
        says = f"{where}: {new} names no version, each node takes what there is{_was(old)}"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)
    if old and registry(old) != registry(new):
        says = f"{where}: from {registry(new)} instead of {registry(old)} ({old} -> {new})"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _host(text: str) -> str:
    """Of `image.registry` all of it, of `image.repository` its host."""
    return registry(f"{text}/image")


def registry(image: str) -> str:
    """Its host, as container runtimes read references."""
    first, slash, _rest = image.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    return first if is_host and first not in _HUB else "docker.io"


def _was(old: str) -> str:
    return f" (was {old})" if old else ""


def floats(image: str) -> bool:
    """Whether its name says no version."""
    name, at, _digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return not at and tag.lower() in _NO_VERSION


RULE = DangerRule(
    "image-name",
    "an image from elsewhere, or without a version",
    "`latest`, or no tag at all, is another image tomorrow, and on each node another one: neither a"
    " rollback nor a diff can tell. Another registry means other pull secrets, other limits and"
    " another hand on the images.",
    _judge,
)
