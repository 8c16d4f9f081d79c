"""A Plan and what it would change, as lines to read: the worst first, the Steps last. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.domain.ask import DeliveredKustomization, Delivery
from fluxtui.domain.counts import counted
from fluxtui.domain.danger import WORDS, Danger, Gravity, ordered
from fluxtui.domain.declared import Declaration
from fluxtui.domain.kinds import appliers
from fluxtui.domain.plan import WRITES, Plan
from fluxtui.domain.review.content import ChartContent, Content, ImageChange
from fluxtui.ui.fieldtext import path_text
from fluxtui.ui.spans import ARROW, Line, brief, width, wrap

Rendered = Delivery | str | None
"""What would change; a text while it is being rendered, None where nothing is moved."""
EVIDENCE = 4
ROWS = 4  # of one line of evidence: what decides may stand at its end
SAYS = 6  # of what a danger says
WHOLE = 60  # of what stands nowhere else
PAIR = 4  # rows of old -> new: on a low screen the new image stands below the old one
CONFIG = 6
WIDE = 100  # cells from which a rule's id may have a line of its own
SIGNS = {Gravity.LOSS: ("✗", "bad"), Gravity.STOP: ("!", "bad"), Gravity.CARE: ("!", "busy")}


def plan_lines(
    plan: Plan,
    cells: int,
    rendered: Rendered = None,
    declarations: tuple[Declaration, ...] = (),
    whole: str = "d",
) -> tuple[Line, ...]:
    """The Plan as text, with what it would change. `declarations`: where that is edited for good
    which a parent would put back; `whole`: the key behind which evidence is not shortened."""
    out: list[Line] = []
    where = ", ".join(plan.places)
    by = f"   by {plan.user}" if plan.user else ""
    out.append((("in ", "dim"), (where, "accent"), (f"{by}   plan {plan.id}", "dim")))
    if plan.reason:
        out += wrap((("because ", "dim"), (plan.reason, "name")), cells, 3)
    unread = rendered.unread if isinstance(rendered, Delivery) else ()
    nowhere = (one.says for one in declarations if one.error)
    unseen = tuple(dict.fromkeys((*plan.unseen, *unread, *nowhere)))
    places = tuple(one.says for one in declarations if not one.error)
    if unseen:
        out.append((("? ", "wait"), (f"{counted(len(unseen), 'thing')} not looked at", "wait")))
    return (
        *out,
        *_dangers(plan, rendered, cells, whole),
        *delivery_lines(rendered, cells),
        *_commit_lines(rendered, cells),
        *_effect_lines(plan, unseen, places, cells),
    )


def dangers_of(plan: Plan, rendered: Rendered) -> tuple[Danger, ...]:
    """Of the act and of what it brings, as far as that is rendered, the worst first."""
    brought = rendered.dangers if isinstance(rendered, Delivery) else ()
    return ordered((*plan.dangers, *brought))


def _dangers(plan: Plan, rendered: Rendered, cells: int, whole: str) -> list[Line]:
    """Each with its evidence, and how many there are."""
    dangers = dangers_of(plan, rendered)
    out: list[Line] = []
    if dangers:
        out += [(), (("DANGER", "bad"), (f"  {_tally(dangers)}", "dim"))]
        many = len({danger.kustomization for danger in dangers}) > 1
        for danger in dangers:
            out += _danger_lines(danger, many, cells, whole)
    if isinstance(rendered, Delivery) and rendered.wanted:
        out += [(), (("  ◐ asking the cluster what it has", "busy"),)]
    return out


def delivery_lines(rendered: Rendered, cells: int) -> list[Line]:
    """What would change in short."""
    if rendered is None:
        return []
    if not isinstance(rendered, Delivery):
        return [(), (("WHAT CHANGES", "dim"), ("  ◐ rendering both builds", "busy"))]
    if not rendered.parts:
        return []
    out: list[Line] = [(), (("WHAT CHANGES", "dim"),)]
    for part in rendered.parts:
        out += wrap(_counts(part), cells, 2, 4)
        for change in part.compared.changes:
            if change.kind == "pruned":
                out += wrap((("    − ", "removed"), (f"{change.id} is deleted", "")), cells, 2, 6)
    for image in _images(rendered.parts):
        out += _pair("image", *image.sides, cells)
    for part in rendered.parts:
        out += _chart_lines(part.content.chart, cells)
        out += _content_lines(part.content, cells)
    return out


def _chart_lines(chart: ChartContent | None, cells: int) -> list[Line]:
    """Its version, its application's, and the default values that differ."""
    if chart is None:
        return []
    out = _pair("chart", chart.before, chart.after, cells)
    if chart.app_before != chart.app_after:
        out += _pair("application", chart.app_before or "none", chart.app_after or "none", cells)
    files = (
        f"{counted(chart.files, 'file')} of the chart differ"
        if chart.files != 1
        else ("1 file of the chart differs")
    )
    out.append((("  ", ""), (files, "dim")))
    for text in chart.values[:CONFIG]:
        out += wrap((("  ", ""), ("default ", "dim"), (text, "")), cells, PAIR, 4)
    if len(chart.values) > CONFIG:
        more = counted(len(chart.values) - CONFIG, "more default value")
        out.append(((f"  … {more}", "dim"),))
    return out


