"""A version that no digest can be given for is said to be unknown, or not to be there."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import context, revision, snapshot, source, tag_list

from fluxtui.commands import candidates
from fluxtui.commands.command import Context
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.resource import Resource

B = revision("1.5.0", "b")
LIST = tag_list({"1.5.0": "b", "1.6.0": "c"})


def at(*resources: Resource, tags: Any = ()) -> Context:
    return context(snapshot(*resources, tags=tags), environment="staging", service="acme/activity")


def test_a_version_that_nobody_named_is_called_so() -> None:
    where = at(source(stored=B))
    with pytest.raises(UsageError, match="the digest of no version is not known"):
        candidates.resolve(where, source(stored=B), "", back=False)
    with pytest.raises(UsageError, match=r"the digest of 7\.0\.0 is not known"):
        candidates.resolve(where, source(stored=B), "7.0.0", back=True)
    read = at(source(stored=B), tags=[replace(LIST, listed_at=1.0)])
    with pytest.raises(RefusedError, match=r"the registry has no tag 7\.0\.0"):
        candidates.resolve(read, source(stored=B), "7.0.0", back=False)
