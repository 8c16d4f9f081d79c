"""ArtifactGenerator: makes ExternalArtifacts out of other sources (docs/flux.md#other-sources)."""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn, Means
from fluxtui.domain.kinds.reading import SOURCES, mappings_at, reference, text_at
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import short_digest

GROUP = "source.extensions.fluxcd.io"


def needs(resource: Resource) -> tuple[Key, ...]:
    """The sources that it takes from."""
    entries = mappings_at(resource.spec, "sources")
    keys = (reference(resource, entry, SOURCES) for entry in entries)
    return tuple(key for key in keys if key is not None)


def makes(resource: Resource) -> tuple[Key, ...]:
    """The ExternalArtifacts, and Namespaces, that it keeps: status.inventory, a bare list."""
    keys = []
    for entry in mappings_at(resource.status, "inventory"):
        kind = text_at(entry, "kind") or "ExternalArtifact"
        key = reference(resource, entry, SOURCES if kind == "ExternalArtifact" else "", kind)
        if key is not None:
            keys.append(key._replace(namespace="") if kind == "Namespace" else key)
    return tuple(keys)


def revision(resource: Resource) -> str:
    """What of its sources was seen last."""
    return short_digest(text_at(resource.status, "observedSourcesDigest"))


def _made(resource: Resource) -> str:
    inventory = resource.status.get("inventory")
    return str(len(inventory)) if isinstance(inventory, list) else ""


KIND = Kind(
    GROUP,
    "v1beta1",
    "ArtifactGenerator",
    "artifactgenerators",
    "ag",
    suspends=Means(f"{GROUP}/reconcile", "disabled"),
    stopped=("the ExternalArtifacts it made stay; what uses them goes on with those",),
    needs=needs,
    makes=makes,
    revision=revision,
    columns=(KindColumn("ARTIFACTS", _made),),
)
