"""What a table says of one of Flux's objects, of whatever kind: readiness, revision, message.

The screen and `get` say it alike, so it is said here. A kind without a controller is `static`, and
an object that no controller has looked at has no readiness: neither is ready. Pure.
"""

from __future__ import annotations

from fluxtui.domain import foundkinds, kinds
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.naming import dressed_of
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import commit_text, digest_of, short_digest, tag_of
from fluxtui.domain.snapshot import Snapshot

STATIC = "static"
UNSEEN = "no controller has looked at it yet"


def ready_word(resource: Resource) -> str:
    """`True`, `False` or `Unknown`, as its controller says; `static`; "" while none has. Of a kind
    that was found, and says nothing of Ready, kstatus's word."""
    if kinds.is_static(resource):
        return STATIC
    ready = resource.condition("Ready")
    if ready is not None:
        return ready.status
    if kinds.of(resource.key) is not None:
        return ""
    from fluxtui.domain.health import reader_status

    return str(reader_status(resource.as_object()).status.value)


def revision_of(resource: Resource) -> str:
    """What a source stored, an applier runs, or another kind holds; "" for nothing."""
    if appliers.is_applier(resource.key):
        return appliers.running(resource)
    if sources.is_source(resource.key):
        return sources.revision(resource)
    kind = kinds.of(resource.key)
    return kind.revision(resource) if kind is not None else foundkinds.revision(resource)


def no_revision(resource: Resource) -> str:
    """Why it has no revision, as a sentence: what there is to say where `revision_of` has none."""
    if appliers.is_applier(resource.key):
        return _nothing_runs(resource)
    kind = kinds.of(resource.key)
    if kind is not None and not kind.has_revision:
        return "its kind has no revision"
    if kinds.is_static(resource):
        return "it is static: nothing is stored for it"
    return "nothing was stored yet" if sources.is_source(resource.key) else "its status names none"


def _nothing_runs(resource: Resource) -> str:
    newest = next(iter(appliers.history(resource)), None)
    if newest is not None:
        which = f", {newest.revision}" if newest.revision else ""
        return f"none runs; the newest that was tried{which}: {newest.status or 'not known how'}"
    tried = appliers.attempted(resource)
    return f"none runs; the newest that was tried: {tried}" if tried else "nothing was applied yet"


def revision_text(resource: Resource, snapshot: Snapshot) -> str:
    """`v1.4.2@sha256:0123abcd`, as flux prints it; `v1.4.2 (sha256:0123abcd)` where Flux stored the
    digest alone; a commit by its branch and first digits."""
    revision = revision_of(resource)
    if commit := commit_text(revision):
        return commit
    tag, digest = tag_of(revision), short_digest(digest_of(revision))
    return f"{tag}@{digest}" if tag and digest else dressed_of(revision, resource.key, snapshot)


def not_served(kind: Kind) -> str:
    """That an API has no such kind, as a sentence."""
    return f"{kind.kind} is not served: its CRD is not installed"
