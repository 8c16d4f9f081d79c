"""A Pod needs a key of a ConfigMap or Secret of the same build that does not have it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, mapping
from fluxtui.domain.review.references import references


def _judge(delivered: Delivered) -> Iterator[Danger]:
    changed = {change.id for change in delivered.changes}
    for id, obj in delivered.after.items():
        for reference in references(obj):
            holder = ObjectId(id.namespace, reference.name, "", reference.kind)
            content = delivered.after.get(holder)
            if content is None or not reference.key or not changed & {id, holder}:
                continue
            if reference.key not in _keys(content):
                says = f"{id} needs {reference.key} of {holder}, which does not have it"
                yield Danger(RULE.id, Gravity.STOP, f"{says} ({reference.use})", id)


def _keys(holder: Object) -> frozenset[str]:
    parts = (mapping(holder, name) for name in ("data", "stringData", "binaryData"))
    return frozenset(str(key) for part in parts for key in part)


RULE = DangerRule(
    "key-missing",
    "a key that is needed is not in its ConfigMap or Secret",
    "The container does not start (CreateContainerConfigError), or its volume is not mounted, until"
    " the key is there. Names of keys change with the files they are generated from.",
    _judge,
)
