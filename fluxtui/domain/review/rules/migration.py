"""A Job that migrates runs again, or its SQL has changed: what is done to data. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.review.delivered import DangerRule, Delivered
from fluxtui.domain.review.pods import Object, at, containers, mapping

SHOWN = 12
"""Lines of SQL in a review; the diff has all."""
_DESTROYS = re.compile(
    r"\b(DROP\s+(TABLE|DATABASE|SCHEMA|COLUMN|VIEW|INDEX|PARTITION)|TRUNCATE|DELETE\s+FROM"
    r"|ALTER\s+TABLE\s+\S+.*\bDROP\b|DETACH)\b",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(
    r"\b(ALTER|CREATE|DROP|TRUNCATE|DELETE|INSERT|UPDATE|RENAME|GRANT|REVOKE|OPTIMIZE|DETACH|ATTACH)\s+"
    r"(TABLE|DATABASE|SCHEMA|COLUMN|VIEW|INDEX|MATERIALIZED|USER|ROLE|INTO|FROM|TYPE|UNIQUE|ON|OR|\w+\s+SET)\b",
    re.IGNORECASE,
)


def _judge(delivered: Delivered) -> Iterator[Danger]:
    for change in delivered.changes:
        if change.id.kind == "Job" and change.id.group == "batch":
            yield from _job(change)
        elif change.id.kind == "ConfigMap":
            yield from _sql(change)


def _job(change: ObjectChange) -> Iterator[Danger]:
    if change.kind == "added":
        yield Danger(
            RULE.id, Gravity.CARE, f"{change.id} runs", change.id, look=_command(change.after)
        )
    elif change.kind == "changed" and at(change.before, "spec", "template") != at(
        change.after, "spec", "template"
    ):
        look = tuple(
            f"{f.path.rpartition('spec.')[2]}: {f.before} -> {f.after}" for f in change.fields
        )
        yield Danger(RULE.id, Gravity.CARE, f"{change.id} runs again", change.id, look=look[:SHOWN])


def _command(obj: Object | None) -> tuple[str, ...]:
    words = []
    for container in containers(obj or {}):
        parts = (*(container.body.get("command") or ()), *(container.body.get("args") or ()))
        line = " ".join(" ".join(str(part).split()) for part in parts)
        words.append(f"{container.name}: {line or container.image}")
    return tuple(words)


def _sql(change: ObjectChange) -> Iterator[Danger]:
    old, new = _texts(change.before), _texts(change.after)
    for name, text in new.items():
        lines = _statements(_added(old.get(name, ""), text))
        added = "\n".join(lines)
        if not _is_sql(name, added):
            continue
        destroys = _DESTROYS.search(added)
        level = Gravity.LOSS if destroys else Gravity.CARE
        verb = "destroys data" if destroys else "changes" if name in old else "is new"
        more = (f"... {len(lines) - SHOWN} more lines",) if len(lines) > SHOWN else ()
        says = f"SQL in {change.id} {name} {verb}"
        yield Danger(RULE.id, level, says, change.id, look=(*lines[:SHOWN], *more))
    gone = [name for name, text in old.items() if name not in new and _is_sql(name, text)]
    if gone and change.kind == "changed":
        says = f"{change.id} comes without {', '.join(gone)}: what that did to data stays done"
        yield Danger(RULE.id, Gravity.CARE, says, change.id)


def _statements(lines: list[str]) -> list[str]:
    """Without what is said about them; what destroys data first."""
    bare = _COMMENT.sub("", "\n".join(lines))
    told = (line.partition("--")[0].rstrip() for line in bare.splitlines())
    kept = [line for line in told if line.strip()]
    first = next((i for i, line in enumerate(kept) if _DESTROYS.search(line)), 0)
    return kept[first:] + kept[:first] if first > SHOWN - 4 else kept


def _is_sql(name: str, text: str) -> bool:
    return bool(text.strip()) and (name.lower().endswith(".sql") or bool(_STATEMENT.search(text)))


def _texts(obj: Object | None) -> Mapping[str, str]:
    return {str(k): v for k, v in mapping(obj, "data").items() if isinstance(v, str)}


def _added(old: str, new: str) -> list[str]:
    """The lines that are new, in their order."""
    was, now = old.splitlines(), new.splitlines()
    parts = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    added = (line for tag, _i, _i_end, j, j_end in parts if tag != "equal" for line in now[j:j_end])
    return [line.rstrip() for line in added if line.strip()]


RULE = DangerRule(
    "migration",
    "a migration runs, or its SQL has changed",
    "What a migration does to data is not taken back by rolling the bundle back: the older program"
    " then meets the newer tables. Read the statements; have a backup where they drop or rewrite;"
    " see that the version before can live with the result.",
    _judge,
)
