"""Folded blocks (`>`) as they come out of kustomize: written once by go-yaml, and read again.

The writer puts one newline too many before a line that is indented deeper than the text, and before
the newlines that `>+` keeps, because it looks at the beginning of the text where it should look at
the next line; when the text itself begins indented it puts too few. What is read back is what Flux
applies. Only a block that is still one when the object is written is concerned. Nothing here knows
where the text stands.
Rule source: go-yaml v3's emitter (yaml_emitter_write_folded_scalar, yaml_emitter_analyze_scalar).
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.composing import compose
from fluxtui.kustomize.scalars import FlowList, FlowMap, Folded, Literal, Quoted

_CANNOT: Final = "cannot be written again"
_BREAKS: Final = "\n\r\x85\u2028\u2029"
_BLANKS: Final = " \t"
# Such a text is written between quotes: a space at the end of a line, or what is not printable.
_QUOTED: Final = re.compile(
    f" [{_BREAKS}]| \\Z|[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]"
)


def refolded(text: str) -> str:
    """The text of a folded block after it was written and read. BuildError when it cannot be."""
    if ("\n" not in text and text[:1] != "\t") or _QUOTED.search(text):
        return text
    hint = "2" if text[0] in " \n\u2028\u2029" else ""
    block = f"k: >{hint}{_chomping(text)}\n{_written(text)}"
    try:
        node = compose(block)
    except yaml.YAMLError as problem:
        raise BuildError(f"a folded block {_CANNOT}: {problem}") from problem
    if not isinstance(node, yaml.MappingNode):
        raise BuildError(f"a folded block {_CANNOT}")
    value: str = node.value[0][1].value
    return value


def unfolded(value: Any, *, flow: bool = False) -> Any:
    """A value in which every folded block has become the text that is read back.

    Between braces and brackets nothing is a block: `flow` says that the value stands there.
    """
    if isinstance(value, dict):
        flow = flow or type(value) is FlowMap
        for key, item in value.items():
            if isinstance(item, dict | list | Folded) or _begins_with_tab(item):
                value[key] = unfolded(item, flow=flow)
    elif isinstance(value, list):
        flow = flow or type(value) is FlowList
        for index, item in enumerate(value):
            if isinstance(item, dict | list | Folded) or _begins_with_tab(item):
                value[index] = unfolded(item, flow=flow)
    elif type(value) is Folded:
        return Quoted(value if flow else refolded(value))
    elif not flow and _begins_with_tab(value) and type(value) is not Quoted:
        block = isinstance(value, Literal) or "\n" in value
        if block and not _QUOTED.search(value):
            raise BuildError(f"a block that begins with a tab {_CANNOT}: {value[:20]!r}")
    return value


def _begins_with_tab(value: Any) -> bool:
    """Go writes such a text of several lines as a block, and cannot read it again."""
    return isinstance(value, str) and value[:1] == "\t"


def _chomping(text: str) -> str:
    if text[-1] not in _BREAKS:
        return "-"
    return "+" if len(text) == 1 or text[-2] in _BREAKS else ""


def _written(text: str) -> str:
    """The lines of the block, two columns in, as the emitter writes them."""
    doubles = _doubles(text)
    parts: list[str] = []
    breaks, indented, at_line_start = True, True, True
    for char in text:
        if char in _BREAKS:
            if doubles and not breaks and not indented and char == "\n":
                parts.append("\n")
            parts.append(char)
            at_line_start = char == "\n" or at_line_start
            breaks = True
            continue
        if breaks:
            parts.append("  " if at_line_start else "\n  ")
            indented = char in _BLANKS
        parts.append(char)
        at_line_start = breaks = False
    return "".join(parts) + "\n" * (not breaks)


def _doubles(text: str) -> bool:
    """Whether the first thing in the text is no blank, which is all that the emitter asks."""
    return text.lstrip(_BREAKS)[:1] not in ("", " ", "\t")
