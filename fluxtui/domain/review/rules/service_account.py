"""A workload runs as another account than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, pod_spec


def _judge(delivered: Delivered) -> Iterator[Danger]:
    accounts = {id.name for id in delivered.after if id.kind == "ServiceAccount"}
    for change in delivered.changed():
        if not pod_spec(change.after or {}):
            continue
        old, new = _account(change.before), _account(change.after)
        if old != new:
            missing = "" if new in ("default", *accounts) else ", which this build does not have"
            says = f"{change.id} runs as ServiceAccount {new} instead of {old}{missing}"
            yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _account(obj: Object | None) -> str:
    spec = pod_spec(obj or {})
    return str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default")


RULE = DangerRule(
    "service-account",
    "a workload runs as another account",
    "Its rights, its pull secrets and what a cloud lets it do hang on the account. One that is not"
    " there lets no Pod start.",
    _judge,
)
