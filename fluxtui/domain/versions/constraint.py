"""A semver range as Masterminds v3 reads it: grammar, OR-groups, pre-releases (semantics E).

Scanned by hand and bounded in length, so that a hostile range in somebody's cluster costs next to
nothing. Must not know tags, filters or policies.
"""

from __future__ import annotations

import re

from fluxtui.domain.errors import VersionError
from fluxtui.domain.versions.comparator import Comparator
from fluxtui.domain.versions.version import Version, try_version
from fluxtui.kit.records import NamedTuple

_SPACE = "\t\n\f\r "
_OPERATORS = ("!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^", "")
_VERSION = (
    r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?"
    r"(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_TERM = re.compile(_VERSION)
_HYPHEN = re.compile(rf"[{_SPACE}]*({_VERSION})[{_SPACE}]+-[{_SPACE}]+({_VERSION})[{_SPACE}]*")
_HYPHEN_ALONE = re.compile(rf"[{_SPACE}]-[{_SPACE}]")
_WILDCARDS = ("x", "X", "*")
_LONGEST = 1024  # characters; finding hyphen ranges is quadratic


class Group(NamedTuple):
    """Comparators that must all hold. `prereleases`: one of them names a pre-release."""

    comparators: tuple[Comparator, ...]
    prereleases: bool

    def admits(self, version: Version) -> bool:
        if version.prerelease and not self.prereleases:
            return False
        return all([c.test(version, c.bound, c.precision) for c in self.comparators])

    def __str__(self) -> str:
        return " ".join(c.text for c in self.comparators)


class Miss(NamedTuple):
    """The first comparator that refused a version; `prerelease`: only for being a pre-release."""

    comparator: Comparator
    group: Group
    prerelease: bool


class Constraint(NamedTuple):
    """A parsed range: OR of Groups."""

    text: str
    groups: tuple[Group, ...]

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """Raises VersionError with Masterminds' words."""
        if len(text) > _LONGEST:
            raise VersionError(f"the range is longer than {_LONGEST} characters")
        segments = _rewrite_hyphens(text).split("||")
        return cls(text, tuple(_group(segment) for segment in segments))

    def admits(self, version: Version) -> bool:
        """Whether the range admits the version, under the pre-release rule of its groups."""
        # Lists, here and in Group: this runs once per tag, and generators cost twice as much.
        return any([group.admits(version) for group in self.groups])

    @property
    def prereleases(self) -> bool:
        """Whether any part of the range admits pre-releases."""
        return any(group.prereleases for group in self.groups)

    def first_refusal(self, version: Version) -> Miss | None:
        """Why the version is not admitted; None when it is.

        When its being a pre-release is what keeps it out (no group takes pre-releases, or a group
        that takes none would admit its numbers) that is the reason. Else the first comparator
        refused in the group that admitted most comparators, ties to the leftmost.
        """
        if self.admits(version):
            return None
        if version.prerelease:
            for group in self.groups:
                if not group.prereleases and all(c.admits(version) for c in group.comparators):
                    return Miss(group.comparators[0], group, prerelease=True)
            if not self.prereleases:
                group = self.groups[0]
                return Miss(group.comparators[0], group, prerelease=True)
        best, best_count = self.groups[0], -1
        for group in self.groups:
            if version.prerelease and not group.prereleases:
                count = 0  # such a group refuses it comparator by comparator
            else:
                count = sum(c.admits(version) for c in group.comparators)
            if count > best_count:
                best, best_count = group, count
        if version.prerelease and not best.prereleases:
            return Miss(best.comparators[0], best, prerelease=True)
        refused = next(c for c in best.comparators if not c.admits(version))
        return Miss(refused, best, prerelease=False)

    def __str__(self) -> str:
        return " || ".join(str(group) for group in self.groups)


def misplaced(text: str) -> int:
    """Where the first character stands that no range has there, counted from 1; 0: nowhere."""
    start = 0
    for segment in text.split("||"):
        at = _stuck(_rewrite_hyphens(segment))
        if at >= 0:
            # Hyphen ranges are written otherwise before they are read: no place inside of those.
            return start + (0 if _HYPHEN_ALONE.search(segment) else at) + 1
        start += len(segment) + 2
    return 0


def _stuck(segment: str) -> int:
    """The longest beginning that can be read, when that is not all of it; else -1."""
    for end in range(len(segment), -1, -1):
        try:
            _group(segment[:end])
        except VersionError:
            continue
        return end if end < len(segment) else -1
    return _skip(segment, 0)


def _rewrite_hyphens(text: str) -> str:
    """`1.2 - 1.4` becomes `>= 1.2, <= 1.4 `, before anything else is looked at."""
    if not _HYPHEN_ALONE.search(text):
        return text
    out = text
    for match in _HYPHEN.finditer(text):
        out = out.replace(match[0], f">= {match[1]}, <= {match[6]} ", 1)
    return out


def _group(segment: str) -> Group:
    comparators: list[Comparator] = []
    at = _skip(segment, 0)
    while True:
        comparator, at = _comparator(segment, at)
        comparators.append(comparator)
        behind = _skip(segment, at)
        if behind == len(segment):
            break
        if segment[behind] == ",":
            at = _skip(segment, behind + 1)
        elif behind == at:
            raise _improper(segment)
        else:
            at = behind
    return Group(tuple(comparators), any(c.bound.prerelease for c in comparators))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _improper(segment: str) -> VersionError:
    return VersionError(f'improper constraint: "{segment}"')


def _comparator(segment: str, at: int) -> tuple[Comparator, int]:
    operator = next(o for o in _OPERATORS if segment.startswith(o, at))
    term = _TERM.match(segment, _skip(segment, at + len(operator)))
    if term is None:
        raise _improper(segment)
    major, minor, patch, prerelease = term.groups(default="")
    numbers = [major, minor[1:], patch[1:]]
    precision = next((i for i, n in enumerate(numbers) if not n or n in _WILDCARDS), 3)
    bound = try_version(".".join(numbers[:precision] + ["0"] * (3 - precision)) + prerelease)
    if bound is None:
        raise VersionError("constraint parser error", where=f'"{segment}"')
    return Comparator(operator, bound, precision, operator + term[0]), term.end()
