"""Images of a delivery in short: what is on one side only says whose it is."""

from __future__ import annotations

import pytest

from fluxtui.domain.review.content import ImageChange


@pytest.mark.parametrize(
    ("image", "sides"),
    [
        (ImageChange("a:1", "a:2", ("api/web",)), ("a:1", "a:2")),
        (ImageChange("a:1", "", ("export/main", "sweep/main")), ("a:1", "gone with export")),
        (ImageChange("", "a:2", ("export/main",)), ("new with export", "a:2")),
        (ImageChange("", "a:2"), ("none", "a:2")),
        (ImageChange("a:1", ""), ("a:1", "none")),
    ],
)
def test_an_image_that_comes_or_goes_names_its_workload(
    image: ImageChange, sides: tuple[str, str]
) -> None:
    assert image.sides == sides
