"""What makes objects of a revision, whatever kind it is of: the role's questions, put to the kind.

An object without the role answers with nothing. Pure; nothing here may look at a second object.
"""

from __future__ import annotations

from collections.abc import Mapping

from fluxtui.domain import kinds
from fluxtui.domain.kinds.kind import Applier, Kind, Run
from fluxtui.domain.kinds.reading import text_at
from fluxtui.domain.resource import Key, Resource


def role(key: Key) -> Applier | None:
    """The role of its kind; None when it has another."""
    kind = kinds.of(key)
    return kind.applier if kind is not None else None


def is_applier(key: Key) -> bool:
    """Whether it makes objects of revisions."""
    return role(key) is not None


def source(resource: Resource) -> Key | None:
    """The source that it is fed by, of whatever kind."""
    applier = role(resource.key)
    return applier.source(resource) if applier is not None else None


def depends_on(resource: Resource) -> tuple[Key, ...]:
    """What must be ready before it, in the order it says so."""
    applier = role(resource.key)
    return applier.depends_on(resource) if applier is not None else ()


def expressions(resource: Resource) -> Mapping[Key, str]:
    """Of what must be ready before it, the CEL text that says when it is."""
    applier = role(resource.key)
    return applier.expressions(resource) if applier is not None else {}


def inventory(resource: Resource) -> tuple[tuple[str, str], ...]:
    """What it applied, as (id, version) pairs (docs/flux.md#inventory)."""
    applier = role(resource.key)
    return applier.inventory(resource) if applier is not None else ()


def history(resource: Resource) -> tuple[Run, ...]:
    """How it went before, newest first."""
    applier = role(resource.key)
    return applier.history(resource) if applier is not None else ()


def applied(resource: Resource) -> str:
    """The revision that went well last."""
    applier = role(resource.key)
    return applier.applied(resource) if applier is not None else ""


def attempted(resource: Resource) -> str:
    """The revision that was tried last."""
    applier = role(resource.key)
    return applier.attempted(resource) if applier is not None else ""


def running(resource: Resource) -> str:
    """The *live* revision (docs/flux.md#live-revision)."""
    applier = role(resource.key)
    return applier.running(resource) if applier is not None else ""


def failed_before(resource: Resource) -> Run | None:
    """The newest Run when that is a failure of what is tried now."""
    applier = role(resource.key)
    return applier.before(resource) if applier is not None else None


def failing_since(resource: Resource, stored: str = "") -> str:
    """Since when it fails (RFC 3339), "" when it does not or nobody noted it.

    `stored`: when its source stored what it tries, where that is known."""
    applier = role(resource.key)
    return applier.failing_since(resource, stored) if applier is not None else ""


def good(key: Key) -> str:
    """Its history's word for a build that went well."""
    applier = role(key)
    return applier.good if applier is not None else ""


def is_good(key: Key, status: str) -> bool:
    """Whether that word of its history says that a build went well."""
    applier = role(key)
    return applier is not None and bool(status) and status in (applier.good, *applier.passed)


def keeps_inventory(resource: Resource) -> bool:
    """Whether its controller has written down what it applied, be it nothing. Older ones of
    releases never do."""
    return is_applier(resource.key) and "inventory" in resource.status


def is_bad(key: Key, reason: str) -> bool:
    """Whether that word of its history, or reason of Ready, blames the build."""
    applier = role(key)
    return applier is not None and reason in applier.bad


def waits_for_health(key: Key, reason: str) -> bool:
    """Whether that reason of Ready comes from after the apply, when objects are waited for."""
    applier = role(key)
    return applier is not None and reason in applier.health


def takes_bundles(key: Key) -> bool:
    """Whether it applies manifests; False of one that takes a chart."""
    applier = role(key)
    return applier is not None and applier.bundles


def is_starved(key: Key, reason: str) -> bool:
    """Whether that reason of Ready only repeats what its source says."""
    applier = role(key)
    return applier is not None and reason in applier.starved


def interval(resource: Resource) -> str:
    """How often it runs by itself, as it says so; "" when it does not."""
    return text_at(resource.spec, "interval")


def parent(resource: Resource) -> Key | None:
    """The applier that made this object, by its owner labels."""
    owners = (named_owner(resource, kind) for kind in kinds.APPLIERS)
    return next((owner for owner in owners if owner is not None), None)


def named_owner(resource: Resource, kind: Kind | None) -> Key | None:
    """The applier of that kind that its owner labels name; None where they name none."""
    name = resource.labels.get(kind.owner_label, "") if kind is not None else ""
    if kind is None or not name:
        return None
    namespace = resource.labels.get(kind.owner_label.replace("/name", "/namespace"), "")
    return Key(resource.key.environment, kind.group, kind.kind, namespace, name)
