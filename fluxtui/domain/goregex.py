r"""Patterns as Go's regexp takes them, written for RE2, which knows fewer names of classes.

Since Go 1.25 `\p{...}` takes the long names of Unicode's categories too, whatever their case,
spaces, hyphens and underscores. Nothing here compiles a pattern: what neither knows, RE2 refuses.
Rule source: Go's regexp/syntax.
"""

from __future__ import annotations

import re
from typing import Final

_LONG: Final = {
    "Closepunctuation": "Pe",
    "Combiningmark": "M",
    "Connectorpunctuation": "Pc",
    "Control": "Cc",
    "Cntrl": "Cc",
    "Currencysymbol": "Sc",
    "Dashpunctuation": "Pd",
    "Decimalnumber": "Nd",
    "Digit": "Nd",
    "Enclosingmark": "Me",
    "Finalpunctuation": "Pf",
    "Format": "Cf",
    "Initialpunctuation": "Pi",
    "Letter": "L",
    "Letternumber": "Nl",
    "Lineseparator": "Zl",
    "Lowercaseletter": "Ll",
    "Mark": "M",
    "Mathsymbol": "Sm",
    "Modifierletter": "Lm",
    "Modifiersymbol": "Sk",
    "Nonspacingmark": "Mn",
    "Number": "N",
    "Openpunctuation": "Ps",
    "Other": "C",
    "Otherletter": "Lo",
    "Othernumber": "No",
    "Otherpunctuation": "Po",
    "Othersymbol": "So",
    "Paragraphseparator": "Zp",
    "Privateuse": "Co",
    "Punct": "P",
    "Punctuation": "P",
    "Separator": "Z",
    "Spaceseparator": "Zs",
    "Spacingmark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecaseletter": "Lt",
    "Uppercaseletter": "Lu",
}
# Quoted text first, then classes by name, then any other escape, whose letter is passed over.
_PARTS: Final = re.compile(r"\\Q.*?(?:\\E|\Z)|\\([pP])(?:\{(\^?)([^}]*)\}|([a-z]))|\\.", re.DOTALL)


def for_re2(pattern: str) -> str:
    """The pattern with every named class called as RE2 calls it."""
    return _PARTS.sub(_renamed, pattern) if "\\" in pattern else pattern


def _renamed(match: re.Match[str]) -> str:
    letter, negated, name, single = match.groups()
    if letter is None:
        return match[0]
    if single:
        return f"\\{letter}{single.upper()}"
    bare = re.sub("[ _-]", "", name)
    if bare.isascii():
        bare = bare[:1].upper() + bare[1:].lower()
    return f"\\{letter}{{{negated}{_LONG.get(bare, bare)}}}"
