"""What Flux's controllers wrote of the fleet, kept as files, for tests where none of them runs.

`recorded` gives the objects, `expected` what a person must be told of each. Both come from
record.py; nobody writes them by hand. What no controller here can tell is in a file of its own,
`by_hand`, and is called so wherever it is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RECORDINGS = Path(__file__).parents[2] / "recordings" / "flux"
EXPECTED = "expected.json"
BY_HAND = "by-hand.yaml"


@dataclass(frozen=True, slots=True)
class Expected:
    """`state`: ready, failing, progressing, suspended, stalled or static. `words` stand in the
    reason, in any case of letters; `about` is the fault in a person's words."""

    state: str
    words: tuple[str, ...]
    about: str


def recorded() -> dict[str, dict[str, Any]]:
    """Every object by Kind/namespace/name."""
    files = sorted(RECORDINGS.glob("[A-Z]*.json"))
    objects = [item for path in files for item in json.loads(path.read_text(encoding="utf-8"))]
    return {key(item): item for item in objects}


def expected() -> dict[str, Expected]:
    told = json.loads((RECORDINGS / EXPECTED).read_text(encoding="utf-8"))
    return {
        name: Expected(case["state"], tuple(case["words"]), case["about"])
        for name, case in told.items()
    }


def by_hand() -> tuple[dict[str, dict[str, Any]], dict[str, Expected]]:
    """Objects that nobody recorded, and what a person must be told of each."""
    told = yaml.safe_load((RECORDINGS.parent / BY_HAND).read_text(encoding="utf-8"))
    objects = {key(case["object"]): case["object"] for case in told}
    said = {
        key(case["object"]): Expected(case["state"], tuple(case["words"]), case["about"])
        for case in told
    }
    return objects, said


def key(item: dict[str, Any]) -> str:
    metadata = item["metadata"]
    return f"{item['kind']}/{metadata['namespace']}/{metadata['name']}"
