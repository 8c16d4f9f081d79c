"""The fleet as cases: objects/*.yaml, read, with the servers' addresses put in.

A case is an object, what a story does to it later, the conditions by which its controller has said
all it will say, and what a person must be told of it. Nothing here talks to a server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_OBJECTS = Path(__file__).parent / "objects"
_PLURALS = {
    "GitRepository": "gitrepositories",
    "HelmRepository": "helmrepositories",
    "OCIRepository": "ocirepositories",
    "ImageRepository": "imagerepositories",
    "ImagePolicy": "imagepolicies",
}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`state` is ready, failing, progressing, suspended, stalled or static; `words` stand in the
    reason a person is given. `first` and `until` are conditions, as "Ready=False BuildFailed";
    `later` is a merge patch between them, `drifts` a ConfigMap that somebody edits then. `is_made`:
    a controller makes the object. `root`: whose fault it is, when not its own."""

    about: str
    object: Mapping[str, Any]
    state: str
    words: tuple[str, ...]
    first: tuple[str, ...]
    until: tuple[str, ...]
    later: Mapping[str, Any] | None
    is_made: bool
    root: str
    drifts: str

    @property
    def kind(self) -> str:
        return str(self.object["kind"])

    @property
    def key(self) -> str:
        metadata = self.object["metadata"]
        return f"{self.kind}/{metadata['namespace']}/{metadata['name']}"

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def path(self) -> str:
        return place_of(self.object)


def place_of(obj: Mapping[str, Any]) -> str:
    """The path of one of Flux's objects."""
    meta, kind = obj["metadata"], str(obj["kind"])
    plural = _PLURALS.get(kind, f"{kind.lower()}s")
    return f"/apis/{obj['apiVersion']}/namespaces/{meta['namespace']}/{plural}/{meta['name']}"


def cases(controller: str, places: Mapping[str, str]) -> Iterator[Case]:
    """Those of one file; every key of `places` is replaced by its value."""
    text = (_OBJECTS / f"{controller}.yaml").read_text(encoding="utf-8")
    for word, place in places.items():
        text = text.replace(word, place)
    for told in yaml.safe_load(text):
        yield Case(
            told["about"],
            told["object"],
            told["state"],
            tuple(told.get("words", ())),
            tuple(told.get("first", ())),
            tuple(told["until"]),
            told.get("later"),
            told.get("made", False),
            told.get("root", ""),
            told.get("drifts", ""),
        )


def met(conditions: tuple[str, ...], found: Mapping[str, Any]) -> bool:
    """Whether the object has all of these conditions, said of its present generation."""
    status = found.get("status") or {}
    said = {}
    for condition in status.get("conditions") or ():
        of = condition.get("observedGeneration", found["metadata"]["generation"])
        if of == found["metadata"]["generation"]:
            brief = f"{condition['type']}={condition['status']}"
            said[brief] = f"{brief} {condition.get('reason', '')}"
    return all(said.get(asked.split()[0], "").startswith(asked) for asked in conditions)
