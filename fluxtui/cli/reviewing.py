"""What an act would change, headless: asked for where somebody reads it, and said in lines.

A failure to render is part of the answer, never the end of an act.
"""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.ask import (
    DeliveredKustomization,
    Delivery,
    ReviewCommits,
    ReviewMoves,
    ReviewStanding,
    Standing,
    TryMoves,
)
from fluxtui.domain.commitrange import Changelog
from fluxtui.domain.danger import WORDS, Danger, ordered
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import appliers
from fluxtui.domain.plan import Plan
from fluxtui.domain.review.content import ChartContent
from fluxtui.engine.port import EnginePort

LIMIT = 120.0
_CONFIG = 20


def delivery_of(engine: EnginePort, plan: Plan, *, tries: bool = False) -> Delivery | None:
    """What it would change; None where it brings no build anywhere. `tries`: clusters are sent
    server-side dry runs as well."""
    if not plan.moves:
        return None
    try:
        delivery: Delivery = engine.ask(ReviewMoves(plan.moves)).result(LIMIT)
    except TimeoutError:
        return Delivery(unread=(f"what would change: not rendered within {LIMIT:.0f} s",))
    except FluxtuiError as error:
        return Delivery(unread=(f"what would change: {error}",))
    standing = _answered(engine, ReviewStanding(delivery.wanted), "what its clusters have")
    if tries:
        tried = _answered(engine, TryMoves(plan.moves), "whether its clusters take it")
        standing = standing.joined(tried)
    return delivery.with_standing(standing).with_changelogs(_changelogs(engine, plan))


def _changelogs(engine: EnginePort, plan: Plan) -> tuple[Changelog, ...]:
    """The commits between what runs and what comes; why they were not read, else."""
    if not plan.ranges:
        return ()
    try:
        read: tuple[Changelog, ...] = engine.ask(ReviewCommits(plan.ranges)).result(LIMIT)
    except (TimeoutError, FluxtuiError) as error:
        why = str(error) or f"no answer within {LIMIT:.0f} s"
        return tuple(Changelog(asked, error=why) for asked in plan.ranges)
    return read


def _answered(engine: EnginePort, question: ReviewStanding | TryMoves, what: str) -> Standing:
    """What clusters say; what they do not is among what was not looked at."""
    if isinstance(question, ReviewStanding) and not question.wanted:
        return Standing()
    try:
        standing: Standing = engine.ask(question).result(LIMIT)
    except (TimeoutError, FluxtuiError) as error:
        return Standing(unread=(f"{what}: {str(error) or f'no answer within {LIMIT:.0f} s'}",))
    return standing


def delivery_lines(delivery: Delivery | None, of_plan: tuple[Danger, ...] = ()) -> Iterator[str]:
    """Dangers first (`of_plan`: those of the act itself), then what changes where, then what was
    not looked at."""
    dangers = ordered((*of_plan, *(delivery.dangers if delivery is not None else ())))
    if dangers:
        yield "Dangers:"
        for danger in dangers:
            where = f"{danger.kustomization.environment}: " if danger.kustomization else ""
            yield f"  {WORDS[danger.level]}  {where}{danger.says}  ({danger.rule})"
            yield from (f"        {line}" for line in danger.look)
    if delivery is None:
        return
    if delivery.parts:
        yield "Changes:"
        for part in delivery.parts:
            yield from _part_lines(part)
    for log in delivery.changelogs:
        yield f"Commits of {log.range.build}{' that are taken back' if log.back else ''}:"
        yield from (f"  {commit.id[:8]} {commit.subject}" for commit in log.commits)
        if log.more:
            yield f"  ... {log.more} more"
    if delivery.unread:
        yield "Not rendered:"
        yield from (f"  - {sentence}" for sentence in delivery.unread)


def _part_lines(part: DeliveredKustomization) -> Iterator[str]:
    compared, short = part.compared, part.content
    key = compared.kustomization
    head = f"  {key.environment} {key.namespace}/{key.name}"
    if compared.error:
        failed = "does not build" if appliers.takes_bundles(key) else "not compared"
        yield f"{head}: {failed}: {compared.error}"
        return
    counts = ", ".join(
        f"{number} {word}"
        for number, word in (
            (short.created, "created"),
            (short.changed, "changed"),
            (short.pruned, "pruned"),
            (short.kept, "no longer built and kept"),
            (short.replaced, "under a new name"),
        )
        if number
    )
    nothing = "its objects are not rendered" if short.is_unknown else "no object changes"
    yield f"{head}: {counts or nothing}"
    yield from _chart_lines(short.chart)
    for change in compared.changes:
        if change.kind == "pruned":
            yield f"    deletes {change.id}"
    for image in short.images:
        before, after = image.sides
        yield f"    image {before} -> {after}"
    for scale in short.scale:
        yield f"    {scale.object} {scale.field} {scale.before or '-'} -> {scale.after or '-'}"
    yield from (f"    config {text}" for text in short.config[:_CONFIG])
    if len(short.config) > _CONFIG:
        yield f"    config ... {len(short.config) - _CONFIG} more"


def _chart_lines(chart: ChartContent | None) -> Iterator[str]:
    if chart is None:
        return
    yield f"    chart {chart.before} -> {chart.after}, {chart.files} of its files differ"
    if chart.app_before != chart.app_after:
        yield f"    application {chart.app_before or 'none'} -> {chart.app_after or 'none'}"
    yield from (f"    default {text}" for text in chart.values[:_CONFIG])
    if len(chart.values) > _CONFIG:
        yield f"    default ... {len(chart.values) - _CONFIG} more"
