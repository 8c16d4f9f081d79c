"""`fluxtui dangers`: what a review looks for, and what one of its findings means. Asks nobody."""

from __future__ import annotations

import argparse
import textwrap

from fluxtui.cli import output
from fluxtui.cli.forms.envelope import Document, listing
from fluxtui.cli.nearest import nearest
from fluxtui.domain.errors import UsageError
from fluxtui.domain.review.catalog import ALL, BY_ID, AnyRule

_CELLS = 80


def dangers(args: argparse.Namespace) -> int:
    """All of them in a line each, or one explained. Raises UsageError for an id that is none."""
    if not args.danger:
        rows = [(rule.id, rule.title) for rule in ALL]
        output.emit(output.table(("ID", "DANGER"), rows), _document(ALL), args.output)
        return 0
    rule = BY_ID.get(args.danger)
    if rule is None:
        near = nearest(args.danger, tuple(BY_ID))
        hint = f"did you mean {near}?" if near else "fluxtui dangers lists them"
        raise UsageError(f"there is no danger {args.danger!r}", next=hint)
    text = "\n".join((f"{rule.id}: {rule.title}", "", *textwrap.wrap(rule.why, _CELLS)))
    output.emit(text, _document((rule,)), args.output)
    return 0


def _document(rules: tuple[AnyRule, ...]) -> Document:
    return listing("Dangers", ({"id": r.id, "title": r.title, "why": r.why} for r in rules))
