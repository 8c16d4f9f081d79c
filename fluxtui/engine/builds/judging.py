"""The worker's side of a delivery's review: what a diff found, in short, and its dangers.

Runs in the worker process only. Rules see objects whose Secret values are masked, and tokens for
what was put in from Secrets; what they say is rid of tokens before it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fluxtui.domain.ask import ComparedKustomization, DeliveredKustomization
from fluxtui.domain.danger import Danger
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.masking import Masker
from fluxtui.domain.resource import Key
from fluxtui.domain.review.asked import wanted_of
from fluxtui.domain.review.content import Content, content
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.rules import dangers
from fluxtui.domain.review.wanted import WantedFact
from fluxtui.engine.builds.secretmarks import TOKEN, Marks
from fluxtui.engine.builds.sides import BuildReview, Pair, difference, shown


def judged(
    review: BuildReview,
) -> tuple[tuple[DeliveredKustomization, ...], tuple[WantedFact, ...]]:
    """Every pair built, compared and judged, and what only clusters can say of them; one that does
    not build has no dangers but says so."""
    judgements = [_judged(pair, review) for pair in review.pairs]
    both = [delivered for _part, delivered in judgements if delivered is not None]
    # A name with something of a Secret in it is asked of nobody.
    wanted = tuple(one for one in wanted_of(both) if not TOKEN.search(repr(one)))
    return tuple(part for part, _delivered in judgements), wanted


def _judged(pair: Pair, review: BuildReview) -> tuple[DeliveredKustomization, Delivered | None]:
    try:
        diff = difference(pair, review)
    except FluxtuiError as error:
        failed = ComparedKustomization(pair.key, pair.before, pair.after, error=str(error))
        return DeliveredKustomization(failed, Content()), None
    masker, marks = Masker(review.session), Marks(diff.labels)
    delivered = Delivered(
        pair.key,
        _is_forced(pair),
        diff.changes,
        masked_objects(diff.before, masker),
        masked_objects(diff.after, masker),
    )
    comparison = shown(pair, diff)
    clean = tuple(without_tokens(danger, pair.key, marks) for danger in dangers(delivered))
    return DeliveredKustomization(comparison, content(comparison.changes), clean), delivered


def _is_forced(pair: Pair) -> bool:
    spec = pair.right.kustomization.get("spec") if pair.right is not None else None
    return isinstance(spec, Mapping) and spec.get("force") is True


def masked_objects(
    objects: Iterable[Mapping[str, Any]], masker: Masker
) -> dict[ObjectId, Mapping[str, Any]]:
    """By their ids, values of Secrets masked."""
    return {ObjectId.of(obj): masker.mask(obj) for obj in objects}


def without_tokens(danger: Danger, key: Key, marks: Marks) -> Danger:
    """As it may leave the worker, with the Kustomization or release that it is of."""
    about = danger.object
    if about is not None:
        name, namespace = marks.text(about.name), marks.text(about.namespace)
        about = replace(about, name=name, namespace=namespace)
    return replace(
        danger,
        object=about,
        says=marks.text(danger.says),
        look=tuple(map(marks.text, danger.look)),
        kustomization=key,
    )
