"""Puts labels in place of Secret values in a bundle's files, before anybody compares them by lines.

A bundle may carry Secrets as manifests, or what secretGenerators make them of. Only the text to be
shown is changed, by the place of each value in it, so that the lines around stay as they are. What
cannot be parsed and speaks of a Secret is not shown at all. Must not be used for building.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MANIFESTS = (".yaml", ".yml", ".json")
_COPY = "kubectl.kubernetes.io/last-applied-configuration"
_SECRET = b"ecret"  # Secret, secretGenerator

Pairs: TypeAlias = list[tuple[str, "yaml.Node"]]


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Characters `begin` to `end` of a text hold the value that `label` names."""

    begin: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class SecretPlaces:
    """Where Secret values stand in files. `whole`: files that are one; `unparsed`: not known."""

    spans: Mapping[str, tuple[SecretPlace, ...]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    unparsed: frozenset[str] = frozenset()


def secret_places(files: Mapping[str, bytes], paths: Iterable[str]) -> SecretPlaces:
    """The places in the files named by `paths`, and all files that a secretGenerator takes."""
    whole: set[str] = set()
    spans: dict[str, tuple[SecretPlace, ...]] = {}
    unparsed: set[str] = set()
    wanted = set(paths)
    for path, data in files.items():
        name = posixpath.basename(path)
        kustomization = name in _KUSTOMIZATIONS
        if _SECRET not in data or not (kustomization or name.endswith(_MANIFESTS)):
            continue
        if not kustomization and path not in wanted:
            continue
        try:
            documents = list(yaml.compose_all(data.decode(), Loader=yaml.SafeLoader))
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
            unparsed.add(path)
            continue
        found = [place for document in documents for place in _places(document)]
        spans[path] = tuple(sorted(set(found), key=lambda place: place.begin))
        for document in documents:
            whole |= {
                posixpath.normpath(posixpath.join(posixpath.dirname(path), taken))
                for taken in _files_taken(document)
            }
    return SecretPlaces(spans, frozenset(whole), frozenset(unparsed))


def labelled(text: str, places: Iterable[SecretPlace], changed: frozenset[str]) -> str:
    """The text with labels; those in `changed` say so."""
    parts, at = [], 0
    for place in places:
        if place.begin < at:
            continue
        value = text[place.begin : place.end]
        word = f"({place.label}{', changed' if place.label in changed else ''})"
        ended = "\n" if value.endswith("\n") else ""
        parts += [text[at : place.begin], word, ended]
        at = place.end
    return "".join((*parts, text[at:]))


def differing(
    before: str, places: Iterable[SecretPlace], after: str, others: Iterable[SecretPlace]
) -> frozenset[str]:
    """Labels whose value is another on the other side, or is only there."""
    old, new = _values(before, places), _values(after, others)
    return frozenset(label for label in new if new[label] != old.get(label))


def _values(text: str, places: Iterable[SecretPlace]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for place in places:
        values.setdefault(place.label, []).append(text[place.begin : place.end])
    return values


def _places(node: yaml.Node | None) -> Iterator[SecretPlace]:
    """Of one document, lists of objects and texts that hold manifests included."""
    if not isinstance(node, yaml.MappingNode):
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from _places(item)
        elif isinstance(node, yaml.ScalarNode) and "Secret" in node.value and "\n" in node.value:
            yield _place(node, "text about a Secret")
        return
    fields = dict(_pairs(node))
    kind = fields.get("kind")
    if isinstance(kind, yaml.ScalarNode) and kind.value == "Secret":
        yield from _of_secret(fields)
        return
    for name, value in fields.items():
        if name == "secretGenerator":
            yield from _of_generators(value)
        elif name == "patch" and _for_secrets(fields):
            yield _place(value, "patch of a Secret")
        else:
            yield from _places(value)


def _for_secrets(patch: Mapping[str, yaml.Node]) -> bool:
    return _text(dict(_pairs(patch.get("target"))).get("kind")) == "Secret"


def _of_secret(fields: Mapping[str, yaml.Node]) -> Iterator[SecretPlace]:
    metadata = dict(_pairs(fields.get("metadata")))
    where = "/".join(filter(None, (_text(metadata.get("namespace")), _text(metadata.get("name")))))
    for part in ("data", "stringData"):
        for name, value in _pairs(fields.get(part)):
            for scalar in _scalars(value):
                yield _place(scalar, f"secret {where}#{name}")
    for name, value in _pairs(metadata.get("annotations")):
        if name == _COPY:
            yield _place(value, f"secret {where}, as applied last")


def _of_generators(node: yaml.Node) -> Iterator[SecretPlace]:
    for generator in _items(node):
        fields = dict(_pairs(generator))
        for scalar in _scalars(fields.get("literals")):
            key = scalar.value.partition("=")[0]
            yield _place(scalar, f"secret {_text(fields.get('name'))}#{key}")


def _files_taken(node: yaml.Node | None) -> Iterator[str]:
    """Files that are a Secret's values, or a patch of one."""
    kustomization = dict(_pairs(node))
    for name in ("patches", "patchesJson6902"):
        for patch in _items(kustomization.get(name)):
            fields = dict(_pairs(patch))
            if _for_secrets(fields) and "path" in fields:
                yield _text(fields["path"])
    for generator in _items(kustomization.get("secretGenerator")):
        fields = dict(_pairs(generator))
        for name in ("envs", "env"):
            yield from (scalar.value for scalar in _scalars(fields.get(name)))
        for scalar in _scalars(fields.get("files")):
            yield scalar.value.rpartition("=")[2]


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _pairs(node: yaml.Node | None) -> Pairs:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(_text(key), value) for key, value in node.value]


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for _key, value in node.value:
            yield from _scalars(value)


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _place(node: yaml.Node, label: str) -> SecretPlace:
    return SecretPlace(node.start_mark.index, node.end_mark.index, label)
