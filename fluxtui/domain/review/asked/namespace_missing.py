"""An object goes to a namespace that neither the build nor the cluster has. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.wanted import AskingRule, Heard, ObjectAsked, Together, WantedFact


def _wants(delivered: Delivered, whole: Together) -> Iterator[WantedFact]:
    had = {id.namespace for id in delivered.before}
    seen: set[str] = set()
    for id in delivered.after:
        name, target = id.namespace, ObjectId("", id.namespace, "", "Namespace")
        gone = target in whole.pruned
        if not name or name in seen or target in whole.after or (name in had and not gone):
            continue
        seen.add(name)
        asked = ObjectAsked("v1", target)
        yield WantedFact(RULE.id, asked, delivered.kustomization, id, gone=gone)


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    assert isinstance(wanted.asked, ObjectAsked), "a rule is given what it asked"
    if heard.there is False:
        which = "this delivery deletes" if wanted.gone else "neither build nor cluster has"
        says = f"{wanted.by} goes to namespace {wanted.asked.target.name}, which {which}"
        yield Danger(RULE.id, Gravity.STOP, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "namespace-missing",
    "a namespace is not there",
    "The API takes no object into a namespace that it does not have: the Kustomization fails to"
    " apply. Put the Namespace into the bundle, or make it first.",
    _wants,
    _judge,
)
