"""What a registry write would change: who would take the new tag, in which Environment.

A tag has no owner: every OCIRepository that follows the repository judges it by its policy. So a
registry write is as delicate as the strictest Environment whose pick it would change, and one that
cannot be read now counts as protected (design.md 7). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxtui.commands.command import Context
from fluxtui.commands.safety import confirmation
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.kinds.kind import suspended
from fluxtui.domain.resource import Resource
from fluxtui.domain.service import repository_path
from fluxtui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Taken:
    """One follower whose pick changes, from and to."""

    source: Resource
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TagEffects:
    """Followers that change, sentences about all of them, and what could not be looked at."""

    taken: tuple[Taken, ...]
    sentences: tuple[str, ...]
    unseen: tuple[str, ...]

    def environments(self) -> tuple[str, ...]:
        """Environments whose pick changes, each once."""
        return tuple(dict.fromkeys(t.source.key.environment for t in self.taken))


def followers(snapshot: Snapshot, repository: str) -> tuple[Resource, ...]:
    """OCIRepositories in all Environments that follow the repository, whatever its host."""
    path = repository_path(repository)
    found = (
        r
        for r in snapshot.of_kind(ocirepository.KIND)
        if repository_path(ocirepository.url(r)) == path
    )
    return tuple(sorted(found, key=lambda r: r.key))


def tag_effects(context: Context, repository: str, tag: str) -> TagEffects:
    """What publishing `tag` in `repository` would do everywhere."""
    from fluxtui.domain.versions import simulate

    snapshot = context.snapshot
    sources = {r.key: r for r in followers(snapshot, repository)}
    listed = snapshot.tags.get(repository)
    policies = {key: ocirepository.policy(r) for key, r in sources.items()}
    effects = simulate(policies, listed.tags if listed else (), add=(tag,))
    taken, sentences = [], []
    for effect in effects:
        source = sources[effect.key]
        where = f"{source.key.environment}: {source.key.label}"
        if not effect.changes:
            why = effect.why[0].reason if effect.why else "its policy does not look at tags"
            sentences.append(f"{where} stays on {effect.before or 'nothing'}: {why}")
            continue
        taken.append(Taken(source, effect.before, effect.after))
        held = " once it is resumed" if suspended(source) else ""
        now = "moved to another digest" if effect.moved else f"now {effect.before or 'nothing'}"
        sentences.append(f"{where} would pick {effect.after}{held} ({now})")
    unseen = tuple(
        f"{name} cannot be read now: {why}" for name, why in snapshot.unreachable.items()
    )
    return TagEffects(tuple(taken), tuple(sentences), unseen)


def registry_confirmation(context: Context, effects: TagEffects) -> str:
    """What to type: the strictest Environment whose pick changes, unreadable ones included."""
    names = (*effects.environments(), *context.snapshot.unreachable)
    return confirmation(context, names)
