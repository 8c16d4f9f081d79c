"""An object is of a kind that the cluster does not serve and no build brings. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.wanted import AskingRule, Heard, KindAsked, Together, WantedFact


def _wants(delivered: Delivered, whole: Together) -> Iterator[WantedFact]:
    seen: set[KindAsked] = set()
    for id, obj in delivered.after.items():
        asked = KindAsked(str(obj.get("apiVersion") or ""), id.kind)
        if asked in seen:
            continue
        seen.add(asked)
        brought = whole.kinds.get((id.group, id.kind))
        if brought is None or asked.api_version.rpartition("/")[2] not in brought:
            gone = brought is not None
            yield WantedFact(RULE.id, asked, delivered.kustomization, id, gone=gone)


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    if heard.there is False:
        who = "the definition in this build" if wanted.gone else "the cluster"
        says = f"{wanted.by} cannot be applied: {who} serves no {wanted.asked}"
        yield Danger(RULE.id, Gravity.STOP, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "kind-unserved",
    "the cluster does not know a kind",
    "The API has no such kind in that version, so the Kustomization fails to apply, all of it, and"
    " what is ordered behind it waits. Install its definition first, or mend apiVersion: old"
    " versions go away when a cluster is upgraded.",
    _wants,
    _judge,
)
