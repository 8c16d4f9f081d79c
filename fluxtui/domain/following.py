"""What a registry write would change: who would take a tag, or fall back, in which Environment.

A tag has no owner: every source that picks from the repository judges it by its policy. What is
said here of a write is what a review shows and what `protection` judges it by. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from fluxtui.domain.kinds import suspended
from fluxtui.domain.known import unread_environments
from fluxtui.domain.naming import names_in, worn
from fluxtui.domain.picking import Picking, address_of, pickers
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Policy
from fluxtui.domain.service import configured, repository_path
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.values import frozen

if TYPE_CHECKING:
    from fluxtui.domain.versions.simulate import Effect


@frozen
class Taken:
    """One follower whose pick changes, from and to."""

    source: Resource
    before: str
    after: str


@frozen
class Followed:
    """What becomes of one follower: the tag it picks before and after ("" = none).

    `seen` False: its Environment cannot be read now, this is how it was seen last.
    """

    source: Resource
    before: str
    after: str
    changes: bool
    says: str
    seen: bool


@frozen
class TagEffects:
    """Followers that change, sentences about all of them, and what could not be looked at.

    `followers` are all that could be looked at: what the sentences rest on. `unread` are the
    Environments that cannot be read now. `each` has every follower, also those as last seen.
    """

    taken: tuple[Taken, ...]
    sentences: tuple[str, ...]
    unseen: tuple[str, ...]
    followers: tuple[Resource, ...] = ()
    unread: tuple[str, ...] = ()
    each: tuple[Followed, ...] = ()

    def environments(self) -> tuple[str, ...]:
        """Environments whose pick changes, each once."""
        return tuple(dict.fromkeys(t.source.key.environment for t in self.taken))

    def nobody(self) -> tuple[str, ...]:
        """The warning that nobody would pick it, said only of those that were looked at."""
        if self.taken:
            return ()
        if self.unread:
            return ("none of the environments that could be read would pick it",)
        return ("no environment would pick it",)


def followers(snapshot: Snapshot, repository: str) -> tuple[Resource, ...]:
    """Sources in all Environments that pick from the repository, whatever its host.

    Mirrors that the configuration joins into one Service follow it too.
    """
    return tuple(sorted((r for r, _picked in _picking(snapshot, repository)), key=lambda r: r.key))


def policies(snapshot: Snapshot, repository: str) -> dict[Key, Policy]:
    """By which policy each of them picks."""
    by_key = {r.key: picked.policy for r, picked in _picking(snapshot, repository)}
    return {key: by_key[key] for key in sorted(by_key)}


def _picking(snapshot: Snapshot, repository: str) -> Iterator[tuple[Resource, Picking]]:
    path = repository_path(repository)
    joined = configured(path, snapshot.config.services)
    paths = {path, *(repository_path(u) for u in (joined.urls if joined else ()))}
    for resource, picked in pickers(snapshot):
        if repository_path(picked.address) in paths:
            yield resource, picked


def tag_effects(snapshot: Snapshot, repository: str, tag: str) -> TagEffects:
    """What publishing `tag` in `repository` would do everywhere."""
    return registry_effects(snapshot, repository, add=(tag,))


def registry_effects(
    snapshot: Snapshot,
    repository: str,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    gone: str = "",
) -> TagEffects:
    """What new (or moved) tags `add` and deleted tags `remove` would do everywhere.

    `gone` is a digest whose manifest is deleted as well: whoever is pinned to it cannot fetch it
    again.
    """
    from fluxtui.domain.versions.simulate import simulate

    unread = unread_environments(snapshot)
    following = {r.key: r for r in followers(snapshot, repository)}
    listed = snapshot.tags.get(repository)
    judges = policies(snapshot, repository)
    changes = simulate(judges, listed.tags if listed else (), add=add, remove=remove)
    all_followed = tuple(
        _followed(e, following[e.key], snapshot, repository, gone, e.key.environment not in unread)
        for e in changes
    )
    unseen = [f"{name} cannot be read now: {why}" for name, why in unread.items()]
    unseen += [f"as last seen, {followed.says}" for followed in all_followed if not followed.seen]
    unseen += _half_seen(snapshot, unread)
    if listed is None or not listed.listed_at or listed.error:
        why = listed.error if listed and listed.error else "they were never listed"
        unseen.append(f"the tags of {repository}: {why}")
    return TagEffects(
        tuple(Taken(o.source, o.before, o.after) for o in all_followed if o.seen and o.changes),
        tuple(followed.says for followed in all_followed if followed.seen),
        tuple(unseen),
        tuple(followed.source for followed in all_followed if followed.seen),
        tuple(unread),
        all_followed,
    )


def _half_seen(snapshot: Snapshot, unread: Mapping[str, str]) -> list[str]:
    """Environments of which only some namespaces are looked at: others may follow as well."""
    return [
        f"{e.name}: sources outside of {', '.join(e.namespaces)}"
        for e in snapshot.config.environments
        if e.namespaces and e.name not in unread
    ]


def _followed(
    effect: Effect[Key],
    source: Resource,
    snapshot: Snapshot,
    repository: str,
    gone: str,
    is_read: bool,
) -> Followed:
    if gone and effect.policy.digest == gone:
        where = f"{source.key.environment}: {source.key.label}"
        says = f"{where} is pinned to this digest and could not fetch it again"
        return Followed(source, gone, "", True, says, is_read)
    digest = effect.policy.digest
    name = worn(digest, names_in(snapshot, source)) if digest else effect.before
    url = address_of(snapshot, source.key)
    says = _sentence(effect, source, "" if url == repository else url, repository, name)
    return Followed(source, effect.before, effect.after, effect.changes, says, is_read)


def _sentence(
    effect: Effect[Key], source: Resource, elsewhere: str, repository: str, name: str
) -> str:
    """`name`: what it is on now, by its name; `elsewhere`: what it follows, when that is another
    repository of the same path."""
    where = f"{source.key.environment}: {source.key.label}"
    if not effect.changes:
        # Of several new tags, the best placed says most.
        why = f": {effect.why[-1].reason}" if effect.why else ""
        if effect.policy.digest:
            why = ": it is pinned, tags play no part"
        return f"{where} stays on {name or 'what it has'}{why}"
    when = " once it is resumed" if suspended(source) else ""
    mirror = f", if {elsewhere} mirrors {repository}" if elsewhere else ""
    if not effect.after:
        return (
            f"{where} would find nothing to pick{when}{mirror} (now {effect.before}) and keep what "
            f"it has stored: {effect.error}"
        )
    now = "moved to another digest" if effect.moved else f"now {effect.before or 'nothing'}"
    picked = effect.moved or any(v.tag == effect.after for v in effect.why)
    verb = "pick" if picked else "fall back to"
    return f"{where} would {verb} {effect.after}{when}{mirror} ({now})"
