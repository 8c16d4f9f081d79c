"""Versions, ranges and Selection exactly as Flux has them: the one place that decides about tags.

The values that others keep are in `fluxtui.domain.selection`; this package computes them. Must not
list registries; must not be imported before first paint (a pane shows Selections, it makes none).
What a tag that is published or deleted would change is `simulate`'s, for who asks that.
"""

from fluxtui.domain.versions.constraint import Constraint, misplaced
from fluxtui.domain.versions.selector import Selector, select
from fluxtui.domain.versions.version import Version, behind, compare, parse_version, try_version

__all__ = [
    "Constraint",
    "Selector",
    "Version",
    "behind",
    "compare",
    "misplaced",
    "parse_version",
    "select",
    "try_version",
]
