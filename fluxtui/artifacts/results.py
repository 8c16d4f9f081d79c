"""What pulling and pushing an artifact gives back, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fluxtui.artifacts.reference import Reference

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all; -1 unknown)."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """An artifact as Flux would take it.

    `revision` is `tag@sha256:..`, or the bare digest when asked for by digest. `digest` is the
    manifest's, or the index's when there is one; `layer` the bytes of the chosen layer (tar.gz).
    """

    reference: Reference
    digest: str
    revision: str
    annotations: Mapping[str, str]
    layer: bytes
    layer_digest: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What stands in the registry after a push; `unchanged` when nothing had to be sent."""

    reference: Reference
    digest: str
    layer_digest: str
    tar_digest: str
    unchanged: bool = False
