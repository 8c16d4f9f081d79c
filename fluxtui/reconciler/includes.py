"""Files of other GitRepositories, put among one's own (spec.include). Pure but for the reading."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fluxtui.reconciler.objects import mapping, text


class IncludeUnfit(Exception):
    """An include cannot be put where it is to go."""


def included(
    files: Mapping[str, bytes],
    entries: Sequence[Mapping[str, Any]],
    digests: Sequence[str],
    read: Callable[[str], Mapping[str, bytes]],
) -> Mapping[str, bytes]:
    """All files by path. `digests`: whose files each entry takes, in the same order; `read` gives
    them. Raises IncludeUnfit, and what `read` does."""
    whole = dict(files)
    for entry, digest in zip(entries, digests, strict=True):
        name = text(mapping(entry.get("repository")).get("name"))
        start, target = text(entry.get("fromPath")), text(entry.get("toPath")) or name
        inner, outer = _inside(start), _inside(target)
        doing = f"failed to copy '{name}' include from {start} to {target}"
        taken = {p: data for p, data in read(digest).items() if _below(p, inner)}
        if not taken:
            raise IncludeUnfit(f"{doing}: no such file or directory")
        if any(_below(path, outer) for path in whole):
            raise IncludeUnfit(f"{doing}: there is something at that path already")
        for path, data in taken.items():
            rest = path[len(inner) :].lstrip("/")
            whole["/".join(part for part in (outer, rest) if part)] = data
    return whole


def _inside(path: str) -> str:
    """A path within the artifact: nothing leads above its root, which is ""."""
    return posixpath.normpath("/" + path).strip("/")


def _below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
