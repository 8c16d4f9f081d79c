"""The worker's side of reviewing a chart that goes to another version: content and dangers.

What the packed charts say is always judged; what helm renders of both with the release's values
only where it is on PATH. Runs in the worker process only; secrets are hidden as in a comparison.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.domain.ask import DeliveredKustomization
from fluxtui.domain.danger import ordered
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import FieldChange, ObjectChange, shown
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.charts import chart_dangers
from fluxtui.domain.review.charts.packed import ChartSide, PackedDelivery
from fluxtui.domain.review.content import ChartContent, Content, ImageChange, content
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.rules import dangers
from fluxtui.engine.builds.chartdiffs import INSTALL, ChartJudged, ChartReview, rendered_sides
from fluxtui.engine.builds.chartfiles import (
    Files,
    changed_files,
    changed_images,
    chart_files,
    in_chart,
)
from fluxtui.engine.builds.judging import masked_objects, without_tokens
from fluxtui.engine.builds.releasestorage import objects_of
from fluxtui.engine.builds.secretmarks import Marks

_MOST_VALUES = 200
_KEEP = "helm.sh/resource-policy"


def reviewed(review: ChartReview) -> ChartJudged:
    """Both versions compared and judged. Raises ArtifactError where one cannot be unpacked."""
    key = review.part.kustomization
    old, new = (chart_files(side.archive) for side in (review.before, review.after))
    sides = _parts(old), _parts(new)
    image_changes, files = changed_images(old, new), changed_files(old, new)
    images = tuple(map(_image, image_changes))
    packed = PackedDelivery(key, *sides, review.own, review.definitions, images)
    danger_list = [dataclasses.replace(d, kustomization=key) for d in chart_dangers(packed)]
    short = Content(images=images)
    rendered: tuple[ObjectChange, ...] = ()
    unread: list[str] = []
    is_rendered = False
    if shutil.which("helm") is None:
        unread.append(f"{key}: Helm chart not rendered: no `helm` on PATH; {INSTALL}")
    else:
        try:
            delivered, rendered, labels = _rendered(review)
        except FluxtuiError as error:
            unread.append(f"{key}: Helm chart not rendered: {error}")
        else:
            marks, is_rendered = Marks(labels), True
            danger_list += [without_tokens(danger, key, marks) for danger in dangers(delivered)]
            short = content(rendered)
            # Of namespaces helm says nothing where a chart does not: nobody could be asked rightly.
            unread.append(f"{key}: whether its cluster has what the chart's objects refer to")
    chart = ChartContent(
        review.part.before,
        review.part.after,
        sides[0].says("appVersion"),
        sides[1].says("appVersion"),
        len(files),
        tuple(_values(files)),
        is_rendered,
    )
    # What helm renders comes first; as packed a chart is told by its files.
    changes = (*rendered, *(() if is_rendered else image_changes), *files)
    part = dataclasses.replace(review.part, changes=changes)
    short = dataclasses.replace(short, chart=chart)
    return ChartJudged(DeliveredKustomization(part, short, ordered(danger_list)), tuple(unread))


def _rendered(
    review: ChartReview,
) -> tuple[Delivered, tuple[ObjectChange, ...], Mapping[str, str]]:
    """As a rule sees it, as a person does, and what the tokens in it stand for."""
    sides = rendered_sides(review.session, review.before, review.after, review.render)
    masker = Masker(review.session)
    changes = tuple(map(_pruned, sides.changes))
    delivered = Delivered(
        review.part.kustomization,
        changes=changes,
        before=masked_objects(sides.before, masker),
        after=masked_objects(sides.after, masker),
    )
    return delivered, tuple(map(Marks(sides.labels).change, changes)), sides.labels


def _pruned(change: ObjectChange) -> ObjectChange:
    """Helm deletes what a release has no more, unless the object says to keep it."""
    if change.kind != "removed" or change.before is None:
        return change
    metadata = change.before.get("metadata")
    notes = (metadata.get("annotations") if isinstance(metadata, Mapping) else None) or {}
    keeps = str(notes.get(_KEEP, "")).lower() == "keep" if isinstance(notes, Mapping) else False
    return change if keeps else dataclasses.replace(change, kind="pruned")


def _parts(files: Files) -> ChartSide:
    return ChartSide(
        in_chart(files, "Chart.yaml"), in_chart(files, "values.yaml"), dict(_definitions(files))
    )


def _definitions(files: Files) -> Iterator[tuple[ObjectId, Json]]:
    """Those in `crds/` of the chart, and of the charts in it; what cannot be read has none."""
    for path, data in sorted(files.items()):
        if "crds" not in path.split("/")[:-1] or not path.endswith((".yaml", ".yml", ".json")):
            continue
        try:
            for obj in objects_of(data.decode()):
                if obj.get("kind") == "CustomResourceDefinition":
                    yield ObjectId.of(obj), obj
        except (FluxtuiError, ValueError):
            continue


def _image(change: ObjectChange) -> ImageChange:
    name = change.id.name
    return ImageChange(_written(name, change.before), _written(name, change.after))


def _written(name: str, side: Mapping[str, Any] | None) -> str:
    """`name:tag`, `name@digest`; "" where that side does not name it."""
    if side is None:
        return ""
    tag = str(side.get("tag") or "")
    return f"{name}{'@' if tag.startswith('sha256:') else ':'}{tag}" if tag else name


def _values(files: tuple[ObjectChange, ...]) -> Iterator[str]:
    """Default values that differ, in a line each."""
    fields = [
        field
        for change in files
        if change.id.name == "values.yaml"
        for field in change.fields
        if field.path != "lines"
    ]
    for field in fields[:_MOST_VALUES]:
        yield _value(field)
    if len(fields) > _MOST_VALUES:
        yield f"... {len(fields) - _MOST_VALUES} more"


def _value(field: FieldChange) -> str:
    before, after = (_text(side) for side in (field.before, field.after))
    if field.before is None:
        return f"+ {field.path} {after}"
    return (
        f"- {field.path} {before}" if field.after is None else f"~ {field.path} {before} -> {after}"
    )


def _text(side: Any) -> str:
    text = str(shown(side)) if side is not None else ""
    return text if len(text) <= 80 else f"{text[:79]}…"
