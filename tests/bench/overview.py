"""Board, chains and findings: everything anew, and after one change, over 10,000 Flux objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import count

from fluxtui.domain.overview import Overview, overview
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from tests.bench import fleet
from tests.bench.measure import Row, median


def rows() -> Iterator[Row]:
    """No budget of their own: they are part of what a change costs."""
    seen = fleet.snapshot(10_000)
    yield Row("overview of 10,000 objects, anew", median(lambda: overview(seen), 3), note="once")
    remembering, numbers = Overview(), count(2)
    remembering(seen)

    def one() -> None:
        nonlocal seen
        seen = _changed(seen, next(numbers))
        remembering(seen)

    yield Row("overview of 10,000 objects, one changed", median(one), note="in each Snapshot")


def _changed(seen: Snapshot, version: int) -> Snapshot:
    one = Resource.from_object("eu", fleet.changed(3, 4, version, f"applied {version}"))
    kind = (one.key.group, one.key.kind)
    table = {**seen.table("eu", kind), one.key: one}
    kinds = {**seen.resources["eu"], kind: table}
    return dataclasses.replace(seen, resources={**seen.resources, "eu": kinds})
