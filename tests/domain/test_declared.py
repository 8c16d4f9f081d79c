"""Where a field is edited for good, as the sentence that stands beside an act that changes it."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.declared import Declaration, DeclaredField
from tests.builders import ks, source

FIELD = DeclaredField(ks().key, source().key, "spec.ref.semver")
WHAT = f"spec.ref.semver of {source().key.label}"


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (
            {"where": "../infra", "file": "apps/web.yaml", "line": 14},
            f"for good {WHAT} is edited in apps/web.yaml:14 in ../infra",
        ),
        (
            {"where": "../infra", "file": "apps/web.yaml"},
            f"for good {WHAT} is edited in apps/web.yaml in ../infra",
        ),
        (
            {"where": "../infra", "line": 14},
            f"for good {WHAT} is edited in ../infra",
        ),
        (
            {"where": "Kustomization infra/apps", "by": "patch 2", "remark": "at 1a2b3c4"},
            f"for good {WHAT} is edited in Kustomization infra/apps, set by patch 2 (at 1a2b3c4)",
        ),
        (
            {"file": "apps/web.yaml", "line": 14, "error": "it does not build"},
            f"where {WHAT} is declared: it does not build",
        ),
    ],
)
def test_a_place_is_said_as_far_as_it_is_known(parts: dict[str, Any], says: str) -> None:
    assert Declaration(FIELD, **parts).says == says