def _commit_lines(rendered: Rendered, cells: int) -> list[Line]:
    """What was done to the source between what runs and what comes."""
    out: list[Line] = []
    for log in rendered.changelogs if isinstance(rendered, Delivery) else ():
        count = counted(len(log.commits) + log.more, "commit")
        places = ", ".join(log.range.environments)
        back = " taken back" if log.back else ""
        out += [(), (("COMMITS", "dim"), (f"  {count}{back}, {places}", "dim"))]
        for commit in log.commits:
            line: Line = (("  ", ""), (f"{commit.id[:8]} ", "accent"), (commit.subject, ""))
            out += wrap(line, cells, 1)
        if log.more:
            out.append(((f"  … {counted(log.more, 'more commit')}", "dim"),))
    return out


def _tally(dangers: tuple[Danger, ...]) -> str:
    numbers = ((level, sum(d.level == level for d in dangers)) for level in reversed(Gravity))
    return ", ".join(f"{number} {WORDS[level]}" for level, number in numbers if number)


def _danger_lines(danger: Danger, many: bool, cells: int, whole: str) -> list[Line]:
    glyph, role = SIGNS[danger.level]
    where = danger.kustomization.environment if many and danger.kustomization else ""
    text = f"{where}: {danger.says}" if where else danger.says
    says = _bullet(text, glyph, role, cells)
    out = _named(says, danger.rule, cells) if len(says) <= SAYS else _begun(says, SAYS, whole)
    for line in danger.look[:EVIDENCE]:
        rows = wrap(((f"      {line}", "dim"),), cells, len(line) + 1, 8)
        out += _begun(rows, ROWS, whole)
    if len(danger.look) > EVIDENCE:
        more = counted(len(danger.look) - EVIDENCE, "more line")
        out.append(((f"      ... {more}: {whole} reads all", "dim"),))
    return out


def _begun(rows: Sequence[Line], most: int, whole: str) -> list[Line]:
    """The first of them, and where the others are read; `whole`: the key."""
    if len(rows) <= most:
        return list(rows)
    return [*rows[:most], ((f"        … goes on: {whole} reads all of it", "dim"),)]


def _named(lines: list[Line], rule: str, cells: int) -> list[Line]:
    """With the rule's id behind it, dim, where there is room: `fluxtui dangers ID` explains it."""
    name: Line = ((f"  ({rule})", "dim"),)
    if width((*lines[-1], *name)) <= cells:
        return [*lines[:-1], (*lines[-1], *name)]
    return [*lines, (("    ", ""), *name)] if cells >= WIDE else lines


