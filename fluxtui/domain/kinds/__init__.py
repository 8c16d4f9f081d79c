"""The registry of Flux kinds: one file a kind, and who has which role.

To add a kind, write a file beside this one and name it in `ALL`. Nothing else may list kinds, and
nothing outside of this room imports one by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.kinds import gitrepository, kustomization, ocirepository, origins
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Key

ALL: tuple[Kind, ...] = (ocirepository.KIND, kustomization.KIND, gitrepository.KIND)
"""Watched always, listed by `get`, and acted on."""
NAMED: tuple[Kind, ...] = origins.ALL
"""Watched while something names them, and only read."""
SOURCES = tuple(kind for kind in ALL if kind.source is not None)
TAGGED = tuple(kind for kind in SOURCES if kind.tagged)
APPLIERS = tuple(kind for kind in ALL if kind.applier is not None)

_BY_ID: Mapping[tuple[str, str], Kind] = {kind.id: kind for kind in (*ALL, *NAMED)}


def of(key: Key) -> Kind | None:
    """The kind of an object; None when fluxtui knows nothing of it."""
    return _BY_ID.get((key.group, key.kind))


def is_ours(key: Key) -> bool:
    """Whether it is one of Flux's objects that are shown and acted on."""
    return _BY_ID.get((key.group, key.kind)) in ALL


def by_short(text: str) -> Kind | None:
    """The kind that people mean by `ks`, `ocirepo`, `Kustomization`, `kustomizations`, and as
    kubectl prints it, `kustomization.kustomize.toolkit.fluxcd.io`."""
    word, _dot, group = text.lower().partition(".")
    return next(
        (kind for kind in ALL if word in kind.called and group in ("", kind.group)),
        None,
    )
