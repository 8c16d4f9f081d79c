"""Comparisons and builds as data: `diff` and `build`. Pure.

Values of fields and whole objects are the cluster's own JSON; everything else is named here.
"""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.cli.forms.envelope import Document, document, listing, maybe, reference
from fluxtui.domain.ask import ComparedKustomization, Comparison, Rendering, ValueOrigin
from fluxtui.domain.objectdiff import FieldChange, ObjectChange, shown


def comparisons(results: Iterable[Comparison], problems: Iterable[str] = ()) -> Document:
    """One item a question; of it one part a Kustomization, or HelmRelease."""
    return listing("Diff", map(_comparison, results), problems)


def _comparison(comparison: Comparison) -> Document:
    return {
        "title": comparison.title,
        "left": comparison.left,
        "right": comparison.right,
        "parts": [_part(part) for part in comparison.parts],
        "unread": list(comparison.unread),
    }


def _part(part: ComparedKustomization) -> Document:
    """`changes` is null when it could not be compared."""
    changes = None if part.error else [_change(change) for change in part.changes]
    return {
        "environment": part.kustomization.environment,
        "kustomization": reference(part.kustomization),
        "before": part.before,
        "after": part.after,
        **maybe("changes", changes, part.error),
        "findings": list(part.findings),
    }


def _change(change: ObjectChange) -> Document:
    # A secret value is its label here; which of them changed is said by the fields.
    whole = {"before": shown(change.before), "after": shown(change.after)}
    return {
        "change": change.kind,
        "object": reference(change.id),
        "was": change.was,
        "by": change.by,
        "fields": [_field(field) for field in change.fields],
        **{name: obj for name, obj in whole.items() if obj is not None},
    }


def _field(field: FieldChange) -> Document:
    sides = {}
    if field.kind != "added":
        sides["before"] = field.before
    if field.kind != "removed":
        sides["after"] = field.after
    return {"change": field.kind, "path": field.path, "by": field.by, **sides}


def rendering(built: Rendering, *, explain: bool) -> Document:
    """What a build makes; with `explain` who set each value."""
    items = []
    for rendered in built.objects:
        origins = {"origins": [_origin(o) for o in rendered.origins]} if explain else {}
        items.append({"object": rendered.object, **origins})
    return document(
        "Build", items=items, findings=list(built.findings), problems=list(built.unread)
    )


def _origin(origin: ValueOrigin) -> Document:
    return {
        "path": origin.path,
        "by": origin.by,
        "file": origin.file,
        **maybe("line", origin.line or None, "the value has no line of its own"),
        "secret": origin.secret,
    }
