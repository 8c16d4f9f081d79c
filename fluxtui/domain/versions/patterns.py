"""Regular expressions of specs as Go's regexp takes them, run by RE2 in linear time.

Compiles and expands, and decides nothing. Rule source: Go's regexp, Regexp.Expand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fluxtui.domain.errors import VersionError
from fluxtui.domain.goregex import for_re2

# Quoted text, escapes and group names: two things RE2 takes and Go's edition of it does not.
_NOT_GO = re.compile(r"\\Q.*?(?:\\E|$)|\\.|\(\?P?<([^>]*)>", re.DOTALL)
_REFERENCE = re.compile(r"\$(?:\$|\{([0-9A-Za-z_]+)\}|([0-9A-Za-z_]+))")
Search = Callable[[str], Any]
"""The unanchored search: a match, or None."""


def compiled(pattern: str, what: str) -> Search | None:
    """The search of a pattern, None when there is none; `what` it is. Raises VersionError."""
    if not pattern:
        return None
    import re2

    options = re2.Options()
    options.log_errors = False
    if any(
        match[0] == "\\C" or not (match[1] or "").isascii() for match in _NOT_GO.finditer(pattern)
    ):
        raise VersionError(
            f"{what} '{pattern}' does not compile: Go has no \\C, and group names are ASCII",
            next="the filter is a Go (RE2) regular expression",
        )
    try:
        search: Search = re2.compile(for_re2(pattern), options).search
    except re2.error as error:
        raise VersionError(
            f"{what} '{pattern}' does not compile: {_words(error)}",
            next="the filter is a Go (RE2) regular expression",
        ) from error
    return search


def expanded(template: str, match: Any) -> str:
    """`$ts`, `${ts}`, `$1` and `$$` of a template as Go expands them: a name is as long as it can
    be, and a group that is not there, or took no part, is empty."""
    return _REFERENCE.sub(lambda found: _referred(found, match), template)


def _referred(found: re.Match[str], match: Any) -> str:
    name = found[1] or found[2]
    if not name:
        return "$"
    number = name.isdecimal() and (name == "0" or not name.startswith("0"))
    try:
        return str(match.group(int(name) if number else name) or "")
    except (IndexError, KeyError, ValueError):
        return ""


def _words(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
