"""Where values stand in a text: for lines of Origins, and for what variables went into.

Reads the text a second time, only when somebody asks. Must not be used while rendering.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.files import Files
from fluxtui.kustomize.reader import DEEPEST, Reader
from fluxtui.kustomize.tracking import Origin, Path, field_text

Span = tuple[int, int, tuple[str, ...]]


def values_at(text: str, spans: Sequence[Span]) -> dict[Path, tuple[str, ...]]:
    """Names of the spans (start, end, names; in characters) per path of the value they stand in.

    A span in a mapping key counts for the value under it. `text` holds one document.
    """
    result: dict[Path, tuple[str, ...]] = {}
    node = Reader("").compose(text)
    if node is None:
        return result
    for path, leaf, key in _leaves(node, (), None, 0):
        names: dict[str, None] = {}
        for start, end, variables in spans:
            if any(_overlaps(n, start, end) for n in (leaf, key) if n is not None):
                names.update(dict.fromkeys(variables))
        if names:
            result[path] = tuple(names)
    return result


def _overlaps(node: yaml.Node, start: int, end: int) -> bool:
    first, last = node.start_mark.index, node.end_mark.index
    return bool(start < last and end > first) or (start == end and bool(first <= start <= last))


def _leaves(
    node: yaml.Node, path: Path, key: yaml.Node | None, depth: int
) -> Iterator[tuple[Path, yaml.Node, yaml.Node | None]]:
    if depth > DEEPEST:
        return
    if isinstance(node, yaml.MappingNode) and node.value:
        for name, value in node.value:
            yield from _leaves(value, (*path, str(name.value)), name, depth + 1)
    elif isinstance(node, yaml.SequenceNode) and node.value:
        for index, value in enumerate(node.value):
            yield from _leaves(value, (*path, index), key, depth + 1)
    else:
        yield path, node, key


class Lines:
    """The lines of values in the files of a build; each file is read again once, when asked for."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[str, list[tuple[int, dict[str, int]]]] = {}

    def of(self, origin: Origin) -> int:
        """The line (1-based) an Origin's field stands on in its file; 0 when it is not known."""
        if not origin.file:
            return 0
        if origin.file not in self._known:
            self._known[origin.file] = self._read(origin.file)
        documents = self._known[origin.file]
        if origin.document >= len(documents):
            return 0
        first, lines = documents[origin.document]
        return lines.get(origin.field, 0 if origin.field else first)

    def _read(self, file: str) -> list[tuple[int, dict[str, int]]]:
        try:
            documents = list(Reader(file).nodes(self._files.read(file)))
        except BuildError:
            return []
        return [(line, field_lines(node, line)) for node, line in documents]


def field_lines(node: yaml.Node, first: int) -> dict[str, int]:
    """The line of every value by its path; of a mapping or list the line of what is first in it."""
    lines: dict[str, int] = {}
    for path, leaf, key in _leaves(node, (), None, 0):
        begin = leaf if key is None or (path and isinstance(path[-1], int)) else key
        line = int(first + begin.start_mark.line)
        for length in range(1, len(path) + 1):
            lines.setdefault(field_text(path[:length]), line)
    return lines


def line_of_field(files: Files, file: str, field: str) -> int:
    """The line of a field, or of what would hold it, in a file of one document; 0 if unknown."""
    try:
        documents = list(Reader(file).nodes(files.read(file))) if files.is_file(file) else []
    except BuildError:
        return 0
    if len(documents) != 1:
        return 0
    lines = field_lines(*documents[0])
    while field and field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines.get(field, 0)


def line_of(files: Files, origin: Origin) -> int:
    """The line of one Origin; see `Lines`."""
    return Lines(files).of(origin)


def leaf_lines(text: str) -> dict[Path, int]:
    """The line (0-based) on which each scalar of a one-document text begins."""
    node = Reader("").compose(text)
    if node is None:
        return {}
    return {path: leaf.start_mark.line for path, leaf, _key in _leaves(node, (), None, 0)}
