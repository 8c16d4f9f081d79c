"""`fluxtui dangers` lists what a review looks for and explains one, without asking anybody."""

from __future__ import annotations

from cli_delivery import Shell
from documents import checked

from fluxtui.domain.review.catalog import ALL


def test_all_are_listed_with_what_they_are(shell: Shell) -> None:
    said = shell("dangers")
    assert said.code == 0
    assert all(rule.id in said.out and rule.title in said.out for rule in ALL)
    items = checked(shell("dangers", "-o", "json").out, "Dangers")["items"]
    assert [item["id"] for item in items] == [rule.id for rule in ALL]


def test_one_is_explained(shell: Shell) -> None:
    said = shell("dangers", "storage-shrink")
    assert said.code == 0 and said.out.startswith("storage-shrink: ")
    assert "can only grow" in " ".join(said.out.split())
    (item,) = checked(shell("dangers", "migration", "-o", "json").out, "Dangers")["items"]
    assert item["id"] == "migration" and item["why"]


def test_an_id_that_is_none_is_told_the_nearest(shell: Shell) -> None:
    said = shell("dangers", "storage-shrnk")
    assert said.code == 2 and "storage-shrink" in said.err
