"""In which group of the board a Service stands: by the stages that have it, by namespace, or by
what it is delivered from.

A row joins Environments, so what differs between them is read where it comes first. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain.board import Level, Line, Row
from fluxtui.domain.config import Config
from fluxtui.domain.kinds import appliers

GROUPINGS: Mapping[str, str] = {
    "": "not grouped",
    "stage": "by stage",
    "namespace": "by namespace",
    "source": "by source kind",
}
"""What rows are grouped by, and how that is said."""
NO_SOURCE = "no source"


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
