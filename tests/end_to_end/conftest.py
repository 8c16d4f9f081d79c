"""One embedded delivery for all acts of the story, at twenty times the speed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import Embedded, embedded
from fluxtui.domain.config import Config


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The World, its Reconciler, and the roots applied: what `fluxtui demo` starts."""
    with embedded(tmp_path_factory.mktemp("demo"), speed=20) as running:
        problem = apply_roots(running)
        assert not problem, problem
        yield running


@pytest.fixture
def config(delivery: Embedded) -> Config:
    """What leads there."""
    return delivery.config()
