"""What the README promises is what the program has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from fluxtui.cli import arguments, fields
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


def lines() -> list[str]:
    """Command lines of ours, as somebody would copy them; `$F` is fluxtui with a configuration."""
    shown = re.findall(r"^ {4}(?:[^\s=]*fluxtui|\$F)\b(.*)$", README.read_text(), re.MULTILINE)
    return [
        re.sub(r"^ *\$F ", "", part).strip()
        for line in shown
        for part in line.partition("#")[0].split(";")
    ]


@pytest.mark.parametrize("line", lines())
def test_what_it_shows_can_be_typed(line: str) -> None:
    arguments.parse(shlex.split(line))


def test_its_configuration_shows_every_field() -> None:
    shown = yaml.safe_load(README.read_text().split("```yaml\n")[1].split("```")[0])

    def missing(node: fields.Node, value: object, trail: str) -> list[str]:
        if isinstance(node, fields.Names):
            known = node.known is not None
            each = value.values() if isinstance(value, dict) and not known else ()
            merged: dict[str, object] = {}
            for one in each:
                merged |= one if isinstance(one, dict) else {}
            return (
                missing(node.value, merged, trail)
                if isinstance(node.value, fields.FieldRecord)
                else []
            )
        if not isinstance(node, fields.FieldRecord):
            return []
        assert isinstance(value, dict)
        gone = [f"{trail}{name}" for name in node.fields if name not in value]
        return gone + [
            text
            for name, inner in node.fields.items()
            if name in value
            for text in missing(inner, value[name], f"{trail}{name}.")
        ]

    assert missing(fields.FILE, shown, "") == []
