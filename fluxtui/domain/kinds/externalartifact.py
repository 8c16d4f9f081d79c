"""ExternalArtifact: what another controller made and stored (docs/flux.md#other-sources).

Nothing reconciles it: who makes it, writes it.
"""

from __future__ import annotations

from fluxtui.domain.kinds.kind import SOURCE_SHAPE, Kind, KindColumn, Source
from fluxtui.domain.kinds.reading import SOURCES, group_of, mapping_at, reference, text_at
from fluxtui.domain.resource import Key, Resource


def maker(resource: Resource) -> Key | None:
    """The object that makes it, as spec.sourceRef says."""
    entry = mapping_at(resource.spec, "sourceRef")
    return reference(resource, entry, group_of(entry, "source.extensions.fluxcd.io"))


def follows(resource: Resource) -> str:
    """`ArtifactGenerator app`, or that nobody said who makes it."""
    entry = mapping_at(resource.spec, "sourceRef")
    kind, name = text_at(entry, "kind"), text_at(entry, "name")
    return f"{kind} {name}".strip() or "whoever makes it"


def needs(resource: Resource) -> tuple[Key, ...]:
    """Who makes it."""
    key = maker(resource)
    return (key,) if key is not None else ()


KIND = Kind(
    SOURCES,
    "v1",
    "ExternalArtifact",
    "externalartifacts",
    "ea",
    words=("external",),
    source=Source(url=lambda _resource: "", follows=follows),
    shape=SOURCE_SHAPE,
    reconciles=False,
    suspends=None,
    needs=needs,
    has_events=False,
    columns=(KindColumn("MADE BY", follows),),
)
