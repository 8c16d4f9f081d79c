"""Range: edit what a source picks by, its semver range and the filter of its tags.

The review says what the edited policy would pick of the tags that are listed now, before anything
is written, and who puts the old range back where a parent declares it (docs/flux.md#managers).
A range is no pin: `pin` holds one version, this says which may come. What has no tags itself has
its range in a field of another kind: `fieldranges`. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import candidates, fieldranges, landing
from fluxtui.commands.command import Context, Values
from fluxtui.commands.fieldranges import NOTHING
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import range_warnings, read_only_reason
from fluxtui.commands.subject import bundle_of, no_bundle, repository_of
from fluxtui.domain.ask import ListTags, Question, ReadFacts
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import UsageError, VersionError
from fluxtui.domain.kinds import sources, suspended
from fluxtui.domain.plan import AnyStep, AwaitStep, PatchStep, Plan, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, short_digest
from fluxtui.domain.selection import Policy, Selection

NONE = "none"
"""What is given for a filter to take it away; nothing given leaves it as it is."""


def refusal(context: Context) -> str | None:
    """Why no range can be edited from here now."""
    ranged = fieldranges.ranged_of(context)
    if ranged is not None:
        return fieldranges.refusal(context, ranged)
    source = bundle_of(context)
    if source is None:
        return no_bundle(context)
    return read_only_reason(context, (source.key.environment,))


def default(context: Context) -> str:
    """The range that stands there."""
    ranged = fieldranges.ranged_of(context)
    if ranged is not None:
        return ranged.now
    source = bundle_of(context)
    return sources.policy(source).semver if source is not None else ""


def filter_default(context: Context) -> str:
    """The filter that stands there."""
    source = bundle_of(context)
    return sources.policy(source).semver_filter if source is not None else ""


def choices(context: Context) -> tuple[str, ...]:
    """The range that stands there, and such as stay within the minor, or the major, that runs; none
    that is known to pick nothing."""
    from fluxtui.domain.versions import try_version

    ranged = fieldranges.ranged_of(context)
    runs = fieldranges.running(context, ranged) if ranged else candidates.running(context)
    version = try_version(runs, "flux")
    within: tuple[str, ...] = ()
    if version is not None:
        now = version.semver()
        within = (f"~{now.major}.{now.minor}.0", f"^{now.major}.0.0", f">={now.major}.{now.minor}")
    source = bundle_of(context)
    listed = context.snapshot.tags.get(repository_of(source)) if source is not None else None
    asked = ranged is not None or (listed is not None and bool(listed.tags))
    picking = (text for text in within if not asked or note(context, text) != NOTHING)
    return tuple(dict.fromkeys(text for text in (default(context), *picking) if text))


def note(context: Context, text: str) -> str:
    """What a range would pick now, or what is wrong with it."""
    ranged, source = fieldranges.ranged_of(context), bundle_of(context)
    if not text:
        return ""
    if ranged is not None:
        return fieldranges.note(context, ranged, text)
    if source is None:
        return ""
    try:
        policy = _edited(source, {"semver": text})
    except UsageError as error:
        return error.what
    selection = _selection(context, source, policy)
    return f"would pick {selection.chosen}" if selection.chosen else NOTHING


def questions(context: Context, values: Values) -> tuple[Question, ...]:
    """The tags as they are now, and the digest behind the one that would be picked."""
    ranged, source = fieldranges.ranged_of(context), bundle_of(context)
    if ranged is not None:
        return fieldranges.questions(context, ranged, values)
    if source is None:
        return ()
    repository = repository_of(source)
    try:
        pick = _selection(context, source, _edited(source, values)).chosen
    except UsageError:  # the Plan says so
        return ()
    facts = (ReadFacts(repository, (pick,)),) if pick else ()
    return (ListTags(repository), *facts)


def plan(context: Context, values: Values) -> Plan:
    """Write the range, and follow what it picks."""
    ranged, source = fieldranges.ranged_of(context), bundle_of(context)
    if ranged is not None:
        return fieldranges.plan(context, ranged, values)
    if source is None:
        raise UsageError(no_bundle(context))
    before, policy = sources.policy(source), _edited(source, values)
    same = (policy.semver, policy.semver_filter) == (before.semver, before.semver_filter)
    if same:
        raise UsageError(f"{source.key.label} picks by {_said(policy)} already")
    name, environment = source.key.label, source.key.environment
    selection = _selection(context, source, policy)
    write = PatchStep(
        "range",
        f"set spec.ref of {name} to {_said(policy)}",
        undo=f"edit it back to {_said(before)}",
        target=source.key,
        patch={"spec": {"ref": _patch(before, policy)}},
        resource_version=source.resource_version,
    )
    return plan_for(
        context,
        values,
        "range",
        f"let {name} in {environment} pick by {_said(policy)}",
        (write, *_followed(context, source, policy, selection)),
        effects=_effects(context, source, policy, selection),
        warnings=_warnings(context, source, policy, selection),
        unseen=_unseen(context, source),
    )


def _edited(source: Resource, values: Values) -> Policy:
    """The Policy with what was given. Raises UsageError, with the place, where that is none."""
    from fluxtui.domain.versions.patterns import compiled

    policy = sources.policy(source)
    semver = values.get("semver", "").strip() or policy.semver
    chosen = values.get("filter", "").strip() or policy.semver_filter
    chosen = "" if chosen == NONE else chosen
    fieldranges.checked(semver, "spec.ref.semver")
    try:
        compiled(chosen, "the filter")
    except VersionError as error:
        raise UsageError(error.what, where="spec.ref.semverFilter", next=error.next) from error
    return replace(policy, semver=semver, semver_filter=chosen)


def _patch(before: Policy, policy: Policy) -> dict[str, str | None]:
    patch: dict[str, str | None] = {}
    if policy.semver != before.semver:
        patch["semver"] = policy.semver
    if policy.semver_filter != before.semver_filter:
        patch["semverFilter"] = policy.semver_filter or None
    return patch


def _said(policy: Policy) -> str:
    """The policy in words, whatever pin stands beside it."""
    return replace(policy, digest="").describe()


def _selection(context: Context, source: Resource, policy: Policy) -> Selection:
    """What it would pick, once no pin overrides it."""
    from fluxtui.domain.versions import select

    listed = context.snapshot.tags.get(repository_of(source))
    return select(listed.tags if listed is not None else (), replace(policy, digest=""))


def _goes(context: Context, source: Resource, selection: Selection) -> tuple[str, str]:
    """(what it would go to as a tag or digest, its name); ("", "") when it stays or waits."""
    if sources.policy(source).digest or suspended(source) or not selection.chosen:
        return "", ""
    digest = candidates.known_digest(context.snapshot, source, selection.chosen)
    if digest and digest == digest_of(sources.revision(source)):
        return "", ""
    name = f"{selection.chosen} ({short_digest(digest)})" if digest else selection.chosen
    return digest or selection.chosen, name


def _followed(
    context: Context, source: Resource, policy: Policy, selection: Selection
) -> list[AnyStep]:
    build, name = _goes(context, source, selection)
    if build:
        return landing.followed(context, source, build, name, "range")
    if suspended(source) or not (selection.chosen or policy.digest):
        return []
    title = f"see {source.key.label} ready by it"
    return [AwaitStep("ready", title, ("range",), target=source.key, until=Until.READY)]


def _effects(
    context: Context, source: Resource, policy: Policy, selection: Selection
) -> tuple[str, ...]:
    """What stood there, what would be picked now, and what that changes."""
    was = f"it picked by {_said(sources.policy(source))}"
    if sources.policy(source).tag and not sources.policy(source).semver:
        was += ", which a range overrides"
    build, name = _goes(context, source, selection)
    if build:
        return (*landing.sentences(context, source, digest_of(build) or build, name), was)
    environment = source.key.environment
    if policy.digest:
        picks = selection.chosen or "nothing"
        return (f"{environment} stays on its pin; unpinned it would pick {picks}", was)
    if selection.chosen and suspended(source):
        return (f"{environment} would pick {selection.chosen} once it is resumed", was)
    if selection.chosen:
        return (f"{environment} stays on {selection.chosen}, which it would pick, too", was)
    return (was,)


def _warnings(
    context: Context, source: Resource, policy: Policy, selection: Selection
) -> tuple[str, ...]:
    name = source.key.label
    fields = [f"spec.ref.{field}" for field in _patch(sources.policy(source), policy)]
    pinned = bool(policy.digest)
    out = range_warnings(context, source, fields, "spec.ref.digest", is_pinned=pinned)
    listed = context.snapshot.tags.get(repository_of(source))
    if not selection.chosen and listed is not None and listed.tags:
        count = counted(len(listed.tags), "tag")
        none = f"of {count} it would pick none ({selection.error})"
        out.append(f"{none}: {name} fails, and what runs stays")
    build, _name = _goes(context, source, selection)
    if build:
        back = _goes_back(context, selection.chosen)
        out += landing.warnings(context, source, digest_of(build), back=back)
    return tuple(out)


def _goes_back(context: Context, pick: str) -> bool:
    """Whether what runs is higher than what would be picked."""
    from fluxtui.domain.versions import behind

    return behind(pick, candidates.running(context))


def _unseen(context: Context, source: Resource) -> tuple[str, ...]:
    listed = context.snapshot.tags.get(repository_of(source))
    if listed is None or not listed.listed_at or listed.error:
        why = listed.error if listed is not None and listed.error else "never listed"
        return (f"the tags of {repository_of(source)}: {why}",)
    return ()
