"""What a registry write would change: who would take the new tag, in which Environment.

A tag has no owner: every OCIRepository that follows the repository judges it by its policy. So a
registry write is as delicate as the strictest Environment whose pick it would change, and one that
cannot be read now counts as protected (design.md 7). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxtui.commands.command import Context
from fluxtui.commands.safety import confirmation, read_only_reason
from fluxtui.commands.subject import inputs_of
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.kinds.kind import suspended
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.service import configured, repository_path
from fluxtui.domain.snapshot import FeedState, Snapshot

if TYPE_CHECKING:
    from fluxtui.domain.versions import Effect


@dataclass(frozen=True, slots=True)
class Taken:
    """One follower whose pick changes, from and to."""

    source: Resource
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TagEffects:
    """Followers that change, sentences about all of them, and what could not be looked at.

    `followers` are all that could be looked at: what the sentences rest on. `unread` are the
    Environments that cannot be read now.
    """

    taken: tuple[Taken, ...]
    sentences: tuple[str, ...]
    unseen: tuple[str, ...]
    followers: tuple[Resource, ...] = ()
    unread: tuple[str, ...] = ()

    def environments(self) -> tuple[str, ...]:
        """Environments whose pick changes, each once."""
        return tuple(dict.fromkeys(t.source.key.environment for t in self.taken))


def followers(snapshot: Snapshot, repository: str) -> tuple[Resource, ...]:
    """OCIRepositories in all Environments that follow the repository, whatever its host.

    Mirrors that the configuration joins into one Service follow it too.
    """
    path = repository_path(repository)
    joined = configured(path, snapshot.config.services)
    paths = {path, *(repository_path(u) for u in (joined.urls if joined else ()))}
    found = (
        r
        for r in snapshot.of_kind(ocirepository.KIND)
        if repository_path(ocirepository.url(r)) in paths
    )
    return tuple(sorted(found, key=lambda r: r.key))


def unread_environments(snapshot: Snapshot) -> dict[str, str]:
    """Environments whose sources cannot be read now, and why."""
    found = dict(snapshot.unreachable)
    for feed in snapshot.feeds:
        blind = feed.state not in (FeedState.LIVE, FeedState.ABSENT)
        if feed.kind == ocirepository.KIND.id and blind and feed.environment not in found:
            found[feed.environment] = feed.message or f"its sources are {feed.state.value}"
    return found


def tag_effects(context: Context, repository: str, tag: str) -> TagEffects:
    """What publishing `tag` in `repository` would do everywhere."""
    from fluxtui.domain.versions import simulate

    snapshot = context.snapshot
    unread = unread_environments(snapshot)
    sources = {r.key: r for r in followers(snapshot, repository)}
    listed = snapshot.tags.get(repository)
    policies = {key: ocirepository.policy(r) for key, r in sources.items()}
    effects = simulate(policies, listed.tags if listed else (), add=(tag,))
    taken, sentences = [], []
    unseen = [f"{name} cannot be read now: {why}" for name, why in unread.items()]
    for effect in effects:
        source = sources[effect.key]
        says = _sentence(effect, source, repository)
        if source.key.environment in unread:
            unseen.append(f"as last seen, {says}")
            continue
        sentences.append(says)
        if effect.changes:
            taken.append(Taken(source, effect.before, effect.after))
    if listed is None or not listed.listed_at or listed.error:
        why = listed.error if listed and listed.error else "they were never listed"
        unseen.append(f"the tags of {repository}: {why}")
    seen = tuple(r for r in sources.values() if r.key.environment not in unread)
    return TagEffects(tuple(taken), tuple(sentences), tuple(unseen), seen, tuple(unread))


def _sentence(effect: Effect[Key], source: Resource, repository: str) -> str:
    where = f"{source.key.environment}: {source.key.label}"
    if not effect.changes:
        why = effect.why[0].reason if effect.why else "its policy does not look at tags"
        return f"{where} stays on {effect.before or 'nothing'}: {why}"
    held = " once it is resumed" if suspended(source) else ""
    url = ocirepository.url(source)
    mirror = "" if url == repository else f", if {url} mirrors {repository}"
    now = "moved to another digest" if effect.moved else f"now {effect.before or 'nothing'}"
    return f"{where} would pick {effect.after}{held}{mirror} ({now})"


def refuse_read_only(context: Context, effects: TagEffects) -> None:
    """A registry write is as strict as the strictest pick it changes. Raises RefusedError."""
    reason = read_only_reason(context, effects.environments())
    if reason:
        raise RefusedError(reason, next="its pick would change; nothing was written")


def registry_inputs(context: Context, repository: str, effects: TagEffects) -> dict[str, str]:
    """What the effects rest on: the tag list, and every follower that was looked at."""
    found = inputs_of(*effects.followers)
    listed = context.snapshot.tags.get(repository)
    if listed is not None and listed.listed_at:
        found[repository] = tags_hash(listed.tags)
    return found


def registry_confirmation(context: Context, effects: TagEffects) -> str:
    """What to type: the strictest Environment whose pick changes; unreadable ones are protected."""
    return confirmation(context, effects.environments()) or next(iter(effects.unread), "")
