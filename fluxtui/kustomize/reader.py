"""YAML in, values out, exactly as kustomize reads it: why `0644` is 420 and `yes` a string here.

PyYAML's C parser builds the node graph; resolution and construction are our own, because neither
PyYAML (YAML 1.1) nor a YAML 1.2 library agrees with go-yaml. Hostile input (alias bombs, endless
nesting, huge files, invalid UTF-8, doubled keys) ends in a BuildError with file and line, in
bounded time. Nothing here knows Kubernetes beyond apiVersion, kind and metadata.
Rule source: kyaml's ByteReader and go-yaml v3.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import composing
from fluxtui.kustomize.files import LARGEST_FILE
from fluxtui.kustomize.numbers import is_infinite
from fluxtui.kustomize.scalars import (
    Bare,
    FlowList,
    FlowMap,
    Folded,
    Literal,
    Quoted,
    is_null,
    is_word,
    plain,
    resolve,
    single_text,
)
from fluxtui.kustomize.tags import STRING, tagged

MOST_NODES: Final = 2_000_000
DEEPEST: Final = 200
DEEPEST_FLOW: Final = 5000
_INDICATORS = re.compile(r"(?:[-?][ \t]+){2000}")
_SEPARATOR = re.compile(r"\n---.*\n")
_STYLES: Final = {">": Folded, "|": Literal}
WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Reader:
    """Reads one file's text.

    `old` means `kubectl -f`'s rules instead of kustomize's; `doubles` lets the last of doubled keys
    win (which is part of the old rules unless said otherwise), and lists them with their lines.
    """

    def __init__(self, file: str, *, old: bool = False, doubles: bool | None = None) -> None:
        self.file = file
        self.old = old
        self.doubles = old if doubles is None else doubles
        self.doubled: list[tuple[str, int]] = []
        self._left = MOST_NODES
        self._line = 0

    def documents(self, data: bytes | str) -> Iterator[tuple[Any, int]]:
        """(value, first line) of each document, empty ones left out."""
        for node, line in self.nodes(data):
            value = self._value(node, 0, False)
            if value is not None:
                yield value, line

    def nodes(self, data: bytes | str) -> Iterator[tuple[yaml.Node, int]]:
        """(node, first line) of each document that holds anything.

        Of a UTF-16 file it is the first document alone: kustomize looks for the lines between
        documents in its bytes, and finds none.
        """
        wide = isinstance(data, bytes) and data.startswith(WIDE)
        whole = self._decode(data)
        for text, line in [(whole, 1)] if wide else self._split(whole):
            self._line = line
            node = self.compose(text)
            if node is not None:
                yield node, line

    def _decode(self, data: bytes | str) -> str:
        if isinstance(data, bytes):
            if len(data) > LARGEST_FILE:
                raise BuildError(f"larger than {LARGEST_FILE >> 20} MiB", file=self.file, line=1)
            try:
                data = data.decode("utf-16" if data.startswith(WIDE) else "utf-8-sig")
            except UnicodeDecodeError as problem:
                line = problem.object.count(b"\n", 0, problem.start) + 1
                raise BuildError(
                    f"not valid {problem.encoding.upper()}", file=self.file, line=line
                ) from problem
        return data.replace("\r\n", "\n")

    def _split(self, text: str) -> Iterator[tuple[str, int]]:
        start, line = 0, 1
        for separator in _SEPARATOR.finditer(text):
            after = separator.group()[4:].strip()
            line_here = line + text.count("\n", start, separator.start() + 1)
            if after and not after.startswith("#"):
                message = f"invalid document separator: {separator.group().strip()}"
                raise BuildError(message, file=self.file, line=line_here)
            yield text[start : separator.start() + 1], line
            line = line_here + 1
            start = separator.end()
        yield text[start:], line

    def compose(self, text: str) -> yaml.Node | None:
        """The nodes of the first document in a text. Raises BuildError when it is not YAML."""
        if _too_deep(text):
            raise BuildError(
                f"nested deeper than {DEEPEST} levels", file=self.file, line=self._line
            )
        try:
            return composing.compose(text)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            line = self._line + mark.line if mark is not None else self._line
            reason = getattr(problem, "problem", None) or str(problem)
            raise BuildError(f"not valid YAML: {reason}", file=self.file, line=line) from problem

    def _fail(self, message: str, node: yaml.Node) -> BuildError:
        line = self._line + node.start_mark.line
        return BuildError(message, file=self.file, line=line)

    def _value(self, node: yaml.Node, depth: int, verbatim: bool) -> Any:
        """`verbatim`: keep the text of scalars (annotations are printed as they were written)."""
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            raise self._fail("too many or too deeply nested values (an alias bomb?)", node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, verbatim)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth, verbatim)
        items = [self._value(item, depth + 1, False) for item in node.value]
        return FlowList(items) if getattr(node, "flow_style", False) else items

    def _scalar(self, node: yaml.ScalarNode, verbatim: bool) -> Any:
        text = node.value
        if node.tag == composing.PLAIN:
            if node.style:
                return _STYLES.get(node.style, Quoted)(text)
            value = resolve(text, old=self.old)
            if self.old and is_infinite(value):
                raise self._fail(f"{text} cannot be written as JSON", node)
            return (
                Bare(text) if verbatim and type(value) is not str and not is_null(value) else value
            )
        if verbatim:
            return Quoted(text)
        try:
            return tagged(node.tag, text, old=self.old)
        except ValueError as problem:
            raise self._fail(str(problem), node) from problem

    def _mapping(self, node: yaml.MappingNode, depth: int, verbatim: bool) -> dict[str, Any]:
        result: dict[str, Any] = FlowMap() if node.flow_style else {}
        merges: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._fail("a mapping key must be a scalar", key_node)
            key = key_node.value
            if key == "<<" and not key_node.style:
                if merges and not self.doubles:
                    raise self._fail("mapping key '<<' is defined twice", key_node)
                merges.append(value_node)
                continue
            key = self._key(key_node, depth)
            if key in result:
                if not self.doubles:
                    raise self._fail(f"mapping key {key!r} is defined twice", key_node)
                self.doubled.append((key, self._line + key_node.start_mark.line))
            notes = depth == 1 and key == "annotations" and node is self._metadata and not self.old
            notes = notes or verbatim
            if depth == 0 and key == "metadata":
                self._metadata = value_node
            result[key] = self._value(value_node, depth + 1, notes)
        for merge in merges:
            self._merge(result, merge, depth)
        return result

    def _key(self, node: yaml.ScalarNode, depth: int) -> str:
        key: str = node.value
        if self.old:
            return key if node.style else self._old_key(key, node)
        bare = node.tag == composing.PLAIN and not node.style
        if (bare and depth and not is_word(key)) or node.tag not in (composing.PLAIN, STRING):
            raise self._fail(f"mapping key {key!r} is not a string; quote it", node)
        return key

    def _old_key(self, text: str, node: yaml.Node) -> str:
        """A bare key as `kubectl -f` reads it: `n` is "false", `0x10` is "16"."""
        value = resolve(text, old=True)
        if is_null(value):
            raise self._fail("a mapping key cannot be null", node)
        return value if isinstance(value, str) else single_text(value)

    _metadata: yaml.Node | None = None

    def _merge(self, result: dict[str, Any], node: yaml.Node, depth: int) -> None:
        """`<<`: keys that are not there yet are taken over, the first source first."""
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                raise self._fail("<< needs a mapping or a list of mappings", node)
            for key, value in self._mapping(source, depth + 1, False).items():
                result.setdefault(key, value)


def _too_deep(text: str) -> bool:
    """Whether the C composer, which recurses, could overflow its stack on this text."""
    if _INDICATORS.search(text):
        return True
    if text.count("[") + text.count("{") < DEEPEST_FLOW:
        return False
    deep = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        deep = deep + 1 if bracket.group() in "[{" else max(0, deep - 1)
        if deep > DEEPEST_FLOW:
            return True
    return False


def load_values(data: bytes | str, *, file: str = "", mode: str = "kustomize") -> list[Any]:
    """Every non-empty document's value, scalars with their text kept (see scalars.py)."""
    return [v for v, _ in Reader(file, old=mode == "kubectl").documents(data)]


def load_mapping(data: bytes, path: str) -> tuple[dict[str, Any], list[str]]:
    """A kustomization's mapping, with findings: of doubled keys in it the last one counts.

    Raises BuildError when it is not YAML or no mapping.
    """
    reader = Reader(path, old=True)
    documents = list(reader.documents(data))
    raw = plain(documents[0][0], floats=True) if documents else {}
    if not isinstance(raw, dict):
        raise BuildError("a kustomization is a mapping", file=path)
    return raw, [
        f"{path}:{line}: {key} is defined twice; the last one counts"
        for key, line in reader.doubled
    ]