def _counts(part: DeliveredKustomization) -> Line:
    compared, short = part.compared, part.content
    key = compared.kustomization
    head: Line = (("  ", ""), (f"{key.environment} {key.name}", "name"), ("  ", ""))
    if compared.error:
        failed = "does not build" if appliers.takes_bundles(key) else "not compared"
        return (*head, (f"✗ {failed}: " + compared.error, "bad"))
    if short.is_unknown:
        return (*head, ("its objects are not rendered", "wait"))
    if short.is_empty:
        return (*head, ("no object changes", "ok"))
    counts = (
        (f"+{short.created}", "added", short.created),
        (f"~{short.changed}", "busy", short.changed),
        (f"−{short.pruned} pruned", "removed", short.pruned),
        (f"{short.kept} no longer built and kept", "dim", short.kept),
        (f"{short.replaced} under a new name", "dim", short.replaced),
    )
    shown = [(text, role) for text, role, number in counts if number]
    return (*head, shown[0], *(span for one in shown[1:] for span in ((", ", "dim"), one)))


def _images(parts: tuple[DeliveredKustomization, ...]) -> tuple[ImageChange, ...]:
    """Each pair once, whichever Kustomization has it."""
    by_pair = {(i.before, i.after): i for part in parts for i in part.content.images}
    return tuple(by_pair.values())


def _pair(what: str, before: str, after: str, cells: int) -> list[Line]:
    before, after = brief(before), brief(after)
    stem = before.rpartition(":")[0]
    if stem and after.startswith(f"{stem}:"):
        after = after[len(stem) :]
    line: Line = (
        ("  ", ""),
        (f"{what} ", "dim"),
        (before, "removed"),
        (f" {ARROW} ", "dim"),
        (after, "added"),
    )
    return list(wrap(line, cells, PAIR, 4))


def _content_lines(short: Content, cells: int) -> list[Line]:
    out: list[Line] = []
    for scale in short.scale:
        what = f"{scale.object.kind} {scale.object.name} {path_text(scale.field)}"
        out += _pair(what, scale.before or "not set", scale.after or "not set", cells)
    for text in short.config[:CONFIG]:
        out += wrap((("  ", ""), ("config ", "dim"), (text, "")), cells, PAIR, 4)
    if len(short.config) > CONFIG:
        out.append(((f"  … {counted(len(short.config) - CONFIG, 'more key')}", "dim"),))
    return out


def _effect_lines(
    plan: Plan, unseen: tuple[str, ...], places: tuple[str, ...], cells: int
) -> list[Line]:
    out: list[Line] = []
    for title, texts, glyph, role in (
        ("WHAT COMES OF IT", plan.effects, "→", "accent"),
        ("BEWARE", (*plan.warnings, *places), "!", "busy"),
        ("NOT LOOKED AT", unseen, "?", "wait"),
    ):
        if texts:
            out += [(), ((title, "dim"),)]
            for text in texts:
                out += _bullet(text, glyph, role, cells)
    out += [(), (("STEPS", "dim"),)]
    undos: set[str] = set()
    for number, step in enumerate(plan.steps, 1):
        out += _bullet(step.title, "·", "dim", cells, number=f"{number:<3}")
        if isinstance(step, WRITES) and step.undo and step.undo not in undos:
            undos.add(step.undo)
            out += _bullet(f"undo: {step.undo}", " ", "", cells, number="   ", words="dim")
    return out


def _bullet(
    text: str, glyph: str, role: str, cells: int, *, number: str = "", words: str = ""
) -> list[Line]:
    """Text behind a sign, its further lines set in as far as the first."""
    head: Line = (("  ", ""), (glyph, role), (" " + number, "dim"))
    room = cells - width(head)
    return [
        (*(head if row == 0 else ((" " * width(head), ""),)), *part)
        for row, part in enumerate(wrap(((brief(text), words),), room, WHOLE))
    ]
