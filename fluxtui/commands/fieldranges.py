"""Range where an object has no tags of its own: a HelmRelease's range of its chart's versions, and
the range by which a Git source picks a tag of its remote.

What would be picked is read off the chart's versions as listed, or asked of the remote where the
user lets remotes be asked; else the review says that nobody looked. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fluxtui.commands import heldversions, hold
from fluxtui.commands.command import Context, Values
from fluxtui.commands.heldversions import Held
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import range_warnings, read_only_reason
from fluxtui.domain import kinds
from fluxtui.domain.ask import AskRemote, ListTags, Question
from fluxtui.domain.errors import UsageError, VersionError
from fluxtui.domain.gitreference import RemoteQuestion
from fluxtui.domain.kinds import sources, suspended
from fluxtui.domain.kinds.kind import RangeField
from fluxtui.domain.marks import pin
from fluxtui.domain.picking import address_of
from fluxtui.domain.plan import AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.revision import commit_of, commit_text
from fluxtui.domain.selection import spelt

NOTHING = "would pick nothing"
"""The note on a range that admits none of what is listed."""
_NOTHING = "no match found"  # how Flux says that a range admits nothing


@dataclass(frozen=True, slots=True)
class Ranged:
    """An object, how it is held, and the field of its range."""

    held: Held
    field: RangeField

    @property
    def now(self) -> str:
        """The range that stands there."""
        return self.field.value(self.held.resource)

    @property
    def is_held(self) -> bool:
        """Whether a version holds it, beside the range."""
        return self.field.path != self.held.hold.path and bool(self.held.now)


@dataclass(frozen=True, slots=True)
class Pick:
    """What a range picks: `version` as the field of a pin has it, `name` as people call it; both
    "" where it admits nothing, or where `unknown` says why that cannot be told."""

    version: str = ""
    name: str = ""
    unknown: str = ""


def ranged_of(context: Context) -> Ranged | None:
    """What a range of what is meant stands in; None where tags decide, or nothing is meant."""
    held = heldversions.held_of(context)
    if held is None:
        return None
    field = kinds.ranged(held.resource)
    return Ranged(held, field) if field is not None else None


def refusal(context: Context, ranged: Ranged) -> str | None:
    """Why its range cannot be edited now."""
    resource, name = ranged.held.resource, ranged.held.resource.key.label
    reason = ranged.field.bar(resource)
    if reason:
        return f"{name} picks by no range of its own: {reason}"
    if ranged.field.path == ranged.held.hold.path and pin(resource) is not None:
        return f"{name} is pinned to {ranged.now}, in the same field: unpin it first"
    return read_only_reason(context, (resource.key.environment,))


def running(context: Context, ranged: Ranged) -> str:
    """What runs, as a version."""
    held = ranged.held
    if ranged.field.reference is not None:
        return sources.revision(held.resource).partition("@")[0]
    return heldversions.running(context.snapshot, held)


def checked(semver: str, field: str) -> str:
    """The range. Raises UsageError, with the place, where it is none."""
    from fluxtui.domain.versions import Constraint, misplaced

    if not semver:
        raise UsageError("a range is needed", next="for example --semver '>=1.4.0 <2.0.0'")
    try:
        Constraint.parse(semver)
    except VersionError as error:
        at = misplaced(semver)
        fault = f" from character {at} on: {semver[at - 1 :]!r}" if at else f": {error.what}"
        raise UsageError(
            f"{semver!r} is no range{fault}",
            where=field,
            next="for example >=1.4.0 <2.0.0, ~1.4 or ^1",
        ) from error
    return semver


def note(context: Context, ranged: Ranged, text: str) -> str:
    """What a range would pick now, or what is wrong with it; "" while nobody has looked."""
    try:
        pick = _pick(context, ranged, checked(text, ranged.field.field))
    except UsageError as error:
        return error.what
    if pick.unknown:
        return ""
    return f"would pick {pick.name}" if pick.name else NOTHING


def questions(context: Context, ranged: Ranged, values: Values) -> tuple[Question, ...]:
    """The chart's versions as they are now, or what the remote has for the range."""
    address = _address(context, ranged)
    if address:
        return (ListTags(address),)
    asked = _question(ranged, values.get("semver", "").strip() or ranged.now)
    return (AskRemote(asked),) if asked is not None and context.config.ask_remotes else ()


