"""A text's nodes, as go-yaml makes them: where libyaml's composer refuses what Go reads.

PyYAML's C composer is quick and used first. It knows each anchor once, while YAML (1.2, 3.2.2.2)
lets a later node take the name: an alias means the last one before it. Such a text is composed a
second time here, from the C parser's events. Nothing here resolves tags or scalars.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

PLAIN: Final = "plain"
_ESCAPE: Final = "found unknown escape character"
_SLASH: Final = re.compile(r"(?:[^\\]|\\[^/])*\\/", re.DOTALL)
_MOST_ESCAPES: Final = 200
_TWICE: Final = "found duplicate anchor"


class _Composer(CParser):
    """The C parser with tag resolution switched off: scalars are resolved by the reader."""

    def resolve(self, kind: type, value: str | None, implicit: Any) -> str:
        return PLAIN

    def descend_resolver(self, parent: object, index: object) -> None:
        """Called by the C parser; there is no resolver to move."""

    def ascend_resolver(self) -> None:
        """Called by the C parser; there is no resolver to move."""


def compose(text: str) -> yaml.Node | None:
    """The nodes of the first document in a text; None when it is empty. Raises yaml.YAMLError."""
    if "\\'" in text:
        text = _without_quote_escapes(text)
    node = _composed(text)
    if "\\/" in text and node is not None:
        _refuse_slash_escapes(node, text)
    return node


def _without_quote_escapes(text: str) -> str:
    """The text with `'` for `\\'` where libyaml stumbles over it, which Go reads."""
    for _ in range(_MOST_ESCAPES):
        try:
            _composed(text)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            at = mark.index if mark is not None and _ESCAPE in str(problem) else -1
            at = text.find("\\'", max(0, at - 2), at + 3) if at >= 0 else -1
            if at < 0:
                return text
            text = text[:at] + text[at + 1 :]
        else:
            return text
    return text


def _refuse_slash_escapes(root: yaml.Node, text: str) -> None:
    """`\\/` in double quotes: libyaml takes it since 0.2, Go does not."""
    visited: set[int] = set()
    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, tuple):
            todo += node
        elif id(node) not in visited:
            visited.add(id(node))
            if isinstance(node, yaml.CollectionNode):
                todo += node.value
            elif node.style == '"':
                source = text[node.start_mark.index : node.end_mark.index]
                if _SLASH.match(source):
                    raise yaml.scanner.ScannerError(None, None, _ESCAPE, node.start_mark)


def _composed(text: str) -> yaml.Node | None:
    parser = _Composer(text)
    try:
        return parser.get_node() if parser.check_node() else None
    except yaml.composer.ComposerError as problem:
        if not str(problem.context).startswith(_TWICE):
            raise
    finally:
        parser.dispose()
    return _composed_from_events(text)


def _composed_from_events(text: str) -> yaml.Node | None:
    """The same with anchors that may be defined again. Not recursive: depth costs no stack."""
    parser = _Composer(text)
    try:
        parser.get_event()  # the stream's start
        if parser.check_event(yaml.StreamEndEvent):
            return None
        parser.get_event()  # the document's start
        return _Growing().document(parser)
    finally:
        parser.dispose()


class _Growing:
    """Nodes under construction: the collections that are open, and the anchors known so far."""

    def __init__(self) -> None:
        self._open: list[yaml.CollectionNode] = []
        self._keys: list[yaml.Node | None] = []
        self._anchors: dict[str, yaml.Node] = {}
        self._root: yaml.Node | None = None

    def document(self, parser: Any) -> yaml.Node | None:
        while True:
            event = parser.get_event()
            if isinstance(event, yaml.DocumentEndEvent):
                return self._root
            if isinstance(event, yaml.CollectionEndEvent):
                self._open.pop().end_mark = event.end_mark
                self._keys.pop()
            else:
                self._take(event)

    def _take(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._place(self._aliased(event))
            return
        node = _node_of(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._place(node)
        if isinstance(node, yaml.CollectionNode):
            self._open.append(node)
            self._keys.append(None)

    def _aliased(self, event: Any) -> yaml.Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            message = f"found undefined alias {event.anchor!r}"
            raise yaml.composer.ComposerError(None, None, message, event.start_mark)
        return node

    def _place(self, node: yaml.Node) -> None:
        """Puts a node where it belongs: it is a key, a value, an element or the whole document."""
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, yaml.SequenceNode):
            parent.value.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = node
        else:
            parent.value.append((self._keys[-1], node))
            self._keys[-1] = None


def _node_of(event: Any) -> yaml.Node:
    tag = PLAIN if event.tag in (None, "!") else event.tag
    marks = {"start_mark": event.start_mark, "end_mark": event.end_mark}
    if isinstance(event, yaml.ScalarEvent):
        return yaml.ScalarNode(tag, event.value, style=event.style, **marks)
    kind = yaml.SequenceNode if isinstance(event, yaml.SequenceStartEvent) else yaml.MappingNode
    return kind(tag, [], flow_style=event.flow_style, **marks)
