"""The recordings of Flux's controllers are whole, and say nothing of the machine they come from."""

from __future__ import annotations

import json

import pytest

from tests.contract.fleet.recordings import RECORDINGS, expected, recorded

STATES = {"ready", "failing", "progressing", "suspended", "stalled", "static"}


def test_of_every_object_it_is_written_what_a_person_must_be_told() -> None:
    assert recorded().keys() == expected().keys()
    assert {case.state for case in expected().values()} == STATES


@pytest.mark.parametrize("name", sorted(expected()))
def test_the_words_are_those_of_the_controller(name: str) -> None:
    case, found = expected()[name], recorded()[name]
    conditions = (found.get("status") or {}).get("conditions") or ()
    said = " ".join(f"{c['reason']} {c['message']}" for c in conditions).lower()
    assert all(word.lower() in said for word in case.words), said
    if case.state in ("failing", "stalled"):
        assert case.words, "a fault without a reason"


def test_nothing_of_a_machine_and_no_secret_is_in_them() -> None:
    text = "".join(path.read_text() for path in RECORDINGS.glob("*.json"))
    for word in ("fluxtui-fleet", "/root", "/home", "/work", "managedFields"):
        assert word not in text
    for item in recorded().values():
        assert item["kind"] != "Secret"
        path = (item.get("status") or {}).get("webhookPath", "/hook/hidden")
        assert path == "/hook/hidden", json.dumps(item)
