"""The worker's side of comparing releases: with one another, and with what is live.

Both sides are hidden first (`releasehiding`), then compared as all other objects are. A release's
values are compared too, as one more object.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.domain.ask import ComparedKustomization
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.livefields import as_kept, projected, tidied
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import ObjectChange, diff_objects, diff_values
from fluxtui.engine.builds.livebuilds import Beside, aligned, folded
from fluxtui.engine.builds.releasehiding import Hiding
from fluxtui.engine.builds.releaseparts import ValueInputs
from fluxtui.engine.builds.releasestorage import StoredContent, stored_content
from fluxtui.engine.builds.secretmarks import TOKEN, Marks

VALUES = "Values"
"""What the kind of a release's values is called in a comparison."""


@dataclass(frozen=True, slots=True)
class DeployedObjects:
    """A release's objects as they were deployed, hidden. `guarded`: numbers of those that no API is
    sent, because they hold something of a Secret; `labels`: what the tokens in them stand for.
    `name`: `release 3, chart-1.2.0`."""

    name: str
    objects: tuple[Json, ...]
    guarded: frozenset[int]
    labels: Mapping[str, str]


def compare_releases(
    session: bytes, before: Json, after: Json, inputs: ValueInputs, result: ComparedKustomization
) -> ComparedKustomization:
    """`result` with what changes from one release to the other: values, objects, hooks."""
    old, new = stored_content(before), stored_content(after)
    hiding = _hiding(session, inputs, old, new)
    marks = Marks(hiding.labels)
    left, right = (
        [_named_secret(hiding.object(o), r.namespace) for o in (*r.objects, *r.hooks)]
        for r in (old, new)
    )
    changes = [*_values(hiding, old, new), *diff_objects(left, right, Masker(session))]
    return dataclasses.replace(
        result,
        before=_named(old),
        after=_named(new),
        changes=tuple(map(marks.change, changes)),
    )


def deployed_objects(session: bytes, stored: Json, inputs: ValueInputs) -> DeployedObjects:
    """What a release deployed, in the namespaces it went to. Hooks are no part of it."""
    content = stored_content(stored)
    hiding = _hiding(session, inputs, content)
    objects = tuple(_placed(hiding.object(obj), content.namespace) for obj in content.objects)
    guarded = frozenset(
        n for n, obj in enumerate(objects) if obj["kind"] == "Secret" or TOKEN.search(str(obj))
    )
    return DeployedObjects(_named(content), objects, guarded, hiding.labels)


def compare_live(
    session: bytes,
    stored: Json,
    inputs: ValueInputs,
    labels: Mapping[str, str],
    beside: tuple[Beside, ...],
    result: ComparedKustomization,
) -> ComparedKustomization:
    """`result` with what is otherwise than deployed. Fields that the release does not set are not
    looked at: an API's defaults and other managers' fields are no drift. `labels`: those of the
    wanted objects."""
    hiding = _hiding(session, inputs, stored_content(stored))
    hiding.labels |= labels
    before: list[Any] = []
    after: list[Any] = []
    for pair in beside:
        assert pair.wanted is not None
        if pair.live is None:
            before.append(folded(pair.wanted))
        elif pair.outcome is not None:
            before.append(hiding.object(tidied(pair.outcome)))
            after.append(hiding.object(tidied(pair.live)))
        else:
            wanted = folded({k: v for k, v in pair.wanted.items() if k != "status"})
            live = projected(tidied(folded(hiding.object(pair.live))), wanted, {})
            before.append(as_kept(wanted, live))
            after.append(aligned(live, wanted, session, hiding.labels))
    marks = Marks(hiding.labels)
    changes = diff_objects(before, after, Masker(session))
    return dataclasses.replace(result, changes=tuple(map(marks.change, changes)))


def _hiding(session: bytes, inputs: ValueInputs, *contents: StoredContent) -> Hiding:
    hiding = Hiding(session, inputs)
    for content in contents:
        hiding.learn((*content.objects, *content.hooks), content.values)
    return hiding


def _values(hiding: Hiding, old: StoredContent, new: StoredContent) -> list[ObjectChange]:
    before, after = hiding.values(old.values), hiding.values(new.values)
    fields = tuple(diff_values(before, after))
    if not fields:
        return []
    name = ObjectId(new.namespace, new.name, "", VALUES)
    return [ObjectChange("changed", name, fields, before=before, after=after)]


def _named_secret(obj: Json, namespace: str) -> Json:
    """A Secret with its namespace, which its masks are called by."""
    return _placed(obj, namespace) if obj.get("kind") == "Secret" else obj


def _placed(obj: Json, namespace: str) -> Json:
    metadata = obj["metadata"]
    if metadata.get("namespace"):
        return obj
    return {**obj, "metadata": {**metadata, "namespace": namespace}}


def _named(content: StoredContent) -> str:
    return f"release {content.number}, {content.chart}".removesuffix(", ")
