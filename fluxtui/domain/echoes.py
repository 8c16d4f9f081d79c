"""Which messages say the same thing once more: `failed after 58ms` and `failed after 1.2s`.

A controller that tries again says how long it took, which attempt it was and when; a time line must
count such lines, not list them. Only for comparing, never for showing. Pure.
"""

from __future__ import annotations

import re

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DURATION = rf"(?:{_NUMBER}(?:ns|us|µs|μs|ms|h|m|s))+"
_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"  # what Kubernetes makes names of
_COUNTED = r"attempts?|retr(?:y|ies)|tries|restarts?|times|failures?|errors?"
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), to)
    for pattern, to in (
        # RFC 3339, and how Go prints a time in a log.
        (r"\b[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?", "<time>"),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uid>"),
        (r"\b(?:sha1|sha256|sha512):[0-9a-f]{7,}", "<digest>"),
        # The generated end of a Pod's name, with or without that of its ReplicaSet.
        (rf"(?:-{_RANDOM}{{8,10}})?-{_RANDOM}{{5}}(?![a-z0-9-])", "-<pod>"),
        (r"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b", "<hash>"),
        # An ephemeral port of the one that asked.
        (r"(?<=[0-9.\]]):[0-9]{4,5}->", ":<port>->"),
        (rf"\b{_DURATION}\b", "<duration>"),
        (rf"\b({_COUNTED})(\s*[:#=]?\s*)[0-9]+(?:\s*(?:/|of)\s*[0-9]+)?", r"\1\2<n>"),
        (rf"\b[0-9]+(?:\s*(?:/|of)\s*[0-9]+)?(\s+)({_COUNTED})\b", r"<n>\1\2"),
        (r"\bresourceVersion\s*[:=]?\s*[0-9]+", "resourceVersion <n>"),
    )
)  # fmt: skip


def essence(message: str) -> str:
    """What stays the same when the same thing is said again."""
    for pattern, to in _RULES:
        message = pattern.sub(to, message)
    return message
