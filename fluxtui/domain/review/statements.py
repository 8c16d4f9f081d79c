"""The SQL in a text: its statements, without what is said about them, and which of them are new.

A statement is the same however it is indented or broken into lines. What a migration tool runs only
to take one back (`-- +goose Down`, `002.down.sql`) is left out. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_REMARK = re.compile(r"(--|#|//).*$")
_TAKES_BACK = re.compile(r"^\s*--\s*(\+\w+\s+Down|migrate:down|//@UNDO)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"^\s*--\s*(\+\w+\s+Up|migrate:up)\b", re.IGNORECASE)
_BACK_FILE = re.compile(r"(^|[._-])(down|undo|revert|rollback)[._-]|^U\d[\w.]*__", re.IGNORECASE)
_THING = (
    r"(OR\s+REPLACE\s+)?(UNIQUE\s+|MATERIALIZED\s+|TEMPORARY\s+)?"
    r"(TABLE|DATABASE|SCHEMA|VIEW|INDEX|DICTIONARY|FUNCTION|USER|ROLE|TYPE|SEQUENCE|TRIGGER)"
)
_NAME = r"\s+(IF\s+(NOT\s+)?EXISTS\s+)?[\w.\"`$\[{]"
_LOUD = re.compile(
    rf"\b((CREATE|ALTER|DROP|TRUNCATE|RENAME|DETACH|ATTACH|OPTIMIZE)\s+{_THING}{_NAME}"
    r"|INSERT\s+INTO\s+\S|DELETE\s+FROM\s+\S|UPDATE\s+\S+\s+SET\s+\S+\s*=|TRUNCATE\s+\S+\s*;"
    r"|(GRANT|REVOKE)\s+[\w, ]+\s+ON\s+\S)"
)
# In small letters these words are also said by people: what follows them must look like SQL.
_QUIET = re.compile(
    r"\b((create|alter|drop|truncate)\s+table\s+(if\s+(not\s+)?exists\s+)?[\w.\"`]+\s*([(;\"']"
    r"|$|add\b|drop\b|alter\b|rename\b)|insert\s+into\s+[\w.\"`]+\s*(\(|values\b|select\b)"
    r"|delete\s+from\s+[\w.\"`]+\s*(;|where\b|$)|update\s+[\w.\"`]+\s+set\s+[\w.\"`]+\s*=)",
    re.MULTILINE,
)
_DESTROYS = re.compile(
    r"\b(DROP\s+(TEMPORARY\s+)?(TABLE|DATABASE|SCHEMA|PARTITION|PART|MATERIALIZED\s+VIEW)"
    r"|TRUNCATE|DELETE\s+FROM|DETACH"
    r"|ALTER\s+TABLE\b.*\bDROP\s+(COLUMN\b|PART(ITION)?\b|(IF\s+EXISTS\s+)?(?!CONSTRAINT\b|INDEX\b"
    r"|DEFAULT\b|NOT\b|PROJECTION\b|CHECK\b|FOREIGN\b|PRIMARY\b|KEY\b|IDENTITY\b|EXPRESSION\b)\w)"
    r"|ALTER\s+TABLE\b.*\b(DELETE\s+WHERE|CLEAR\s+COLUMN))\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One of them: its lines, and the text that two are compared by."""

    lines: tuple[str, ...]
    same: str

    @property
    def destroys(self) -> bool:
        """Whether running it takes data away."""
        return _DESTROYS.search(self.same) is not None


def worst_first(lines: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The same, turned so that a line which takes data away is among the first `room`."""
    first = next((i for i, line in enumerate(lines) if _DESTROYS.search(line)), 0)
    return lines[first:] + lines[:first] if first > room - 4 else lines


def statements(name: str, text: str) -> tuple[Statement, ...]:
    """All of a file, or of a key of a ConfigMap; () where it is none of SQL."""
    if _BACK_FILE.search(name) and name.lower().endswith(".sql"):
        return ()
    is_file = name.lower().endswith(".sql")
    bare = _bare(text, is_file)
    if not is_file and not is_sql(f"{bare};"):
        return ()
    found = (tuple(line for line in part.split("\n") if line.strip()) for part in _parts(bare))
    said = (Statement(lines, " ".join(" ".join(lines).split())) for lines in found if lines)
    return tuple(one for one in said if is_file or is_sql(f"{one.same};"))


def is_sql(text: str) -> bool:
    """Whether something in a text reads like a statement that changes something."""
    return bool(_LOUD.search(text) or _QUIET.search(text))


def destroys(text: str) -> bool:
    """Whether a text that is no file of SQL (a command) has a statement that takes data away."""
    return any(is_sql(f"{part};") and _DESTROYS.search(part) for part in text.split(";"))


def added(before: tuple[Statement, ...], after: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """What is in the second and not in the first, in its order; of a statement that has grown its
    beginning and the lines that are new."""
    was = frozenset(one.same for one in before)
    lines = frozenset(line.strip() for one in before for line in one.lines)
    return tuple(_news(one, lines) for one in after if one.same not in was)


def _news(one: Statement, known: frozenset[str]) -> Statement:
    head, rest = one.lines[0], [line for line in one.lines[1:] if line.strip() not in known]
    return replace(one, lines=(head, *rest)) if rest else one


def _bare(text: str, is_file: bool) -> str:
    """Without comments, and without what only takes a migration back."""
    kept, back = [], False
    for line in text.splitlines():
        back = (back or bool(_TAKES_BACK.search(line))) and not _GOES_ON.search(line)
        if not back:
            cut = line.partition("--")[0] if is_file else _REMARK.sub("", line)
            kept.append(cut.rstrip())
    return _COMMENT.sub("", "\n".join(kept))


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part.strip()]
