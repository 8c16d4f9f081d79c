"""Selection: every tag of 10,000 with its reason, cold and when little has changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle

from fluxtui.domain.selection import Policy
from fluxtui.domain.versions import Selector, select
from tests.bench.measure import Row, median

TAGS = [f"v{n // 100}.{n % 100}.{n % 7}{'-rc.1' if n % 3 else ''}" for n in range(10_000)]
PUBLISHED = {tag: f"2026-01-01T{n // 3600 % 24:02}:00:00Z" for n, tag in enumerate(TAGS)}


def rows() -> Iterator[Row]:
    """Cold, as the worker does it; then with a memory of the tags, as the Engine has it."""
    cold = median(lambda: select(TAGS, Policy(">=1.0.0")))
    yield Row("Selection with reasons, 10,000 tags", cold, budget=200)
    cold = median(lambda: select(TAGS, Policy(">=0.0.0-0", ".*-rc.*"), PUBLISHED))
    yield Row("Selection, filtered, with publish times", cold, budget=200)

    selector = Selector(Policy(">=1.0.0"))
    tags = list(TAGS)
    selector.select(tags, PUBLISHED)
    fresh = count()

    def one_more() -> None:
        tags.append(f"v200.{next(fresh)}.0")
        chosen = selector.select(tags, PUBLISHED).chosen
        assert chosen == tags[-1], chosen

    yield Row("Selection, one tag added (chosen)", median(one_more), budget=15)

    def one_aside() -> None:
        tags.append(f"v0.0.{next(fresh) + 10}")
        selector.select(tags, PUBLISHED)

    yield Row("Selection, one tag added (refused)", median(one_aside), budget=15)
    ranges = cycle(["~50.1", ">=2.0.0 <90.0.0", "^10 || ^20 || >=30.0.0-0", ">=1.0.0"])

    def edited() -> None:
        selector.policy = Policy(next(ranges))
        selector.select(TAGS, PUBLISHED)

    yield Row("Selection, range edited", median(edited), budget=60)
