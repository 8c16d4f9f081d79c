"""ImageUpdateAutomation: writes picked tags into a Git repository (docs/flux.md#images).

What it delivers is a commit; nothing in a cluster changes by it alone.
"""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import SOURCES, mapping_at, reference, text_at
from fluxtui.domain.resource import Key, Resource

GROUP = "image.toolkit.fluxcd.io"
_HEX = 7


def needs(resource: Resource) -> tuple[Key, ...]:
    """The GitRepository that it writes to."""
    key = reference(resource, mapping_at(resource.spec, "sourceRef"), SOURCES, "GitRepository")
    return (key,) if key is not None else ()


def writes(automation: Resource, other: Resource) -> bool:
    """Whether it is a policy whose tag it writes, as far as it has looked: of its own namespace."""
    policies = mapping_at(automation.status, "observedPolicies")
    own = (GROUP, "ImagePolicy", automation.key.namespace)
    return (other.key.group, other.key.kind, other.key.namespace) == own and (
        other.key.name in policies
    )


def pushed(resource: Resource) -> str:
    """The first digits of the commit that it pushed last."""
    return text_at(resource.status, "lastPushCommit")[:_HEX]


KIND = Kind(
    GROUP,
    "v1",
    "ImageUpdateAutomation",
    "imageupdateautomations",
    "iua",
    words=("imgauto", "imgupd"),
    stopped=("picked tags are no longer written to Git",),
    needs=needs,
    heeds=writes,
    heeding="writes its tag into Git",
    revision=pushed,
    columns=(KindColumn("PUSHED", lambda r: text_at(r.status, "lastPushTime")),),
)
