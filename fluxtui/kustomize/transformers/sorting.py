"""`sortOptions:`: the order of the result. Without it objects stay in the order they came in.

Rule source: kustomize's sort order transformer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from fluxtui.kustomize.ids import Gvk, Id
from fluxtui.kustomize.resource import BuildResource


def legacy_order(
    resources: Sequence[BuildResource], first: Sequence[str], last: Sequence[str]
) -> list[BuildResource]:
    """Kinds in `first` lead, kinds in `last` follow, everything else by its identity."""
    rank = {kind: i - len(first) for i, kind in enumerate(first)}
    rank.update({kind: i + 1 for i, kind in enumerate(last)})

    def compare(first: tuple[Id, BuildResource], second: tuple[Id, BuildResource]) -> int:
        return -1 if _less(first[0], second[0], rank) else int(_less(second[0], first[0], rank))

    ordered = sorted(((r.id, r) for r in resources), key=cmp_to_key(compare))
    return [resource for _, resource in ordered]


def _less(first: Id, second: Id, rank: dict[str, int]) -> bool:
    a, b = first.gvk, second.gvk
    if a == b:
        return _id_text(first) < _id_text(second)
    if rank.get(a.kind, 0) != rank.get(b.kind, 0):
        return rank.get(a.kind, 0) < rank.get(b.kind, 0)
    if a.kind == b.kind == "Namespace" and (not a.group or not b.group):
        return _gvk_text(a) > _gvk_text(b)
    return _gvk_text(a) < _gvk_text(b)


def _gvk_text(gvk: Gvk) -> str:
    return f"{gvk.group or '~G'}_{gvk.version or '~V'}_{gvk.kind or '~K'}"


def _id_text(identity: Id) -> str:
    gvk = identity.gvk
    parts = (gvk.kind or "[noKind]", gvk.version or "[noVer]", gvk.group or "[noGrp]")
    return f"{'.'.join(parts)}|{identity.namespace or '~X'}|{identity.name or '~N'}"
