"""The definitions in a chart's `crds/` change, or go, or stay behind. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.charts.packed import ChartRule, PackedDelivery
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.rules import crd_narrowed

_SHOWN = 12


def _judge(delivered: PackedDelivery) -> Iterator[Danger]:
    old, new = delivered.before.definitions, delivered.after.definitions
    changed = [id for id in old if id in new and old[id] != new[id]]
    policy = delivered.definitions
    if policy == "CreateReplace":
        pairs = tuple(ObjectChange("changed", id, before=old[id], after=new[id]) for id in changed)
        for danger in crd_narrowed.RULE.judge(Delivered(delivered.release, changes=pairs)):
            yield Danger(RULE.id, danger.level, danger.says, danger.object, look=danger.look)
    else:
        behind = [*changed, *(id for id in new if id not in old and policy == "Skip")]
        if behind:
            says = (
                f"crds/ brings {_named(behind)}, which Flux leaves as the cluster has it: "
                f"spec.upgrade.crds is {policy}"
            )
            yield Danger(RULE.id, Gravity.STOP, says, look=_listed(behind))
    gone = [id for id in old if id not in new]
    if gone:
        says = (
            f"crds/ has {_named(gone)} no more: what is in the cluster stays, and nobody keeps it"
        )
        yield Danger(RULE.id, Gravity.CARE, says, look=_listed(gone))


def _named(ids: list[ObjectId]) -> str:
    return ids[0].name if len(ids) == 1 else f"{len(ids)} definitions"


def _listed(ids: list[ObjectId]) -> tuple[str, ...]:
    more = (f"... {len(ids) - _SHOWN} more",) if len(ids) > _SHOWN else ()
    return (*(id.name for id in ids[:_SHOWN]), *more) if len(ids) > 1 else ()


RULE = ChartRule(
    "chart-definitions",
    "the definitions in a chart's crds/ change or stay behind",
    "Helm never changes or deletes what a chart has in crds/, and Flux only with spec.upgrade.crds:"
    " Create adds new definitions, CreateReplace writes over old ones, Skip (the default) does"
    " neither, so that a new version may meet definitions that it does not know. With CreateReplace"
    " a narrower one breaks objects that are there. Apply the new definitions first, or set the"
    " policy; move objects off versions that are no longer served.",
    _judge,
)
