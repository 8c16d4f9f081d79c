"""What two versions of a chart consist of, and how that differs: files, default values, images.

Runs in the worker process only. Nothing is rendered: images are those that values, annotations and
templates name in so many words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.artifacts.unpacking import Limits, unpack_files
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.objectdiff import FieldChange, ObjectChange, diff_values
from fluxtui.engine.builds.releaseparts import parsed

FILE, IMAGE = "File", "Image"
"""What the kinds of a chart's files and images are called in a comparison."""
LIMITS = Limits(max_bytes=100 << 20, max_entries=10_000)
_LONGEST_TEXT = 512 << 10
_PARSED = ("Chart.yaml", "values.yaml")
# Blanks within a line alone: over lines a long file would take for ever.
_LITERAL = re.compile(
    r"^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?([a-z0-9][^\s\"'{}]{0,500})[\"']?[ \t\r]*$", re.MULTILINE
)
_LONGEST_REFERENCE = 500
_REFERENCE = re.compile(r"([^@\s]+?)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?")

Files = Mapping[str, bytes]


def chart_files(archive: bytes) -> dict[str, bytes]:
    """The files of a packed chart, below the chart's own folder. Raises ArtifactError."""
    files = unpack_files(archive, limits=LIMITS)
    return {path.partition("/")[2]: data for path, data in files.items() if "/" in path}


def changed_files(before: Files, after: Files) -> tuple[ObjectChange, ...]:
    """Files that are not the same, Chart.yaml and values.yaml first; of these field by field."""
    names = sorted(
        (name for name in {**before, **after} if before.get(name) != after.get(name)),
        key=lambda name: (name.count("/") > 0, name not in _PARSED, name),
    )
    return tuple(_file(name, before.get(name), after.get(name)) for name in names)


def changed_images(before: Files, after: Files) -> tuple[ObjectChange, ...]:
    """Images that only one side names, or that it names with another tag."""
    old, new = _images(before), _images(after)
    changes = []
    for name in sorted({**old, **new}):
        was, now = (", ".join(sorted(side.get(name, ()))) for side in (old, new))
        if was == now:
            continue
        kind, id_ = _kind(name in old, name in new), ObjectId("", name, "", IMAGE)
        fields = (FieldChange("tag", was, now),) if kind == "changed" else ()
        sides = [{"tag": tag} if tag else None for tag in (was, now)]
        changes.append(ObjectChange(kind, id_, fields, before=sides[0], after=sides[1]))
    return tuple(changes)


def in_chart(files: Files, name: str) -> Mapping[str, Any]:
    """The mapping in a file of the chart; {} where there is none, or it cannot be read."""
    return _parsed(files.get(name)) or {}


def _kind(before: bool, after: bool) -> Any:
    return "changed" if before and after else "added" if after else "removed"


def _file(name: str, before: bytes | None, after: bytes | None) -> ObjectChange:
    kind = _kind(before is not None, after is not None)
    id_ = ObjectId("", name, "", FILE)
    if kind == "changed" and name.rpartition("/")[2] in _PARSED:
        old, new = _parsed(before), _parsed(after)
        fields = tuple(diff_values(old, new)) if old is not None and new is not None else ()
        if fields:
            return ObjectChange(kind, id_, fields, before=old, after=new)
    # Of other files the text says it, and so it does of comments.
    lines = (FieldChange("lines", _lines(before), _lines(after)),) if kind == "changed" else ()
    return ObjectChange(kind, id_, lines, before=_text(before), after=_text(after))


def _text(data: bytes | None) -> Any:
    if data is None:
        return None
    try:
        if len(data) <= _LONGEST_TEXT:
            return {"text": data.decode()}
    except ValueError:
        pass  # it is no text
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _lines(data: bytes | None) -> int:
    return len((data or b"").splitlines())


def _images(files: Files) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, data in files.items():
        folder, _slash, name = path.rpartition("/")
        try:
            text = data.decode()
            if name == "values.yaml" and (not folder or f"{folder}/Chart.yaml" in files):
                about = _parsed(files.get(f"{folder}/Chart.yaml".lstrip("/"))) or {}
                pairs = _valued(parsed(text), str(about.get("appVersion") or ""))
            elif name == "Chart.yaml":
                pairs = _annotated(parsed(text))
            elif "templates" in folder.split("/"):
                pairs = (_split(match[1]) for match in _LITERAL.finditer(text))
            else:
                continue
            for image, tag in pairs:
                found.setdefault(image, set()).add(tag)
        except (FluxtuiError, ValueError):
            continue  # what cannot be read names nothing
    return found


def _parsed(data: bytes | None) -> Mapping[str, Any] | None:
    """The values in a file; None where it has none that can be read."""
    try:
        return parsed((data or b"").decode())
    except (FluxtuiError, ValueError):
        return None


def _valued(value: Any, version: str, name: str = "") -> Iterator[tuple[str, str]]:
    """Images as charts' values write them: `repository` with `tag`, or `image: name:tag`. Without
    a tag most templates take the chart's appVersion."""
    if isinstance(value, Mapping):
        repository = value.get("repository")
        if isinstance(repository, str) and repository and {"tag", "digest"} & set(value):
            host = value.get("registry")
            image = f"{host}/{repository}" if isinstance(host, str) and host else repository
            yield image, str(value.get("digest") or value.get("tag") or version)
        for key, part in value.items():
            yield from _valued(part, version, str(key))
    elif isinstance(value, list):
        for part in value:
            yield from _valued(part, version, name)
    elif (
        isinstance(value, str) and name.lower().endswith("image") and ("/" in value or ":" in value)
    ):
        yield _split(value)


def _annotated(chart: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    notes = chart.get("annotations")
    text = notes.get("artifacthub.io/images") if isinstance(notes, Mapping) else None
    if not isinstance(text, str):
        return
    listed = parsed(f"images:\n{text}").get("images")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("image"), str):
            yield _split(entry["image"])


def _split(reference: str) -> tuple[str, str]:
    match = _REFERENCE.fullmatch(reference) if len(reference) <= _LONGEST_REFERENCE else None
    if match is None:
        return reference, ""
    return match[1], match[3] or match[2] or "latest"
