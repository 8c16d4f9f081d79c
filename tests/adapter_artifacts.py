"""The conformance runner's way into `fluxtui.artifacts`: ignore rules, packing, unpacking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fluxtui.artifacts import ignore as _ignore
from fluxtui.artifacts import packing as _packing
from fluxtui.artifacts import unpacking as _unpacking


def ignored(
    patterns: str,
    domain: Sequence[str],
    paths: Sequence[tuple[str, bool]],
    vcs_patterns: bool,
    default_patterns: bool,
) -> list[bool]:
    return _ignore.ignored(patterns, domain, paths, vcs_patterns, default_patterns)


def unpack(data: bytes, folder: Path, max_size: int | None) -> None:
    limit = _unpacking.Limits().max_bytes if max_size is None else max_size
    # The cases were answered by the library's own default, which refuses links.
    limits = _unpacking.Limits(max_bytes=limit, skip_links=False)
    _unpacking.unpack(data, folder, limits=limits)


def pack(folder: Path) -> list[dict[str, Any]]:
    packed = _packing.pack(folder, ignore=())
    return [{"name": entry.name, "sha256": entry.sha256} for entry in packed.entries]
