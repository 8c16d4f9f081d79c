"""On which versions an object may be held whose versions are no tags, and how each went here.

As far as Flux remembers: histories of what applies them, and what is stored now. The field's own
text stands for a version (`1.4.2`, a whole commit). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fluxtui.commands.command import Context
from fluxtui.commands.subject import labels_of, object_of, source_of
from fluxtui.domain import kinds
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.kinds.kind import PinField, Run
from fluxtui.domain.known import tags_known
from fluxtui.domain.picking import address_of, list_of, picking
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_of
from fluxtui.domain.roles import users_of
from fluxtui.domain.selection import Policy, Selection, spelt
from fluxtui.domain.snapshot import Snapshot
from fluxtui.kit.moments import order

_SHORTEST = 7  # digits of a commit that name it among few
_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Held:
    """An object with the field by which it is held; `named`: what takes it and was meant by name,
    where that is another."""

    resource: Resource
    hold: PinField
    named: Key | None = None

    @property
    def now(self) -> str:
        """What the field says now."""
        return self.hold.value(self.resource)


def held_of(context: Context) -> Held | None:
    """What a pin of what is meant would write to; None where tags decide, or nothing is meant."""
    resource = object_of(context)
    if resource is None:
        return None
    for candidate in (_maker(context.snapshot, resource) or resource, source_of(context)):
        if candidate is not None and (hold := kinds.hold(candidate)) is not None:
            other = appliers.is_applier(resource.key) and candidate.key != resource.key
            return Held(candidate, hold, resource.key if other else None)
    return None


def _maker(snapshot: Snapshot, resource: Resource) -> Resource | None:
    """Who made it for itself, and would write over what is set in it."""
    parent = appliers.parent(resource)
    maker = snapshot.get(parent) if parent is not None else None
    return maker if maker is not None and appliers.source(maker) == resource.key else None


def members(snapshot: Snapshot, held: Held) -> tuple[Resource, ...]:
    """Whose histories tell how a version went."""
    resource = held.resource
    if appliers.is_applier(resource.key):
        return (resource,)
    return users_of(snapshot, resource.key)


def running(snapshot: Snapshot, held: Held) -> str:
    """What runs, when all agree; else "" where nothing is stored, or what is stored."""
    live = {_text(held, appliers.running(m)) for m in members(snapshot, held)} - {""}
    return live.pop() if len(live) == 1 else _text(held, sources.revision(held.resource))


def current(snapshot: Snapshot, held: Held) -> str:
    """What it is at now, whether or not that goes well."""
    tried = appliers.attempted(held.resource) or sources.revision(held.resource)
    return _text(held, tried) or running(snapshot, held)


def good(snapshot: Snapshot, held: Held) -> tuple[str, ...]:
    """What went well for all that had it and is not what it is at now, the newest first; what the
    one that is named ran well itself, where it remembers any such."""
    now, known = current(snapshot, held), outcomes(snapshot, held)
    well = {
        text: max((order(run.last), run.last) for _member, run in runs)
        for text, runs in known.items()
        if text != now and all(appliers.is_good(m.key, run.status) for m, run in runs)
    }
    ranked = sorted(well, key=lambda text: well[text], reverse=True)
    own = [text for text in ranked if any(m.key == held.named for m, _run in known[text])]
    if own:
        return tuple(own)
    # An older Flux keeps no history, and says what went well last.
    last = (_text(held, appliers.applied(member)) for member in members(snapshot, held))
    return tuple(dict.fromkeys((*ranked, *(t for t in last if t not in ("", now, *known)))))


def whose(snapshot: Snapshot, held: Held, version: str) -> tuple[str, ...]:
    """A sentence that says who ran it well, where that is not the one that is named, or not all."""
    had = outcomes(snapshot, held).get(version, ())
    well = tuple(member for member, run in had if appliers.is_good(member.key, run.status))
    return history_of(called(version), held.named, well, members(snapshot, held))


def history_of(
    name: str, named: Key | None, well: Sequence[Resource], users: Sequence[Resource]
) -> tuple[str, ...]:
    """`7b71363 ran well in Kustomization/flux/apps, and never in ...`, unless it is plain."""
    others = [member for member in well if member.key != named]
    if not others or any(member.key == named for member in well):
        return ()
    if named is not None:
        never = f", and never in {named.label} as far as Flux remembers"
        return (f"{name} ran well in {labels_of(others)}{never}",)
    return (f"{name} ran well in {labels_of(others)}",) if len(well) < len(users) else ()


def choices(snapshot: Snapshot, held: Held) -> tuple[str, ...]:
    """What runs, what it is at, what went well, what else it had."""
    at = (running(snapshot, held), current(snapshot, held))
    every = (*at, *good(snapshot, held), *outcomes(snapshot, held))
    return tuple(dict.fromkeys(text for text in every if text))


def offered(snapshot: Snapshot, held: Held) -> tuple[str, ...]:
    """What there is to be had where that is listed, what is picked now first."""
    key = source_key(held)
    tags, selection = list_of(snapshot, key), snapshot.selections.get(key) if key else None
    if tags is None or selection is None:
        return ()
    names = dict.fromkeys((selection.chosen, *tags.tags))
    versions = (spelt(name, selection.policy) for name in names)
    return tuple(version for version in versions if held.hold.named(version))


def absent(snapshot: Snapshot, held: Held) -> str:
    """Why nobody can say that a version which is not offered is there."""
    address = address_of(snapshot, source_key(held))
    return (
        f"{address} does not list it" if offered(snapshot, held) else "nothing lists what there is"
    )


def lacking(snapshot: Snapshot, held: Held, version: str) -> str:
    """`https://charts.example/#web has no version 9.9.9`; "" where it has, or nobody listed it."""
    selection = picked(snapshot, held, version)
    if selection is None or selection.chosen:
        return ""
    return f"{address_of(snapshot, source_key(held))} has no version {called(version)}"


def would_pick(snapshot: Snapshot, held: Held, wish: str) -> str:
    """What that text of the field picks of what is listed; "" when that is not known."""
    selection = picked(snapshot, held, wish)
    return spelt(selection.chosen, selection.policy) if selection is not None else ""


def picked(snapshot: Snapshot, held: Held, wish: str) -> Selection | None:
    """How that wish picks of the versions of the chart as listed; None when that is not known."""
    key = source_key(held)
    source, tags = snapshot.get(key) if key is not None else None, list_of(snapshot, key)
    now = picking(snapshot, source) if source is not None else None
    if now is None or now.policy.chart is None or not tags_known(tags).known or tags is None:
        return None
    from fluxtui.domain.versions import select

    policy = Policy.of_chart(wish, now.policy.chart)
    made = {tag: fact.created for tag, fact in tags.facts.items() if fact.created}
    return select(tags.tags, policy, made)


def source_key(held: Held) -> Key | None:
    """What its version is picked for: itself, or the source it takes it from."""
    key = held.resource.key
    return key if sources.is_source(key) else appliers.source(held.resource)


def outcomes(snapshot: Snapshot, held: Held) -> Mapping[str, list[tuple[Resource, Run]]]:
    """Version -> how it last went in each that had it."""
    known: dict[str, list[tuple[Resource, Run]]] = {}
    for member in members(snapshot, held):
        for text, run in _newest(held, member):
            known.setdefault(text, []).append((member, run))
    return known


def _newest(held: Held, member: Resource) -> Iterator[tuple[str, Run]]:
    seen: set[str] = set()
    for run in appliers.history(member):
        text = _text(held, run.revision)
        if text and text not in seen:
            seen.add(text)
            yield text, run


def _text(held: Held, revision: str) -> str:
    return held.hold.version(held.resource, revision)


def failure(snapshot: Snapshot, held: Held, version: str) -> str:
    """`failed here: UpgradeFailed`; "" when it is not known to have."""
    for member, run in outcomes(snapshot, held).get(version, ()):
        if appliers.is_bad(member.key, run.status):
            return f"failed here: {run.status}"
    return ""


def note(snapshot: Snapshot, held: Held, version: str) -> str:
    """What to know of a choice, in a few words."""
    remarks = [called(version)] if called(version) != version else []
    if version == running(snapshot, held):
        remarks.append("runs here")
    failed = failure(snapshot, held, version)
    never = version not in choices(snapshot, held)
    remarks += [failed] if failed else ["never ran here, as far as is known"] if never else []
    return ", ".join(remarks)


def called(version: str) -> str:
    """What people call it: a commit by its first digits."""
    return version[:_SHORTEST] if commit_of(f"sha1:{version}") else version


def resolved(snapshot: Snapshot, held: Held, text: str) -> str:
    """The version that was meant; a known commit may be shortened. Raises UsageError."""
    exact = held.hold.named(text)
    if exact:
        return exact
    known = choices(snapshot, held)
    meant = [version for version in known if len(text) >= _SHORTEST and version.startswith(text)]
    if len(meant) == 1 and called(meant[0]) != meant[0]:
        return meant[0]
    offered = ", ".join(known[:_OFFERED])
    raise UsageError(
        f"{text or 'nothing'} is no version that {held.hold.field} can hold",
        where=held.resource.key.label,
        next="give a whole one" + (f", for example of {offered}" if offered else ""),
    )
