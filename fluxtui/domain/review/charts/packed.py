"""What a rule is given of the chart that a release goes to, and what such a rule is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from fluxtui.domain.danger import Danger
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.resource import Key
from fluxtui.domain.review.content import ImageChange
from fluxtui.kit.values import frozen

Object = Mapping[str, Any]


@frozen
class ChartSide:
    """One side: Chart.yaml as `about`, default `values`, the CustomResourceDefinitions that lie in
    `crds/`, of it and of the charts in it."""

    about: Object = field(default_factory=dict)
    values: Object = field(default_factory=dict)
    definitions: Mapping[ObjectId, Object] = field(default_factory=dict)

    def says(self, name: str) -> str:
        """A field of Chart.yaml as text, "" where it is not there."""
        value = self.about.get(name)
        return str(value) if isinstance(value, str | int | float) else ""


@frozen
class PackedDelivery:
    """A release whose chart goes from one version to another. `own_values`: those that its object
    sets; `definitions`: what it does with `crds/` (Skip, Create, CreateReplace); `images`: those
    that the packed charts name."""

    release: Key
    before: ChartSide
    after: ChartSide
    own_values: Object = field(default_factory=dict)
    definitions: str = "Skip"
    images: tuple[ImageChange, ...] = ()


@frozen
class ChartRule:
    """One danger to look for. `why`: what happens and what to do instead."""

    id: str
    title: str
    why: str
    judge: Callable[[PackedDelivery], Iterable[Danger]]
