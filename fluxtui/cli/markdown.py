"""A review as Markdown, for a pull request or a chat: the worst first, never more than they take.

Text of clusters and bundles stands in code spans or fences, so that none of it becomes markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fluxtui.domain.ask import DeliveredKustomization, Delivery
from fluxtui.domain.commitrange import Changelog
from fluxtui.domain.danger import WORDS, ordered
from fluxtui.domain.kinds import appliers
from fluxtui.domain.objectdiff import ObjectChange
from fluxtui.domain.plan import Plan, Taker
from fluxtui.domain.protection import Demand
from fluxtui.domain.safetext import visible
from fluxtui.domain.unified import unified

MOST = 60_000
"""Bytes: a comment of a pull request takes 65,536 characters."""
_MANY_LINES = 400
_MANY_TAKERS = 60
_MANY_VALUES = 40


def review(plan: Plan, delivery: Delivery | None, demand: Demand) -> str:
    """The whole review; diffs that find no room are named, the biggest are left out last."""
    head = "\n".join(_head(plan, delivery, demand))
    tail = "\n".join(_tail(plan))
    room = MOST - len(head.encode()) - len(tail.encode()) - 200
    if room < 0:
        return _cut(head, MOST - 200) + "\n\n(the rest found no room)\n"
    return f"{head}\n{_diffs(delivery, room)}{tail}\n"


def _head(plan: Plan, delivery: Delivery | None, demand: Demand) -> Iterator[str]:
    yield f"### {_plain(plan.title)}"
    yield ""
    places = ", ".join(plan.places) or "no environment"
    yield f"In {_code(places)}, by {_code(plan.user or 'nobody')}, plan {_code(plan.id)}."
    if plan.reason:
        yield f"Because: {_code(plan.reason)}."
    if demand.text:
        yield f"To be confirmed: {_plain(demand.text)}."
    unread = (*plan.unseen, *(delivery.unread if delivery is not None else ()))
    if unread:
        yield ""
        yield f"**Not looked at ({len(unread)})**"
        yield from (f"- {_code(text)}" for text in unread)
    dangers = ordered((*plan.dangers, *(delivery.dangers if delivery is not None else ())))
    if dangers:
        yield ""
        yield "**Dangers**"
        for danger in dangers:
            where = f"{danger.kustomization.environment}: " if danger.kustomization else ""
            yield f"- **{WORDS[danger.level]}** {_code(where + danger.says)} ({danger.rule})"
            if danger.look:
                yield from _fence("", danger.look, "  ")
        yield ""
        yield "What one means, and what to do instead: `fluxtui dangers ID`."
    yield from _takers(plan.takers)
    if delivery is None:
        return
    yield ""
    yield "| where | created | changed | pruned | kept | renamed |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from map(_row, delivery.parts)
    yield from _charts(delivery.parts)
    yield from _images(delivery.parts)
    yield from _commits(delivery.changelogs)


def _takers(takers: tuple[Taker, ...]) -> Iterator[str]:
    """Who takes it comes first; of many that do not, the first."""
    if not takers:
        return
    taking = sum(taker.takes for taker in takers)
    yield ""
    yield f"**Who would take it ({taking} of {len(takers)})**"
    for taker in takers[:_MANY_TAKERS]:
        seen = "" if taker.seen else " (as last seen)"
        users = f", applied by {len(taker.users)}" if taker.users else ""
        yield f"- {'**takes it**' if taker.takes else 'stays'}: {_code(taker.why)}{users}{seen}"
    if len(takers) > _MANY_TAKERS:
        yield f"- and {len(takers) - _MANY_TAKERS} more"


def _row(part: DeliveredKustomization) -> str:
    key, short = part.compared.kustomization, part.content
    where = _code(f"{key.environment} {key.namespace}/{key.name}")
    if part.compared.error:
        failed = "does not build" if appliers.takes_bundles(key) else "not compared"
        return f"| {where} | {failed}: {_code(part.compared.error)} | | | | |"
    if short.is_unknown:
        return f"| {where} | not rendered | | | | |"
    numbers = (short.created, short.changed, short.pruned, short.kept, short.replaced)
    return f"| {where} | " + " | ".join(str(number or "") for number in numbers) + " |"


def _charts(parts: Iterable[DeliveredKustomization]) -> Iterator[str]:
    for part in parts:
        chart = part.content.chart
        if chart is None:
            continue
        versions = f"{chart.before} → {chart.after}"
        application = f"{chart.app_before or 'none'} → {chart.app_after or 'none'}"
        yield ""
        yield (
            f"**Chart of {_plain(part.compared.kustomization.name)}**: {_code(versions)},"
            f" application {_code(application)}, {chart.files} of its files differ"
        )
        yield from (f"- default {_code(text)}" for text in chart.values[:_MANY_VALUES])
        if len(chart.values) > _MANY_VALUES:
            yield f"- and {len(chart.values) - _MANY_VALUES} more"


def _images(parts: Iterable[DeliveredKustomization]) -> Iterator[str]:
    pairs = {image.sides for part in parts for image in part.content.images}
    if pairs:
        yield ""
        yield "**Images**"
        for before, after in sorted(pairs):
            yield f"- {_code(before)} → {_code(after)}"


def _commits(logs: Iterable[Changelog]) -> Iterator[str]:
    for log in logs:
        yield ""
        back = " that are taken back" if log.back else ""
        yield f"**Commits of {_plain(log.range.build)}{back}**"
        yield from (f"- {_code(f'{c.id[:8]} {c.subject}')}" for c in log.commits)
        if log.more:
            yield f"- and {log.more} more"


def _tail(plan: Plan) -> Iterator[str]:
    named = {taker.why for taker in plan.takers}
    effects = tuple(text for text in plan.effects if text not in named)
    for title, texts in (("What comes of it", effects), ("Beware", plan.warnings)):
        if texts:
            yield ""
            yield f"**{title}**"
            yield from (f"- {_code(text)}" for text in texts)
    yield ""
    yield "**Steps**"
    yield from (f"{n}. {_code(step.title)}" for n, step in enumerate(plan.steps, 1))


def _diffs(delivery: Delivery | None, room: int) -> str:
    """Every object's diff while there is room, the biggest first; then how many found none."""
    if delivery is None:
        return ""
    changes = [
        (len(change.fields), part, change)
        for part in delivery.parts
        for change in part.compared.changes
    ]
    changes.sort(key=lambda entry: -entry[0])
    out: list[str] = []
    left_out = 0
    for _size, part, change in changes:
        block = "\n".join(_diff(part, change)) + "\n"
        if len(block.encode()) > room:
            left_out += 1
            continue
        room -= len(block.encode())
        out.append(block)
    if left_out:
        out.append(f"\n{left_out} more objects change; there is no room for them here.\n")
    return "".join(out)


