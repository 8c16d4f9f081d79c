"""Dangers of a review looked at closer: a row each with the rule's id, and all that is to be said.

The id is what `fluxtui dangers ID` takes. Pure.
"""

from __future__ import annotations

from fluxtui.domain.danger import Danger
from fluxtui.ui.reviewlines import SIGNS
from fluxtui.ui.spans import Line
from fluxtui.ui.widgets.listing import TableRow


def danger_rows(dangers: tuple[Danger, ...]) -> tuple[TableRow, ...]:
    """A heading, then each with its id; a row's id is its place among them."""
    if not dangers:
        return ()
    out = [
        TableRow(
            "dangers", ((("DANGER", "bad"), ("  enter says what it means", "dim")),), heading=True
        )
    ]
    for number, danger in enumerate(dangers):
        glyph, role = SIGNS[danger.level]
        where = f"{danger.where}: " if danger.where else ""
        line: Line = (
            (f"  {glyph} ", role),
            (f"{danger.rule}  ", "strong"),
            (where + danger.says, ""),
        )
        out.append(TableRow(number, (line,), wide=True))
    return (*out, TableRow("danger-gap", ((),), heading=True))


def danger_text(danger: Danger) -> tuple[Line, ...]:
    """What it says, where, all of its evidence, what it means and what to do instead."""
    from fluxtui.domain.review.catalog import BY_ID

    glyph, role = SIGNS[danger.level]
    place = danger.kustomization.label if danger.kustomization else ""
    where = " ".join(text for text in (danger.where, place) if text)
    rule = BY_ID.get(danger.rule)  # a Plan out of a file may name one that is no more
    meaning = ((), ((rule.title, "strong"),), ((rule.why, ""),)) if rule is not None else ()
    return (
        ((f"{glyph} ", role), (danger.says, "")),
        *([((f"in {where}", "dim"),)] if where else []),
        *(((f"    {line}", "dim"),) for line in danger.look),
        *meaning,
        (),
        (("headless: ", "dim"), (f"fluxtui dangers {danger.rule}", "accent")),
    )
