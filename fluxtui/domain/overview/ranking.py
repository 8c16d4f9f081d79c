"""The order of findings: the first is always the worst thing known. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.config import Config

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)
# Among equals: what was left half done, what is broken, then what cannot be seen, then what is odd.
_CODES = (
    ("engine-fault", "interrupted"),
    ("failed", "cycle", "missing-dependency", "not-ready"),
    ("unreachable", "forbidden", "absent", "feed"),
    ("last-seen", "source"),
    ("registry", "no-pick"),
)
_RANKS = {code: rank for rank, codes in enumerate(_CODES) for code in codes}


def ordered(findings: Iterable[Finding], config: Config) -> tuple[Finding, ...]:
    """Worst first, each once: by severity, by kind, protected Environments before open ones, then
    by how many wait for it."""
    opened = {e.name for e in config.environments if not e.protected}

    def rank(finding: Finding) -> tuple[int, int, bool, int]:
        return (
            _SEVERITIES.index(finding.severity),
            _RANKS.get(finding.code, len(_CODES)),
            finding.environment in opened,
            -finding.behind,
        )

    return tuple(sorted(dict.fromkeys(findings), key=rank))
