"""An image comes from another registry than before, or its name says no version. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import containers, paired

_NO_VERSION = frozenset(
    {"", "latest", "main", "master", "develop", "dev", "edge", "nightly", "canary", "snapshot"}
)
_HUB = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.kind not in ("added", "changed"):
            continue
        pairs = paired(change.before, change.after) if change.kind == "changed" else ()
        same = {after.name: before.image for before, after in pairs}
        for container in containers(change.after or {}):
            old, new = same.get(container.name, ""), container.image
            if not new or old == new:
                continue
            where = f"{change.id} container {container.name}"
            if _floats(new):
                says = f"{where}: {new} names no version, each node takes what there is{_was(old)}"
                yield Danger(RULE.id, Gravity.CARE, says, change.id)
            if old and registry(old) != registry(new):
                says = f"{where}: from {registry(new)} instead of {registry(old)} ({old} -> {new})"
                yield Danger(RULE.id, Gravity.CARE, says, change.id)


def registry(image: str) -> str:
    """Its host, as container runtimes read references."""
    first, slash, _rest = image.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    return first if is_host and first not in _HUB else "docker.io"


def _was(old: str) -> str:
    return f" (was {old})" if old else ""


def _floats(image: str) -> bool:
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
