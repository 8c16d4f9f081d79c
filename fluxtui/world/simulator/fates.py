"""What is to go wrong with a container, as its image's tag asks for it. Pure.

A tag that contains a fault's marker (`v2-crashloop`) makes the containers of this image fail.
Needed by the rehearsals (scenarios/rehearsals.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Json

CRASH = "crash-loop"
OUT_OF_MEMORY = "oom-killed"
NO_IMAGE = "image-pull"
NEVER_READY = "never-ready"
FAULTS = (CRASH, OUT_OF_MEMORY, NO_IMAGE, NEVER_READY)

_MIGRATION = "migrationfails"
"""In a tag: what runs to its end fails, what stays is well; one image may serve both."""
_MARKERS = {
    "crashloop": CRASH,
    "oomkilled": OUT_OF_MEMORY,
    "nopull": NO_IMAGE,
    "neverready": NEVER_READY,
}

PULLED = tuple(f"-{marker}" for marker, fault in _MARKERS.items() if fault != NO_IMAGE)
"""Ends of tags of images that break once they are there."""


def fault_of(pod: Json, container: Mapping[str, Any]) -> str:
    """One of FAULTS, or "" where the container does well."""
    tag = _tag(str(container.get("image") or ""))
    if _MIGRATION in tag and _is_of_job(pod):
        return CRASH
    return next((fault for marker, fault in _MARKERS.items() if marker in tag), "")


def _is_of_job(pod: Json) -> bool:
    owners = pod["metadata"].get("ownerReferences") or ()
    return any(owner.get("kind") == "Job" for owner in owners)


def _tag(reference: str) -> str:
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def pull_error(image: str) -> str:
    """What containerd says of an image that is not there."""
    full = image if ":" in image.rpartition("/")[2] or "@" in image else f"{image}:latest"
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{full}": failed to '
        f'resolve reference "{full}": {full}: not found'
    )
