"""The conformance runner's functions for the pure algorithms of the domain (no I/O)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fluxtui.domain import health
from fluxtui.domain.errors import VersionError
from fluxtui.domain.selection import Policy
from fluxtui.domain.substitute import substitute as _substitute
from fluxtui.domain.versions import Constraint, parse_version, select
from fluxtui.domain.versions import compare as _compare
from fluxtui.domain.versions.version import Mode


def substitute(template: str, variables: Mapping[str, str], strict: bool) -> str:
    return _substitute(template, variables, strict=strict)


def check(constraint: str, version: str) -> bool:
    return Constraint.parse(constraint).admits(parse_version(version))


def constraint(text: str) -> Constraint:
    return Constraint.parse(text)


def version(text: str, mode: Mode) -> tuple[int, int, int, str, str]:
    v = parse_version(text, mode)
    return (v.major, v.minor, v.patch, v.prerelease, v.metadata)


def compare(a: str, b: str) -> int:
    return _compare(a, b)


def resolve(tags: Sequence[str], semver: str, semver_filter: str, helm_media_type: bool) -> str:
    policy = Policy(semver=semver, semver_filter=semver_filter or "", helm=helm_media_type)
    selection = select(tags, policy)
    if selection.error:
        raise VersionError(selection.error)
    return selection.chosen


def status(obj: Mapping[str, object] | None) -> str:
    if obj is None:
        return health.status(None).status.value
    return health.compute(obj, datetime.now(UTC)).status.value
