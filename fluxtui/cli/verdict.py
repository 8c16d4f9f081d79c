"""The exit code of a view: 0 only when everything it stands on could be read.

What is shown of an environment that cannot be reached is as it was last seen, or nothing at all; a
script must not take that for an answer. The table stays whole, the reasons go to stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from fluxtui.cli.output import visible_text
from fluxtui.commands.effects import unread_environments
from fluxtui.domain.snapshot import Snapshot


def exit_code(snapshot: Snapshot, chosen: Sequence[str], more: Iterable[str] = ()) -> int:
    """0, or 1 after saying why: an environment of `chosen` cannot be read now, or any of `more`."""
    said = list(dict.fromkeys((*unread(snapshot, chosen), *more)))
    for text in said:
        print(f"fluxtui: {visible_text(text)}", file=sys.stderr)
    return 1 if said else 0


def unread(snapshot: Snapshot, chosen: Sequence[str]) -> list[str]:
    """Environments of `chosen` that cannot be read now, and why, one sentence each."""
    found = unread_environments(snapshot)
    return [f"{name} cannot be read now: {why}" for name, why in found.items() if name in chosen]
