"""A chart's images come from another registry, or name no version. Pure.

As packed: default values, annotations and templates that name an image in so many words.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.charts.packed import ChartRule, PackedDelivery
from fluxtui.domain.review.rules.image_name import floats, registry


def _judge(delivered: PackedDelivery) -> Iterator[Danger]:
    gone = [i.before for i in delivered.images if i.before and not i.after]
    for image in delivered.images:
        old, new = image.before, image.after
        if new and floats(new):
            was = f" (was {old})" if old else ""
            says = f"{new} names no version, each node takes what there is{was}"
            yield Danger(RULE.id, Gravity.CARE, says)
        # An image that moves goes under one name and comes under another.
        moved = [each for each in gone if _path(each) == _path(new)] if new and not old else []
        if moved and registry(moved[0]) != registry(new):
            says = f"from {registry(new)} instead of {registry(moved[0])} ({moved[0]} -> {new})"
            yield Danger(RULE.id, Gravity.CARE, says)


def _path(image: str) -> str:
    """The last part of its name, without its tag."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


RULE = ChartRule(
    "chart-image",
    "a chart's image comes from elsewhere, or without a version",
    "`latest`, or no tag at all, is another image tomorrow, and on each node another one. Another"
    " registry means other pull secrets, other limits and another hand on the images. Set the image"
    " in spec.values, or take it from a mirror of your own.",
    _judge,
)
