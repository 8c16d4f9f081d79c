"""What went wrong in a CEL expression, in the words of CEL's own errors.

cel-python's errors carry Python's types, tokens of its grammar and whole name spaces; a condition
or a cluster's answer is read by people. Text in, text out.
"""

from __future__ import annotations

import re

_KNOWN = (
    (re.compile(r"no such member in mapping: '(.*)'"), r"no such key: \1"),
    (re.compile(r"(undeclared reference to '[^']*').*", re.DOTALL), r"\1"),
    (re.compile(r"modulus or divide by zero"), "division by zero"),
    (re.compile(r"(?:found )?no (?:matching|such) overload.*", re.DOTALL), "no such overload"),
    (re.compile(r".*does not support field selection", re.DOTALL), "no such overload"),
)
_BY_CAUSE = {"IndexError": "index out of bounds", "ZeroDivisionError": "division by zero"}
_TYPE = re.compile(r"<class '(?:[\w.]*\.)?(\w+?)(?:Type)?'>")
_VALUE = re.compile(r"\b[A-Z]\w*Type\(('[^']*'|[^()]*)\)")
_TOKEN = re.compile(r"Token\('\w+', ('[^']*')\)")
_LONGEST = 300


def words_of(error: BaseException) -> str:
    """One sentence. cel-python nests its errors as (message, Python's type, its arguments)."""
    message, cause, details = _parts(error)
    for pattern, plain_words in _KNOWN:
        if pattern.fullmatch(message):
            return _plain(pattern.sub(plain_words, message))
    if cause in _BY_CAUSE:
        return _BY_CAUSE[cause]
    if message == "return error for overflow" and details:
        return _plain(f"cannot be converted: {details}")
    return _plain(message) or type(error).__name__


def place_of(error: BaseException, *, as_written: bool = True) -> str:
    """Where an expression does not parse, without the drawing below its text; `as_written`: it was
    parsed as somebody wrote it, so that a column means something.
    """
    column = getattr(error, "column", None)
    if as_written and isinstance(column, int) and column > 0:
        return f"syntax error at character {column}"
    return "syntax error"


def _parts(error: BaseException) -> tuple[str, str, str]:
    values = error.args
    while len(values) == 1 and isinstance(values[0], tuple):
        values = values[0]
    message = str(values[0]) if values else ""
    cause = values[1].__name__ if len(values) > 1 and isinstance(values[1], type) else ""
    details = values[2] if len(values) > 2 and isinstance(values[2], tuple) else ()
    return message, cause or type(error).__name__, str(details[0]) if details else ""


def _plain(text: str) -> str:
    text = _TYPE.sub(lambda match: match[1].lower(), text)
    text = _TOKEN.sub(r"\1", _VALUE.sub(r"\1", text))
    return " ".join(text.split())[:_LONGEST]
