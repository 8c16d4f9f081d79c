"""A workload runs as another account than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, mapping, pod_spec

_CLOUD = (
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
)


def _judge(delivered: Delivered) -> Iterator[Danger]:
    accounts = {(id.namespace, id.name) for id in delivered.after if id.kind == "ServiceAccount"}
    for change in delivered.changed():
        old, new = _account(change.before), _account(change.after)
        if old != new:
            is_there = new == "default" or (change.id.namespace, new) in accounts
            missing = "" if is_there else ", which this build does not have"
            says = f"{change.id} runs as ServiceAccount {new} instead of {old}{missing}"
            yield Danger(RULE.id, Gravity.CARE, says, change.id)
    yield from _of_accounts(delivered)


def _of_accounts(delivered: Delivered) -> Iterator[Danger]:
    """Accounts that go while something runs as them, or are somebody else in a cloud."""
    for change in delivered.changes:
        if (change.id.group, change.id.kind) != ("", "ServiceAccount"):
            continue
        users = [
            id
            for id, obj in delivered.after.items()
            if id.namespace == change.id.namespace
            and pod_spec(obj)
            and _account(obj) == change.id.name
        ]
        if change.kind == "pruned" and users:
            says = f"{change.id} is deleted, and {', '.join(map(str, users))} runs as it"
            yield Danger(RULE.id, Gravity.STOP, says, change.id)
        elif change.kind == "changed":
            old, new = (
                mapping(s, "metadata", "annotations") for s in (change.before, change.after)
            )
            for name in _CLOUD:
                if old.get(name) != new.get(name):
                    was, now = (str(side.get(name) or "nobody") for side in (old, new))
                    says = f"{change.id} is {now} in its cloud instead of {was} ({name})"
                    yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _account(obj: Object | None) -> str:
    spec = pod_spec(obj)
    return str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default")


RULE = DangerRule(
    "service-account",
    "a workload runs as another account",
    "Its rights, its pull secrets and what a cloud lets it do hang on the account. One that is not"
    " there lets no Pod start.",
    _judge,
)
