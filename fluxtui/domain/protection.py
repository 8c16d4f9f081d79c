"""What must be confirmed before a Plan may run, and what may not run at all.

Derived from the Steps, the configuration and what registries and clusters are known to hold; what a
Plan says of itself can only add to it, so whoever builds Plans can forget nothing. The review and
the command line ask by it, the Engine judges by it again at the moment of running. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fluxtui.domain.config import Environment
from fluxtui.domain.following import followers, registry_effects
from fluxtui.domain.plan import (
    WRITES,
    DeleteStep,
    ObjectStep,
    Plan,
    PushStep,
    RegistryStep,
    TagStep,
)
from fluxtui.domain.snapshot import Snapshot, TagList

Confirmed = frozenset[str] | None
"""What a person said: None nothing; else yes, and the Environments that were named with it."""
YES: Confirmed = frozenset()


@dataclass(frozen=True, slots=True)
class Demand:
    """What running a Plan takes: `names` to be given, or `refusal`, a sentence, when nothing helps.

    `names` are protected Environments in configured order; without any a plain yes is enough.
    """

    names: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def text(self) -> str:
        """What is typed: the names, one space between them."""
        return " ".join(self.names)

    def met_by(self, typed: str) -> bool:
        """Whether typed words are these names, in any order, and nothing else."""
        return bool(self.names) and set(typed.replace(",", " ").split()) == set(self.names)

    def missing(self, confirmed: Confirmed) -> str:
        """What is missing, as a sentence; "" when what was said is enough."""
        if confirmed is None:
            return "it was not confirmed"
        unnamed = [name for name in self.names if name not in confirmed]
        return f"{protected(unnamed)}, and not named" if unnamed else ""


def protected(names: Sequence[str]) -> str:
    """The sentence that says so of one Environment or several."""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} protected"


def demand(plan: Plan, snapshot: Snapshot) -> Demand:
    """What the Plan's writes take, as far as is known now; waits take nothing."""
    if not any(isinstance(step, WRITES) for step in plan.steps):
        return Demand()
    config = snapshot.config
    if config.read_only:
        return Demand(refusal="fluxtui was started read-only")
    touched, unread = {*plan.environments, *_targets(plan)}, set[str]()
    for repository, steps in _by_repository(plan).items():
        changed, blind = _picks(snapshot, repository, steps)
        touched |= changed
        unread |= blind
    names = _in_order(snapshot, touched)
    shut = next((n for n in names if (e := config.environment(n)) and e.read_only), "")
    if shut:
        return Demand(refusal=f"{shut} is read-only by the configuration")
    strict = {n for n in names if (config.environment(n) or Environment(n, "")).protected}
    return Demand(_in_order(snapshot, strict | unread))


def _in_order(snapshot: Snapshot, names: Iterable[str]) -> tuple[str, ...]:
    """As configured, then what nobody configured, by name."""
    requested = set(names)
    configured = [e.name for e in snapshot.config.environments if e.name in requested]
    return (*configured, *sorted(requested.difference(configured)))


def _targets(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        if isinstance(step, ObjectStep):
            yield step.target.environment


def _by_repository(plan: Plan) -> dict[str, list[RegistryStep]]:
    steps: dict[str, list[RegistryStep]] = {}
    for step in plan.steps:
        if isinstance(step, RegistryStep):
            steps.setdefault(step.repository, []).append(step)
    return steps


def _picks(
    snapshot: Snapshot, repository: str, steps: Sequence[RegistryStep]
) -> tuple[set[str], set[str]]:
    """Environments whose pick these change, and those of which nobody can say so now."""
    listed = snapshot.tags.get(repository) or TagList(repository)
    effects = registry_effects(
        snapshot,
        repository,
        add=[s.tag for s in steps if isinstance(s, TagStep | PushStep) and not _stands(s, listed)],
        remove=[tag for s in steps if isinstance(s, DeleteStep) for tag in _going(s, listed)],
        gone=next((s.digest for s in steps if isinstance(s, DeleteStep) and _last(s)), ""),
    )
    unread = set(effects.unread)
    if not (listed.listed_at or listed.absent):
        # Against tags that nobody has listed, every follower's pick may change.
        unread |= {source.key.environment for source in followers(snapshot, repository)}
    return set(effects.environments()), unread


def _stands(step: TagStep | PushStep, listed: TagList) -> bool:
    """Whether the tag is on that very content already: naming it again changes nothing."""
    fact = listed.facts.get(step.tag)
    return isinstance(step, TagStep) and fact is not None and fact.digest == step.digest


def _last(step: DeleteStep) -> bool:
    """Whether the content goes too: a registry may clear away what no tag is on."""
    return not step.tag or not step.shared


def _going(step: DeleteStep, listed: TagList) -> tuple[str, ...]:
    """The tags that are gone then. With a manifest go all on it, and any that may be on it."""
    if step.tag:
        return (step.tag,)
    unlike = {t for t, fact in listed.facts.items() if fact.digest and fact.digest != step.digest}
    return (*step.shared, *(tag for tag in listed.tags if tag not in unlike))
