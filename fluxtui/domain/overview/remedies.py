"""What a person can do next about a failure, by words in its reason: one table, the first counts.

Only what is safe to try is said, as the screen's keys; `cli/waysout.py` says it in verbs. Pure.
"""

from __future__ import annotations

from fluxtui.domain import kinds
from fluxtui.domain.counts import agreed
from fluxtui.domain.keytokens import key_token
from fluxtui.domain.kinds import sources
from fluxtui.domain.resource import Key

SOURCE = "mend the source: its url, its credentials or what it follows"
_LOG = "read its log: l on the Pod in Chain; or roll back"
SEE_DRIFT = f"compare it with its release: {key_token('diff')}"
SEE_CHAIN = f"see Chain: {key_token('chain')}"
_DIFF = f"diff it: {key_token('diff')}, and mend the bundle or its patches"
# Only bundles in a registry can be built and compared here.
_BUILD = "mend what the sentence names, in {place} or the object's patches"
_NAMED = "create or mend what the sentence names"
# Sources that cannot be held on what they had before: nothing that they feed is rolled back here.
_ONE_WAY = frozenset(
    kind.kind
    for kind in kinds.SOURCES
    if not kind.tagged and kind.hold is None and kind.source and not kind.source.charts
)
_PLACES = {"GitRepository": "Git", "Bucket": "the bucket"}
# Whole words of reasons: `resource` and `source` are in half of all sentences.
_WAYS = (
    ("ImagePull", "is the image there, and may it be pulled? see its name in the sentence"),
    ("InvalidImageName", "mend the image's name"),
    ("OOMKilled", "raise its memory limit, or roll back"),
    ("CrashLoop", _LOG),
    ("exited with", _LOG),
    ("CreateContainer", "mend what its containers name: a ConfigMap, Secret or volume"),
    ("Unschedulable", "give it a node with room, or ask for less"),
    ("BackoffLimit", "read the log of its Pod: l in Chain"),
    ("AuthenticationFailed", "its credentials: does the Secret that it names hold them?"),
    ("authentication required", "its credentials: does the Secret that it names hold them?"),
    ("InvalidCELExpression", "mend the expression in its spec"),
    ("TokenNotFound", _NAMED),
    ("ValuesError", _NAMED),
    ("InvalidChartReference", "name a chart and version that its repository has"),
    ("UpgradeFailed", "mend chart or values; it tries again with a new version, or by reset"),
    ("InstallFailed", "mend chart or values; it tries again with a new version, or by reset"),
    ("RetriesExceeded", "mend chart or values; it tries again with a new version, or by reset"),
    ("path not found", "mend spec.path, or bring the folder back"),
    ("BuildFailed", _DIFF),
    ("suspended", "resume it"),
)


def remedy(text: str, *, origin: Key | None = None, of_source: bool = False, waits: int = 0) -> str:
    """The way out of what that sentence says. `origin`: what feeds the failing one; `of_source`: it
    is a source's; `waits`: how many wait for it."""
    otherwise = SOURCE if of_source else SEE_CHAIN
    way = next((way for word, way in _WAYS if word in text), otherwise)
    if way is _DIFF and (origin is None or not sources.is_tagged(origin)):
        way = _BUILD.format(place=_place(origin))
    if origin is not None and origin.kind in _ONE_WAY:
        way = way.removesuffix("; or roll back").removesuffix(", or roll back")
    return f"{waits} more {agreed(waits, 'waits')} for it; {way}" if waits else way


def _place(origin: Key | None) -> str:
    """Where the manifests of a source without tags are mended."""
    if origin is None:
        return "its source"
    return _PLACES.get(origin.kind, f"what {origin.kind} {origin.name} is made of")
