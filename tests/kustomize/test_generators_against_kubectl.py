"""Generated trees of generators, replacements and variables, beside `kubectl kustomize`.

Names change here in several ways at once, and references must follow.
"""

from __future__ import annotations

from hypothesis import given

from tests.kustomize.generated import trees
from tests.kustomize.generated_fields import FIELDS
from tests.kustomize.kubectl import ALIKE, NEEDS_KUBECTL, both_build_the_same

pytestmark = NEEDS_KUBECTL
COPYING = frozenset(FIELDS) - {"images", "labels", "patchesStrategicMerge", "replicas"}


@ALIKE
@given(trees(COPYING))
def test_generated_and_copied_values_come_out_alike(case: tuple[dict[str, str], str]) -> None:
    both_build_the_same(*case)
