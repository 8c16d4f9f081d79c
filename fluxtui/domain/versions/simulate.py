"""What would each Policy pick if a tag were published or deleted: promotion review stands on it.

Pure: nothing is published. The caller brings every OCIRepository that follows the repository.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fluxtui.domain.selection import Policy, Selection, Verdict
from fluxtui.domain.versions.selector import Selector

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Effect(Generic[K]):
    """One follower of a repository, before and after.

    `why` has a Verdict for each added tag. `moved`: the picked tag keeps its name, but it is one
    of the added ones, so that its content becomes another.
    """

    key: K
    policy: Policy
    before: str
    after: str
    why: tuple[Verdict, ...]
    error: str
    warnings: tuple[str, ...]
    moved: bool

    @property
    def changes(self) -> bool:
        """Whether another tag (or none, or a first one) would be picked, or the same one moves."""
        return self.moved or self.before != self.after


def simulate(
    policies: Mapping[K, Policy],
    tags: Sequence[str],
    *,
    add: Sequence[str] = (),
    remove: Collection[str] = (),
    published: Mapping[str, str] | None = None,
) -> tuple[Effect[K], ...]:
    """One Effect per follower, in the given order.

    `tags` is the repository as last listed, `add` tags that do not exist yet (taken as the newest;
    one that exists already stays in its place: it is moved), `remove` tags to delete. Equal
    Policies are computed once.
    """
    removed, fresh = set(remove), set(add)
    after_tags = [t for t in tags if t not in removed]
    listed = set(after_tags)
    after_tags += [t for t in add if t not in listed]
    cached: dict[Policy, tuple[Selection, Selection]] = {}
    effects: list[Effect[K]] = []
    for key, policy in policies.items():
        if policy not in cached:
            selector = Selector(policy)
            before = selector.select(tags, published)
            cached[policy] = before, selector.select(after_tags, published)
        before, after = cached[policy]
        added = tuple(v for v in after.verdicts if v.tag in fresh)
        effects.append(
            Effect(
                key,
                policy,
                before.chosen,
                after.chosen,
                added,
                after.error,
                after.warnings,
                moved=after.chosen == before.chosen and after.chosen in fresh,
            )
        )
    return tuple(effects)
