"""What the README promises is what the program has."""

from __future__ import annotations

import re
from pathlib import Path

from fluxtui.cli.vocabulary import verbs as all_verbs
from tests.readme import README, written

ROOT = Path(__file__).parent.parent


def test_its_keys_are_those_of_the_registry() -> None:
    text = README.read_text()
    assert text == written(text), "run: python -m tests.readme"


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"\]\((screenshots/[^)]+)\)", README.read_text())
    assert len(pictures) >= 5
    assert [p for p in pictures if not (ROOT / p).is_file()] == []


def test_its_make_targets_are_there() -> None:
    targets = set(re.findall(r"make ([a-z-]+)", README.read_text()))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= known


def test_its_verbs_are_there() -> None:
    verbs = set(re.findall(r"^ {4}fluxtui ([a-z]+)", README.read_text(), re.MULTILINE))
    assert verbs and verbs <= all_verbs().keys()
