"""One comparator of a range, such as `>=1.2` or `~2.x`: what it admits (docs/flux.md#ranges).

A comparator whose version leaves parts out is *dirty*, and each operator reads that in its own way.
Pre-releases are compared like any version here; whether they are admitted is the group's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from fluxtui.domain.versions.version import Version, prerelease_key
from fluxtui.kit.values import frozen


@frozen
class Comparator:
    """`operator` and `bound`, as written `text`; missing numbers of `bound` are zero.

    `precision` says how many of the three numbers were written: 0 for `*`, 3 for `1.2.3`.
    """

    operator: str
    bound: Version
    precision: int
    text: str
    test: Callable[[Version, Version, int], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "test", _TESTS[self.operator])

    def admits(self, version: Version) -> bool:
        return self.test(version, self.bound, self.precision)

    def __str__(self) -> str:
        return self.text


def _equal(v: Version, c: Version, precision: int) -> bool:
    return v.key == c.key if precision == 3 else _tilde(v, c, precision)


def _not_equal(v: Version, c: Version, precision: int) -> bool:
    if precision in (0, 3):
        return v.key != c.key
    if v.major != c.major:
        return True
    if precision == 1:
        return False
    if v.minor != c.minor:
        return True
    if not v.prerelease and not c.prerelease:
        return False
    return _prerelease(v) != _prerelease(c)


def _prerelease(v: Version) -> tuple[object, ...]:
    return prerelease_key(v.prerelease) if v.prerelease else ()


def _greater(v: Version, c: Version, precision: int) -> bool:
    if precision in (0, 3):
        return v.key > c.key
    if precision == 1:
        return v.major > c.major
    return (v.major, v.minor) > (c.major, c.minor)


def _less(v: Version, c: Version, precision: int) -> bool:
    return v.key < c.key


def _at_least(v: Version, c: Version, precision: int) -> bool:
    return v.key >= c.key


def _at_most(v: Version, c: Version, precision: int) -> bool:
    if precision == 3:
        return v.key <= c.key
    if precision == 1:
        return v.major <= c.major
    return (v.major, v.minor) <= (c.major, c.minor)


def _tilde(v: Version, c: Version, precision: int) -> bool:
    if v.key < c.key:
        return False
    if precision in (0, 3) and c.major == c.minor == c.patch == 0:
        return True
    return v.major == c.major and (precision == 1 or v.minor == c.minor)


def _caret(v: Version, c: Version, precision: int) -> bool:
    if v.key < c.key:
        return False
    if v.major != c.major:
        return False
    if c.major > 0 or precision == 1:
        return True
    if v.minor != c.minor:
        return False
    return c.minor > 0 or precision == 2 or v.patch == c.patch


_TESTS: dict[str, Callable[[Version, Version, int], bool]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _at_least,
    "=>": _at_least,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
