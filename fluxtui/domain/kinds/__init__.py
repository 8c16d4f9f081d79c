"""The registry of Flux kinds: one file a kind.

To add a kind, write a file beside this one and name it in `ALL`. Nothing else may list kinds.
"""

from __future__ import annotations

from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.kinds.kind import Kind

ALL: tuple[Kind, ...] = (ocirepository.KIND, kustomization.KIND)


def by_short(text: str) -> Kind | None:
    """The kind that people mean by `ks`, `ocirepo`, `Kustomization`, `kustomizations`, and as
    kubectl prints it, `kustomization.kustomize.toolkit.fluxcd.io`."""
    word, _dot, group = text.lower().partition(".")
    return next(
        (k for k in ALL if word in (k.short, k.kind.lower(), k.plural) and group in ("", k.group)),
        None,
    )
