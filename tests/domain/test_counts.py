"""One of a thing is, two of a thing are."""

from __future__ import annotations

import pytest

from fluxtui.domain.counts import agreed, counted


@pytest.mark.parametrize(
    ("number", "thing", "verb", "text"),
    [
        (0, "row", "", "0 rows"),
        (1, "row", "is", "1 row is"),
        (2, "row", "is", "2 rows are"),
        (1, "Kustomization", "applies", "1 Kustomization applies"),
        (3, "Kustomization", "applies", "3 Kustomizations apply"),
        (2, "object", "has", "2 objects have"),
        (2, "object", "waits", "2 objects wait"),
        (2, "line", "was", "2 lines were"),
    ],
)
def test_things_and_verbs_agree(number: int, thing: str, verb: str, text: str) -> None:
    assert counted(number, thing, verb) == text


def test_other_plurals_are_named() -> None:
    assert counted(2, "entry", things="entries") == "2 entries"
    assert agreed(2, "goes") == "go"
