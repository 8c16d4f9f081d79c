"""One version as Masterminds/semver reads it: tolerant parse, total order (docs/flux.md#versions).

The order is a tuple computed once, because comparing `semver.Version` objects costs ten times a
tuple comparison and a repository has thousands of tags. Must not know ranges or policies.
"""

from __future__ import annotations

import re
from functools import total_ordering
from typing import TYPE_CHECKING, Any, Literal

from fluxtui.domain.errors import VersionError

if TYPE_CHECKING:
    import semver

Mode = Literal["loose", "flux", "strict"]

_LOOSE = re.compile(
    r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
_STRICT = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}(?:[-+].*)?")
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]+(?:\.|$)")
_UINT64 = 2**64
_RELEASE = (1,)


@total_ordering
class Version:
    """A parsed version. `original` is the text as given; equality and order ignore it and metadata.

    `key` orders versions of any spelling; `prerelease` and `metadata` are '' when absent.
    """

    __slots__ = ("key", "major", "metadata", "minor", "original", "patch", "prerelease")

    def __init__(
        self, original: str, major: int, minor: int, patch: int, prerelease: str, metadata: str
    ) -> None:
        self.original = original
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.metadata = metadata
        self.key: tuple[Any, ...] = (
            major,
            minor,
            patch,
            prerelease_key(prerelease) if prerelease else _RELEASE,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.key == other.key

    def __lt__(self, other: Version) -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        """The canonical spelling, with all three numbers and no `v`."""
        pre = f"-{self.prerelease}" if self.prerelease else ""
        build = f"+{self.metadata}" if self.metadata else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"

    def __repr__(self) -> str:
        return f"Version({self.original!r})"

    def semver(self) -> semver.Version:
        """The same version as the public value type of the `semver` package."""
        import semver

        return semver.Version(
            self.major, self.minor, self.patch, self.prerelease or None, self.metadata or None
        )


def prerelease_key(prerelease: str) -> tuple[Any, ...]:
    """Sort key of a pre-release: numbers below text, text in byte order, shorter before longer."""
    parts: list[tuple[int, int, str]] = []
    for part in prerelease.split("."):
        if part.isdecimal() and len(part) <= 20 and (number := int(part)) < _UINT64:
            parts.append((0, number, ""))
        else:
            parts.append((1, 0, part))
    return (0, *parts)


def parse_version(text: str, mode: Mode = "loose") -> Version:
    """Parse as Masterminds `NewVersion`; mode `flux` also wants two dots, as Flux wants of a tag,
    `strict` three numbers and no `v`, as Helm wants of a chart's tag.

    Raises VersionError.
    """
    version = try_version(text, mode)
    if version is None:
        raise VersionError(f"{text!r} is not a version", next="a version looks like 1.2.3")
    return version


def try_version(text: str, mode: Mode = "loose") -> Version | None:
    """As `parse_version`, but None instead of an error: many tags are no versions."""
    if mode == "flux" and text.count(".") < 2:
        return None
    if mode == "strict" and _STRICT.fullmatch(text) is None:
        return None
    match = _LOOSE.fullmatch(text)
    if match is None:
        return None
    first, second, third, prerelease, metadata = match.groups()
    if prerelease and _LEADING_ZERO.search(prerelease):
        return None
    numbers = (first, second or "0", third or "0")
    if len(text) > 19 and any(len(n) > 4000 or int(n) >= _UINT64 for n in numbers):
        return None
    return Version(
        text, int(first), int(second or 0), int(third or 0), prerelease or "", metadata or ""
    )


def compare(a: str, b: str) -> int:
    """-1, 0 or 1 by precedence. Raises VersionError."""
    first, second = parse_version(a).key, parse_version(b).key
    return (first > second) - (first < second)


def behind(running: str, pick: str) -> bool:
    """Whether the running tag or revision (`1.4.2@sha256:..`) is lower than the one to pick.

    False when either is no version: then nothing is known about their order.
    """
    current, target = try_version(running.partition("@")[0]), try_version(pick.partition("@")[0])
    return current is not None and target is not None and current.key < target.key
