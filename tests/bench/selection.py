"""Selection: every tag with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.selection import Policy
from fluxtui.domain.versions import select
from tests.bench.measure import Row, median


def rows() -> Iterator[Row]:
    """Cold, as the worker does it."""
    tags = [f"v{n // 100}.{n % 100}.{n % 7}{'-rc.1' if n % 3 else ''}" for n in range(10_000)]
    cold = median(lambda: select(tags, Policy(">=1.0.0")))
    yield Row("Selection with reasons, 10,000 tags", cold, budget=200)