def plan(context: Context, ranged: Ranged, values: Values) -> Plan:
    """Write the range, and follow what it picks."""
    resource, field = ranged.held.resource, ranged.field
    name, environment = resource.key.label, resource.key.environment
    if values.get("filter", "").strip() not in ("", "none"):
        raise UsageError(f"{name} has no filter of tags", next="leave --filter out")
    semver = checked(values.get("semver", "").strip() or ranged.now, field.field)
    if semver == ranged.now:
        raise UsageError(f"{name} picks by {semver} already", where=field.field)
    pick = _pick(context, ranged, semver)
    write = PatchStep(
        "range",
        f"set {field.field} of {name} to {semver}",
        undo=f"edit it back to {ranged.now}" if ranged.now else f"take {field.field} away again",
        target=resource.key,
        patch=field.patch(semver),
        resource_version=resource.resource_version,
    )
    was = f"{field.field} was {ranged.now or 'not set: the newest was taken'}"
    return plan_for(
        context,
        values,
        "range",
        f"let {name} in {environment} pick by {semver}",
        (write, *_followed(context, ranged, pick)),
        effects=(*_effects(context, ranged, pick), was),
        warnings=_warnings(context, ranged, pick),
        unseen=(f"what {semver} would pick: {pick.unknown}",) if pick.unknown else (),
    )


def _address(context: Context, ranged: Ranged) -> str:
    return address_of(context.snapshot, heldversions.source_key(ranged.held))


def _question(ranged: Ranged, semver: str) -> RemoteQuestion | None:
    """What a Git remote is asked to say what the range picks."""
    resource, reference = ranged.held.resource, ranged.field.reference
    url, stored = sources.url(resource), sources.revision(resource)
    if reference is None or not url.startswith(("http://", "https://")):
        return None
    return RemoteQuestion(url, reference(resource, semver), stored)


def _pick(context: Context, ranged: Ranged, semver: str) -> Pick:
    if ranged.field.reference is not None:
        return _of_remote(context, _question(ranged, semver))
    selection = heldversions.picked(context.snapshot, ranged.held, semver)
    if selection is None:
        address = _address(context, ranged)
        listed = context.snapshot.tags.get(address)
        error = listed.error if listed is not None else ""
        return Pick(unknown=error or "nothing lists what there is")
    version = spelt(selection.chosen, selection.policy)
    return Pick(version, version)


def _of_remote(context: Context, asked: RemoteQuestion | None) -> Pick:
    if asked is None:
        return Pick(unknown="only remotes over HTTP and HTTPS can be asked")
    answer = context.snapshot.remotes.get(asked)
    if answer is None:
        off = "its remote is not asked, for git.askRemotes is off"
        return Pick(unknown="its remote was not asked" if context.config.ask_remotes else off)
    if answer.error.startswith(_NOTHING):
        return Pick()
    if not answer.revision:
        return Pick(unknown=answer.error or "several of its tags are equally high")
    commit = commit_of(answer.revision)
    return Pick(commit, commit_text(answer.revision))


def _goes(context: Context, ranged: Ranged, pick: Pick) -> bool:
    """Whether it goes to another version now."""
    stays = ranged.is_held or suspended(ranged.held.resource)
    current = heldversions.current(context.snapshot, ranged.held)
    return bool(pick.version) and not stays and pick.version != current


def _followed(context: Context, ranged: Ranged, pick: Pick) -> list[AnyStep]:
    resource = ranged.held.resource
    if _goes(context, ranged, pick):
        return hold.followed(context, ranged.held, pick.version, "range")
    if suspended(resource) or not (pick.version or pick.unknown or ranged.is_held):
        return []
    title = f"see {resource.key.label} ready by it"
    return [AwaitStep("ready", title, ("range",), target=resource.key, until=Until.READY)]


def _effects(context: Context, ranged: Ranged, pick: Pick) -> tuple[str, ...]:
    environment = ranged.held.resource.key.environment
    if pick.unknown:
        return ()
    if ranged.is_held:
        picks = pick.name or "nothing"
        return (f"{environment} stays on its pin; unpinned it would pick {picks}",)
    if not pick.version:
        return ()
    if suspended(ranged.held.resource):
        return (f"{environment} would pick {pick.name} once it is resumed",)
    return hold.effects(context, ranged.held, pick.version, pick.name)


def _warnings(context: Context, ranged: Ranged, pick: Pick) -> tuple[str, ...]:
    held, snapshot = ranged.held, context.snapshot
    resource, name = held.resource, held.resource.key.label
    fields = (ranged.field.field,)
    out = range_warnings(context, resource, fields, held.hold.field, is_pinned=ranged.is_held)
    if not pick.version and not pick.unknown:
        out.append(f"it would pick nothing: {name} fails, and what runs stays")
    out += hold.resting(context, held)
    if _goes(context, ranged, pick):
        out += _of_version(context, ranged, pick, heldversions.outcomes(snapshot, held))
    return tuple(out)


def _of_version(
    context: Context, ranged: Ranged, pick: Pick, outcomes: Mapping[str, object]
) -> list[str]:
    """How the version that comes went here so far, and what going back does not undo."""
    from fluxtui.domain.versions import behind

    out: list[str] = []
    failed = heldversions.failure(context.snapshot, ranged.held, pick.version)
    if failed:
        out.append(f"{pick.name} {failed}")
    elif pick.version not in outcomes:
        out.append(f"{pick.name} never ran here, as far as Flux remembers")
    if behind(pick.name, running(context, ranged)):
        out.append(ranged.held.hold.lasting)
    return out
