"""What yields a revision, whatever kind it is of: the role's questions, put to the object's kind.

An object without the role answers with nothing. Pure; nothing here may look at a second object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.domain import kinds
from fluxtui.domain.gitreference import RemoteQuestion
from fluxtui.domain.kinds.kind import Source
from fluxtui.domain.kinds.reading import text_at
from fluxtui.domain.resource import EMPTY, Key, Resource
from fluxtui.domain.selection import Policy


def role(key: Key) -> Source | None:
    """The role of its kind; None when it has another."""
    kind = kinds.of(key)
    return kind.source if kind is not None else None


def is_source(key: Key) -> bool:
    """Whether revisions come from it."""
    return role(key) is not None


def is_tagged(key: Key) -> bool:
    """Whether its versions are tags that a registry lists."""
    kind = kinds.of(key)
    return kind is not None and kind.tagged


def is_of_git(key: Key) -> bool:
    """Whether its revisions are commits of a Git remote."""
    source = role(key)
    return source is not None and source.reference is not None


def url(resource: Resource) -> str:
    """Where it comes from, `oci://host/path` of a tagged one; "" when that is not known."""
    source = role(resource.key)
    return source.url(resource) if source is not None else ""


def follows(resource: Resource) -> str:
    """What it follows, in words."""
    source = role(resource.key)
    return source.follows(resource) if source is not None else ""


def question(resource: Resource) -> RemoteQuestion | None:
    """What its remote can be asked; None where that is not Git, never moves, or stored nothing."""
    source = role(resource.key)
    wanted = source.reference(resource) if source is not None and source.reference else None
    address, stored = url(resource), revision(resource)
    if wanted is None or not stored or not address.startswith(("http://", "https://")):
        return None
    return RemoteQuestion(address, wanted, stored)


def policy(resource: Resource) -> Policy:
    """What picks one of its tags; the empty Policy where there are none."""
    source = role(resource.key)
    return source.policy(resource) if source is not None and source.policy else Policy()


def artifact(resource: Resource) -> Mapping[str, Any]:
    """status.artifact, empty when nothing was ever stored."""
    value = resource.status.get("artifact")
    return value if isinstance(value, Mapping) else EMPTY


def revision(resource: Resource) -> str:
    """The stored artifact's revision: `tag@sha256:...`, `main@sha1:...`, or a bare digest."""
    return str(artifact(resource).get("revision") or "")


def stored_at(resource: Resource) -> str:
    """When the artifact was stored (RFC 3339), "" when it never was."""
    return text_at(artifact(resource), "lastUpdateTime")
