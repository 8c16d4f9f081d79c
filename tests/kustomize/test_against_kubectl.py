"""Generated trees of patches and names, built by us and by `kubectl kustomize`: the same comes out.

The other half, generators and whatever copies values, is in test_generators_against_kubectl.py, so
that the two can run side by side.
"""

from __future__ import annotations

from hypothesis import given

from tests.kustomize.generated import trees
from tests.kustomize.kubectl import ALIKE, NEEDS_KUBECTL, both_build_the_same

pytestmark = NEEDS_KUBECTL
FIELDS = frozenset(
    {
        "images",
        "labels",
        "namePrefix",
        "nameSuffix",
        "namespace",
        "patches",
        "patchesStrategicMerge",
        "replicas",
        "transformers",
    }
)


@ALIKE
@given(trees(FIELDS))
def test_patches_and_names_come_out_alike(case: tuple[dict[str, str], str]) -> None:
    both_build_the_same(*case)
