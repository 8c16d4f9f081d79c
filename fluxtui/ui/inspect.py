"""One object to read: as YAML, or described by its conditions and history. Pure."""

from __future__ import annotations

from fluxtui.domain import kinds, roles
from fluxtui.domain.blocktext import block_text
from fluxtui.domain.kinds import appliers
from fluxtui.domain.naming import names_in
from fluxtui.domain.overview.judgement import flux_health
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import version_text
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import since
from fluxtui.ui.screens.reading import yaml_lines
from fluxtui.ui.spans import Line, brief


def as_yaml(resource: Resource) -> tuple[Line, ...]:
    """What the API says of it (without managedFields; Secrets without values)."""
    return yaml_lines(block_text(resource.as_object()))


def described(snapshot: Snapshot, resource: Resource, now: float) -> tuple[Line, ...]:
    """Conditions, history and the inventory, each under a heading."""
    out: list[Line] = [
        ((resource.key.label, "strong"), (f"  {resource.key.environment}", "accent"))
    ]
    age = since(resource.created, now)
    out.append(((f"created {age} ago   generation {resource.generation}", "dim"),))
    parent = appliers.parent(resource)
    if parent is not None:
        out.append((("applied by ", "dim"), (parent.label, "")))
    kind = kinds.of(resource.key)
    for column in kind.columns if kind is not None else ():
        if text := column.text(resource):
            out.append(((f"{column.title.lower()} ", "dim"), (text, "")))
    out += [(), (("CONDITIONS", "dim"),)]
    if not resource.conditions:
        out.append(((f"  {flux_health(resource).text}", "dim"),))
    for condition in resource.conditions:
        role = {"True": "ok", "False": "bad"}.get(condition.status, "busy")
        stamp = since(condition.last_transition, now)
        out.append(
            (
                (f"  {condition.type}={condition.status} ", role),
                (f"{condition.reason} ", "name"),
                (f"{stamp}  ", "dim"),
                (brief(condition.message), ""),
            )
        )
    runs = appliers.history(resource)
    source = roles.source_of(snapshot, resource.key) if runs else None
    names = names_in(snapshot, source) if source is not None else ()
    if runs:
        out += [(), (("HISTORY (newest first; Flux keeps five)", "dim"),)]
    for run in runs:
        role = "ok" if appliers.is_good(resource.key, run.status) else "bad"
        out.append(
            (
                (f"  {version_text(run.revision, names)}  ", "version"),
                (run.status, role),
                (f"  {since(run.last, now)}", "dim"),
            )
        )
    ids = appliers.inventory(resource)
    if ids:
        out += [(), ((f"INVENTORY ({len(ids)})", "dim"),)]
        out += [((f"  {id_.replace('_', ' ')}", ""),) for id_, _version in ids]
    return tuple(out)