def _diff(part: DeliveredKustomization, change: ObjectChange) -> Iterator[str]:
    environment = part.compared.kustomization.environment
    yield ""
    summary = _html(f"{environment}: {change.id} {change.kind}")
    yield f"<details><summary>{summary}</summary>"
    yield ""
    lines = unified(change)
    more = [f"... {len(lines) - _MANY_LINES} more lines"] if len(lines) > _MANY_LINES else []
    yield from _fence("diff", (*lines[:_MANY_LINES], *more), "")
    yield ""
    yield "</details>"


def _fence(language: str, lines: Iterable[str], indent: str) -> Iterator[str]:
    """A block that nothing in it can end."""
    body = [visible(line) for line in lines]
    longest = max((len(line) - len(line.lstrip("`")) for line in map(str.strip, body)), default=0)
    mark = "`" * max(3, longest + 1)
    yield f"{indent}{mark}{language}"
    yield from (f"{indent}{line}" for line in body)
    yield f"{indent}{mark}"


def _code(text: str) -> str:
    """One line of text that is data."""
    line = visible(" ".join(text.split())).replace("|", "\\|")
    if "`" not in line:
        return f"`{line}`" if line else ""
    runs, longest = 0, 0
    for character in line:
        runs = runs + 1 if character == "`" else 0
        longest = max(longest, runs)
    mark = "`" * (longest + 1)
    return f"{mark} {line} {mark}"


def _plain(text: str) -> str:
    return _code(text) if any(c in text for c in "`*_[]<>|") else visible(text)


def _html(text: str) -> str:
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").rpartition("\n")[0]
