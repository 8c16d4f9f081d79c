"""What a person can do next about a failure, by words in its reason: one table, the first counts.

Only what is safe to try is said, as the screen's keys; `cli/waysout.py` says it in verbs. Pure.
"""

from __future__ import annotations

from fluxtui.domain.counts import agreed

SOURCE = "mend the source: its url, its credentials or what it follows"
_LOG = "read its log: l on the Pod in Chain; or roll back"
_NAMED = "create or mend what the sentence names"
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
    ("BuildFailed", "diff it: 4, and mend the bundle or its patches"),
    ("suspended", "resume it"),
)


def remedy(text: str, *, of_source: bool = False, waits: int = 0) -> str:
    """The way out of what that sentence says. `of_source`: it is a source's; `waits`: how many
    wait for it."""
    otherwise = SOURCE if of_source else "see Chain: 3"
    way = next((way for word, way in _WAYS if word in text), otherwise)
    return f"{waits} more {agreed(waits, 'waits')} for it; {way}" if waits else way
