"""In which group of the board a Service stands: by the stages that have it, by namespace, or by
what it is delivered from.

A row joins Environments, so what differs between them is read where it comes first. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fluxtui.domain.board import Level, Line, Row
from fluxtui.domain.config import Config
from fluxtui.domain.counts import counted
from fluxtui.domain.kinds import appliers
from fluxtui.kit.values import frozen

GROUPINGS: Mapping[str, str] = {
    "": "not grouped",
    "stage": "by stage",
    "namespace": "by namespace",
    "source": "by source kind",
}
"""What rows are grouped by, and how that is said."""
NO_SOURCE = "no source"


@frozen
class RowGroup:
    """Rows that stand together; `head`: how many, and how they are, in words."""

    head: str
    rows: tuple[Row, ...]


def group_of(row: Row, by: str, config: Config) -> str:
    """The group of a Service; "" when rows are not grouped."""
    if by == "stage":
        return ", ".join(_stages(row, config))
    first = next((line for lines in row.lines.values() for line in lines), None)
    if first is None:
        return ""
    if by == "namespace":
        return first.key.namespace
    return source_kind(first) if by == "source" else ""


def grouped(rows: Iterable[Row], by: str, config: Config) -> tuple[RowGroup, ...]:
    """The rows in their groups, the worst group first, then by name; () when not grouped."""
    if not by:
        return ()
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(group_of(row, by, config), []).append(row)
    names = sorted(found, key=lambda name: (-max(map(worst, found[name])), name))
    return tuple(RowGroup(_head(name, found[name]), tuple(found[name])) for name in names)


def _head(name: str, rows: Sequence[Row]) -> str:
    bad = sum(worst(row) is not Level.OK for row in rows)
    remark = f", {bad} not well" if bad else ""
    return f"{name or 'none'}: {counted(len(rows), 'row')}{remark}"


def source_kind(line: Line) -> str:
    """`OCIRepository`, `HelmRepository charts`: the kind of what it is delivered from."""
    key = line.key
    if not appliers.is_applier(key):
        return key.kind
    if line.source is None:
        return NO_SOURCE
    return line.source.kind if appliers.takes_bundles(key) else f"{line.source.kind} charts"


def worst(row: Row) -> Level:
    """The worst of its lines, in any Environment."""
    levels = (line.health.level for lines in row.lines.values() for line in lines)
    return max(levels, default=Level.OK)


def _stages(row: Row, config: Config) -> tuple[str, ...]:
    """Stages that have it, in the order of the configuration."""
    here = (config.environment(name) for name in row.lines)
    present = {environment.stage_name for environment in here if environment is not None}
    ordered = dict.fromkeys(environment.stage_name for environment in config.environments)
    return tuple(stage for stage in ordered if stage in present)
