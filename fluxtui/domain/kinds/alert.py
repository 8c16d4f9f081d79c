"""Alert: which Events go to a Provider (docs/flux.md#notifications). It has no status."""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import is_among, mapping_at, mappings_at, reference, text_at
from fluxtui.domain.resource import Key, Resource

GROUP = "notification.toolkit.fluxcd.io"


def needs(resource: Resource) -> tuple[Key, ...]:
    """The Provider that it sends to."""
    key = reference(resource, mapping_at(resource.spec, "providerRef"), GROUP, "Provider")
    return (key,) if key is not None else ()


def listens(resource: Resource) -> str:
    """`Kustomization/*, HelmRelease/web`: whose Events it takes."""
    entries = mappings_at(resource.spec, "eventSources")
    return ", ".join(f"{text_at(e, 'kind')}/{text_at(e, 'name')}" for e in entries)


KIND = Kind(
    GROUP,
    "v1beta3",
    "Alert",
    "alerts",
    "alert",
    reconciles=False,
    is_static=lambda _resource: True,
    stopped=("Events are no longer sent by it, and are not sent later either",),
    needs=needs,
    heeds=lambda alert, other: is_among(alert, mappings_at(alert.spec, "eventSources"), other),
    heeding="tells of it",
    columns=(
        KindColumn("PROVIDER", lambda r: text_at(r.spec, "providerRef", "name")),
        KindColumn("LISTENS TO", listens),
    ),
)
