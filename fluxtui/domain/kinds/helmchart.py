"""HelmChart: one version of a chart, fetched for a HelmRelease (docs/flux.md#helm)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fluxtui.domain.kinds.kind import (
    SOURCE_SHAPE,
    Kind,
    KindColumn,
    PinField,
    RangeField,
    Source,
    Wish,
)
from fluxtui.domain.kinds.reading import SOURCES, mapping_at, reference, text_at
from fluxtui.domain.resource import Key, Resource

_EXACT = r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"


def chart(resource: Resource) -> str:
    """spec.chart: a name, or a path in a Git repository."""
    return text_at(resource.spec, "chart")


def follows(resource: Resource) -> str:
    """`activity ^1.4`: the chart and the range that picks its version."""
    wish = text_at(resource.spec, "version") or "*"
    return f"{chart(resource)} {wish}".strip()


def needs(resource: Resource) -> tuple[Key, ...]:
    """The HelmRepository, GitRepository or Bucket that has it, always of its own namespace."""
    key = reference(resource, mapping_at(resource.spec, "sourceRef"), SOURCES)
    return (key,) if key is not None else ()


def named(text: str) -> str:
    """An exact version; "" for a range, or what is none."""
    return text if re.fullmatch(_EXACT, text) else ""


def _bar(resource: Resource) -> str:
    """Why a version would not be heeded."""
    whence = text_at(resource.spec, "sourceRef", "kind")
    if whence in ("GitRepository", "Bucket"):
        return f"it comes out of a {whence}, where Flux ignores a version"
    return ""


def wish(resource: Resource) -> Wish | None:
    """What it takes out of the source that it names."""
    holder = next(iter(needs(resource)), None)
    if holder is None or not chart(resource):
        return None
    return Wish(holder, chart(resource), text_at(resource.spec, "version"))


KIND = Kind(
    SOURCES,
    "v1",
    "HelmChart",
    "helmcharts",
    "hc",
    words=("chart",),
    source=Source(url=lambda _resource: "", follows=follows, wish=wish),
    shape={**SOURCE_SHAPE, "spec.chart": str, "spec.sourceRef": Mapping},
    needed=("spec.chart",),
    stopped=("its chart stays on the version it has",),
    needs=needs,
    unfed=("no artifact available for",),
    hold=PinField(
        ("version",),
        picks=lambda _resource: True,
        version=lambda _resource, revision: named(revision.partition("@")[0]),
        named=named,
        bar=_bar,
        lasting="values are not undone: only the chart's version goes back",
    ),
    ranged=RangeField(("version",), _bar),
    columns=(
        KindColumn("CHART", chart),
        KindColumn("WISH", lambda resource: text_at(resource.spec, "version") or "*"),
    ),
)
