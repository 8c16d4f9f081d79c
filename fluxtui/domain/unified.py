"""One changed object as a unified diff of its YAML, with who made each hunk behind its head.

Secret values show by their label only. Pure; what changed is `objectdiff`'s word.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fluxtui.domain.blocktext import block_text, line_paths
from fluxtui.domain.objectdiff import (
    ORDERED,
    At,
    Object,
    ObjectChange,
    canonical,
    item_key,
    merge_keys,
    shown,
)


def unified(
    change: ObjectChange, *, context: int = 3, dump: Callable[[object], str] = block_text
) -> list[str]:
    """The lines of a unified diff of one object: `@@ ..`, ` ..`, `-..`, `+..`, no line ends.

    A changed secret value shows as two lines with its label. Lists are put in the old order where
    the order does not matter. Behind the head of a hunk stands who made its changes, where known.
    """
    old_marked, new_marked = _marked(change.before, change.after)
    old = dump(old_marked).splitlines() if old_marked is not None else []
    new = dump(new_marked).splitlines() if new_marked is not None else []
    by = any(field.by for field in change.fields)
    olds = [_names(path) for path in line_paths(old_marked)] if by else []
    news = [_names(path) for path in line_paths(new_marked)] if by else []
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    # Only what differs is compared: line matching is quadratic and most of an object is equal.
    head = max(0, head - context)
    matcher = difflib.SequenceMatcher(None, old[head:], new[head:])
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(context):
        i, i_end, j, j_end = group[0][1], group[-1][2], group[0][3], group[-1][4]
        where = f"@@ -{head + i + 1},{i_end - i} +{head + j + 1},{j_end - j} @@"
        touched = [
            path
            for tag, a, a_end, b, b_end in group
            if tag != "equal"
            for path in (*olds[head + a : head + a_end], *news[head + b : head + b_end])
        ]
        lines.append(f"{where} {', '.join(_makers(change, touched))}".rstrip())
        for tag, a, a_end, b, b_end in group:
            if tag == "equal":
                lines += [" " + line for line in old[head + a : head + a_end]]
                continue
            lines += ["-" + line for line in old[head + a : head + a_end]]
            lines += ["+" + line for line in new[head + b : head + b_end]]
    return lines


def _names(path: Iterable[Any]) -> At:
    """A path without the indexes of lists, which are in another order here."""
    return tuple(part for part in path if isinstance(part, str))


def _makers(change: ObjectChange, touched: Iterable[At]) -> list[str]:
    """Who set or removed the fields that stand on these lines."""
    lines = set(touched)
    setters = [(field.by, _names(field.at)) for field in change.fields if field.by]
    return sorted({by for by, name in setters if any(at[: len(name)] == name for at in lines)})


def _marked(before: Any, after: Any, name: str = "") -> tuple[Any, Any]:
    """Both sides ready to print: secrets as labels, `after` in the order of `before`."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        shared = {k: _marked(before[k], after[k], str(k)) for k in before if k in after}
        old_marked = {k: shared[k][0] if k in shared else shown(v) for k, v in before.items()}
        new_marked = {k: shared[k][1] if k in shared else shown(v) for k, v in after.items()}
        return old_marked, new_marked
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        keys = merge_keys(before, after)
        if keys:
            return _marked_items(before, after, keys, name in ORDERED)
        return _marked_sequence(before, after)
    # Secrets in both have the same label and need not be the same.
    return shown(before), shown(after, canonical(before) != canonical(after))


def _marked_sequence(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Lists without keys: what stands in the place of something else is marked against it."""
    old, new = [canonical(i) for i in before], [canonical(i) for i in after]
    old_marked, new_marked = [shown(i) for i in before], [shown(i) for i in after]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "replace":
            for n in range(min(i_end - i, j_end - j)):
                old_marked[i + n], new_marked[j + n] = _marked(before[i + n], after[j + n])
    return old_marked, new_marked


def _marked_items(
    before: Sequence[Object], after: Sequence[Object], keys: tuple[str, ...], ordered: bool
) -> tuple[list[Any], list[Any]]:
    new = {item_key(i, keys): i for i in after}
    old = {item_key(i, keys): i for i in before}
    shared = {k: _marked(old[k], new[k]) for k in old if k in new}
    old_marked = [shared[k][0] if k in shared else shown(old[k]) for k in old]
    order = new if ordered else [*shared, *(k for k in new if k not in shared)]
    new_marked = [shared[k][1] if k in shared else shown(new[k]) for k in order]
    return old_marked, new_marked
