"""Receiver: a webhook that asks objects to reconcile (docs/flux.md#notifications).

Its path is a secret: who knows it may call. It is shown nowhere.
"""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import is_among, mappings_at, text_at
from fluxtui.domain.resource import Resource


def wakes(resource: Resource) -> str:
    """`GitRepository/platform`: what it asks to reconcile."""
    entries = mappings_at(resource.spec, "resources")
    return ", ".join(f"{text_at(e, 'kind')}/{text_at(e, 'name')}" for e in entries)


KIND = Kind(
    "notification.toolkit.fluxcd.io",
    "v1",
    "Receiver",
    "receivers",
    "receiver",
    heeds=lambda own, other: is_among(own, mappings_at(own.spec, "resources"), other),
    heeding="wakes it",
    stopped=("its webhook is not served: what it wakes waits for its own interval",),
    columns=(KindColumn("TYPE", lambda r: text_at(r.spec, "type")), KindColumn("WAKES", wakes)),
)
