"""A function that knows what it answered last."""

from __future__ import annotations

from fluxtui.kit.lately import asked_in_a_row


def test_a_value_is_read_once_for_the_questions_that_come_in_a_row() -> None:
    read: list[str] = []

    @asked_in_a_row
    def first(value: tuple[str, ...]) -> str:
        read.append(value[0])
        return value[0]

    one, two = ("one", "x"), ("two", "x")
    answers = [first(value) for value in (one, one, two, two, one)]
    assert answers == ["one", "one", "two", "two", "one"]
    assert read == ["one", "two", "one"]


def test_an_equal_value_is_another_one() -> None:
    @asked_in_a_row
    def itself(value: list[int]) -> list[int]:
        return value

    one, two = [1], [1]
    assert itself(one) is one and itself(two) is two
