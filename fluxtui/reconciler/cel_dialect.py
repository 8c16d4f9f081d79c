"""The dialect of CEL that Flux and Kubernetes read, in the words of plain CEL for cel-python.

Optional selection, namespaced functions and `cel.bind` become ordinary calls. Strings are left
alone. Pure text; what the calls do is in cel_library.py.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LITERAL = re.compile(
    r"""[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.S
)
_NAMESPACED = re.compile(
    r"(?<![\w.])(optional|format|math|sets|base64|strings|ip)\s*\.\s*([A-Za-z]\w*)\s*\("
)
_OPTIONAL_FIELD = re.compile(r"\.\?([A-Za-z_]\w*)")
_BEHIND_OPTIONAL = re.compile(r"(\.optField\('\w+'\))\.([A-Za-z_]\w*)\b(?!\s*\()")
_RENAMED = re.compile(r"\.(min|reduce)\(")
_BIND = re.compile(r"(?<![\w.])cel\s*\.\s*bind\s*\(")


@lru_cache(maxsize=512)
def plain(source: str) -> str:
    """The expression with every literal in its place and everything else rewritten."""
    literals: list[str] = []

    def keep(literal: re.Match[str]) -> str:
        literals.append(literal.group(0))
        return f"'\x00{len(literals) - 1}\x00'"

    text = _LITERAL.sub(keep, source)
    text = _bound(text)
    text = _NAMESPACED.sub(r"\1_\2(", text)
    text = _OPTIONAL_FIELD.sub(r".optField('\1')", text)
    while _BEHIND_OPTIONAL.search(text):  # what follows an optional field is optional, too
        text = _BEHIND_OPTIONAL.sub(r"\1.optField('\2')", text)
    text = _RENAMED.sub(r".\1Of(", text)
    while "[?" in text:
        start = text.index("[?")
        end = _closing(text, start)
        text = f"{text[:start]}.optIndex({text[start + 2 : end]}){text[end + 1 :]}"
    return re.sub("'\x00([0-9]+)\x00'", lambda m: literals[int(m.group(1))], text)


def uses(source: str, name: str) -> bool:
    """Whether an expression names a variable."""
    return re.search(rf"(?<![\w.]){name}(?!\w)", _LITERAL.sub("''", source)) is not None


def _closing(text: str, start: int) -> int:
    """Where the bracket at `start` ends; the end of the text where it never does."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] in "([{") - (text[i] in ")]}")
        if depth == 0:
            return i
    return len(text) - 1


def _bound(text: str) -> str:
    """`cel.bind(x, value, body)` as `[value].map(x, body)[0]`."""
    while binding := _BIND.search(text):
        start, end = binding.end() - 1, _closing(text, binding.end() - 1)
        parts: list[str] = []
        depth, last = 0, start + 1
        for i in range(start + 1, end):
            depth += (text[i] in "([{") - (text[i] in ")]}")
            if text[i] == "," and depth == 0 and len(parts) < 2:
                parts.append(text[last:i].strip())
                last = i + 1
        parts.append(text[last:end].strip())
        if len(parts) != 3:
            return text
        name, value, body = parts
        text = f"{text[: binding.start()]}[{value}].map({name}, {body})[0]{text[end + 1 :]}"
    return text
