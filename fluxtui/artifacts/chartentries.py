"""Reading an index of Helm charts: the versions of the charts that somebody wants, and no others.

An index has tens of megabytes and a YAML parser takes seconds for each, so the lines of a chart are
found first and only these are parsed; what is not laid out as Helm lays it out is parsed whole. For
the worker process: it holds the interpreter. An entry that is malformed is left out, as Helm does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from fluxtui.domain.errors import ArtifactError
from fluxtui.domain.revision import is_digest

_ENTRIES = re.compile(rb"^entries:[ \t]*\r?\n", re.MULTILINE)
_TOP = re.compile(rb"^[^\s#-]", re.MULTILINE)
_FIRST = re.compile(rb"^( +)[^\s#-]", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
# What lets a line mean another thing than it looks like: anchors, aliases, tags, documents.
_ODD = re.compile(rb"(?:[:\-] |^)[&*!][A-Za-z0-9!]|^(?:---|\.\.\.) *\S*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ChartVersion:
    """One entry: `created` as it stands there, `digest` `sha256:...` or "", `urls` of its archive,
    absolute or from the index's folder."""

    version: str
    created: str = ""
    app: str = ""
    digest: str = ""
    deprecated: bool = False
    urls: tuple[str, ...] = ()


Entries = Mapping[str, tuple[ChartVersion, ...]]


def entries(body: bytes, charts: Collection[str]) -> Entries:
    """The versions of those of `charts` that it has, as listed there. Raises ArtifactError."""
    listed = _cut(body, charts)
    if listed is None:
        document = _parsed(body)
        every = document.get("entries") if isinstance(document, Mapping) else None
        if not isinstance(every, Mapping):
            raise ArtifactError("it is no index of charts: it has no entries")
        listed = {name: every[name] for name in charts if name in every}
    return {name: _versions(each) for name, each in listed.items()}


def _cut(body: bytes, charts: Collection[str]) -> dict[str, Any] | None:
    """The charts out of their lines alone; None when the layout is another one."""
    start = _ENTRIES.search(body)
    if start is None or body.lstrip()[:1] == b"{":
        return None
    top = _TOP.search(body, start.end())
    end = top.start() if top is not None else len(body)
    first = _FIRST.search(body, start.end(), end)
    if first is None or not all(map(_PLAIN.fullmatch, charts)):
        return None
    indent = first[1]
    ends = re.compile(rb"^ {0,%d}[^\s#-]" % len(indent), re.MULTILINE)
    cut: dict[str, Any] = {}
    for name in charts:
        head = re.compile(rb"^%s([\"']?)%s\1:" % (indent, re.escape(name.encode())), re.MULTILINE)
        here = list(head.finditer(body, start.end(), end))
        if len(here) > 1:
            return None
        if not here:
            continue
        following = ends.search(body, here[0].end(), end)
        lines = body[here[0].start() : following.start() if following else end]
        if _ODD.search(lines):
            return None
        document = _parsed(lines)
        if not isinstance(document, Mapping) or list(document) != [name]:
            return None
        cut[name] = document[name]
    return cut


def _parsed(text: bytes) -> Any:
    """Raises ArtifactError."""
    try:
        if text.lstrip()[:1] == b"{":
            return json.loads(text)
        # Texts alone: 1.10 is a version, and no number.
        return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise ArtifactError(f"it is no index of charts: {why}") from error


def _versions(each: object) -> tuple[ChartVersion, ...]:
    return tuple(
        ChartVersion(
            _text(entry.get("version")),
            _text(entry.get("created")),
            _text(entry.get("appVersion")),
            _digest(_text(entry.get("digest"))),
            entry.get("deprecated") in (True, "true"),
            tuple(filter(None, map(_text, _list(entry.get("urls"))))),
        )
        for entry in _list(each)
        if isinstance(entry, Mapping) and _text(entry.get("version"))
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _digest(text: str) -> str:
    whole = text if text.startswith("sha256:") else f"sha256:{text}"
    return whole if is_digest(whole) else ""
