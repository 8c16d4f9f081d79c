"""Promote: put a stable version tag on the very digest that was reviewed.

Nothing is built again and nothing is committed: the tag is a second name for the same manifest, so
signatures stay valid (docs/flux.md#promotion). What the new tag changes is asked of every follower.
"""

from __future__ import annotations

from dataclasses import replace

from fluxtui.commands import candidates
from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import never_listed, read_only_reason
from fluxtui.commands.subject import bundle_of, in_order, no_bundle, repository_of
from fluxtui.domain.ask import ListTags, Question, ReadFacts
from fluxtui.domain.board import Line
from fluxtui.domain.errors import UsageError
from fluxtui.domain.following import TagEffects, Taken, tag_effects
from fluxtui.domain.kinds import appliers, sources, suspended
from fluxtui.domain.naming import names_in
from fluxtui.domain.plan import AT_WRITE, AnyStep, AwaitStep, Plan, RequestReconcile, TagStep, Until
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import digest_of, is_digest, is_tag, short_digest, version_text
from fluxtui.domain.roles import users_of
from fluxtui.domain.tagrows import natural

TAG_RULE = "letters, digits and ._- only, 128 at most (a registry takes no +)"


def _line(context: Context) -> Line | None:
    source = bundle_of(context)
    return context.snapshot.board.line(source.key) if source else None


def next_stable(context: Context) -> tuple[str, ...]:
    """Next minor, patch and major after the highest stable tag of the repository; none while its
    tags are not known."""
    from fluxtui.domain.versions import try_version

    source = bundle_of(context)
    if source is None or never_listed(context, repository_of(source)):
        return ()
    listed = context.snapshot.tags.get(repository_of(source))
    parsed = (try_version(tag, "flux") for tag in (listed.tags if listed else ()))
    stable = [v for v in parsed if v is not None and not v.prerelease]
    if not stable:
        return ("v0.1.0",)
    top = max(stable)
    mark = "v" if top.original.startswith("v") else ""
    now = top.semver()
    bumped = (now.bump_minor(), now.bump_patch(), now.bump_major())
    return tuple(f"{mark}{version}" for version in bumped)


def default(context: Context) -> str:
    """The stable version that the running build would become."""
    return next(iter(next_stable(context)), "")


def from_default(context: Context) -> str:
    """The tag under the cursor, else what runs here; nothing while two versions do."""
    line = _line(context)
    if context.target.tag or line is None or not line.running.version:
        return context.target.tag
    return candidates.running(context)


def from_choices(context: Context) -> tuple[str, ...]:
    """What runs here, then every tag, the highest numbers first."""
    source = bundle_of(context)
    listed = context.snapshot.tags.get(repository_of(source)) if source else None
    tags = sorted(listed.tags, key=natural, reverse=True) if listed else ()
    runs = from_default(replace(context, target=replace(context.target, tag="")))
    return tuple(dict.fromkeys((*((runs,) if runs else ()), *tags)))


def from_note(context: Context, version: str) -> str:
    """What to know of a build: what else it is called, how it went where it was tried."""
    return candidates.note(context, version)


def refusal(context: Context) -> str | None:
    """Why nothing can be promoted from here now."""
    source = bundle_of(context)
    if source is None:
        return no_bundle(context)
    if _is_chart(context, source):
        return f"{source.key.label} holds a chart: its tag is its version, and Helm takes no other"
    line = _line(context)
    if line is None or not (line.running.digest or line.would_pick or context.target.tag):
        return f"{source.key.label} has no version to promote yet"
    return read_only_reason(context, ())


def _is_chart(context: Context, source: Resource) -> bool:
    """Whether what takes from it takes charts."""
    users = users_of(context.snapshot, source.key)
    takes = any(appliers.takes_bundles(user.key) for user in users)
    return sources.policy(source).helm or (bool(users) and not takes)


def questions(context: Context, values: Values) -> tuple[Question, ...]:
    """What must be read before the Plan: digests behind the tags."""
    source = bundle_of(context)
    if source is None:
        return ()
    repository = repository_of(source)
    names = tuple(t for t in (values.get("from", ""), values.get("version", "")) if t)
    tags = tuple(t for t in names if not digest_of(t))
    return (ListTags(repository), ReadFacts(repository, tags))


def _digest(context: Context, source: Resource, origin: str) -> str:
    if is_digest(digest_of(origin)):
        return digest_of(origin)
    # What runs here is what is promoted, also when its tag has moved on; the row of a tag is what
    # that tag names now.
    line = context.snapshot.board.line(source.key)
    runs = line is not None and bool(line.running.digest) and line.running.version == origin
    if line is not None and runs and context.target.tag != origin:
        return line.running.digest
    listed = context.snapshot.tags.get(repository_of(source))
    fact = listed.facts.get(origin) if listed else None
    if fact is not None and fact.digest:
        return fact.digest
    if line is not None and runs:
        return line.running.digest
    raise UsageError(
        f"the digest of {origin or 'no version'} is not known",
        where=repository_of(source),
        next="choose a tag that the registry has, or give the whole sha256:<digest>",
    )


def _existing(context: Context, repository: str, tag: str, digest: str) -> str:
    """The digest the tag has now, "" when it is new. Moving a version tag is refused."""
    listed = context.snapshot.tags.get(repository)
    if listed is None or tag not in listed.tags:
        return ""
    fact = listed.facts.get(tag)
    if fact is not None and fact.digest == digest:
        raise UsageError(f"{tag} names that digest already", where=repository)
    names = "names another digest" if fact is not None else "what it names could not be read"
    raise UsageError(
        f"{tag} exists and {names}",
        where=repository,
        next="choose the next version: a released version must not change its content",
    )


def _refuse_no_version(context: Context, repository: str, tag: str, effects: TagEffects) -> None:
    """A name that is no version, and that no policy would pick, is a slip of the hand: a registry
    would keep it for ever. Raises UsageError with what was meant, as far as that can be guessed."""
    from difflib import get_close_matches

    from fluxtui.domain.versions import try_version

    wanted = any(follower.changes for follower in effects.each)
    if wanted or try_version(tag, "flux") is not None:
        return
    listed = context.snapshot.tags.get(repository)
    alike = get_close_matches(tag, listed.tags if listed else (), n=3)
    meant = f"; tags like it: {', '.join(alike)}" if alike else ""
    raise UsageError(
        f"{tag} is no version, and no source would pick it",
        where=repository,
        next=f"for example {' or '.join(next_stable(context) or ('v1.5.0',))}{meant}",
    )


def _followers(context: Context, picks: tuple[Taken, ...]) -> list[AnyStep]:
    """Ask every follower that takes the tag, see its pick, then its Kustomizations in order."""
    steps: list[AnyStep] = []
    for number, change in enumerate(picks, start=1):
        source = change.source
        if suspended(source):
            continue
        where = f"{source.key.environment}: {source.key.label}"
        ask = RequestReconcile(
            f"ask-{number}",
            f"ask {where} to look",
            ("tag",),
            "its policy decides; pin it to hold a version",
            target=source.key,
            at=AT_WRITE,
        )
        pick = AwaitStep(
            f"pick-{number}",
            f"see {where} pick {change.after}",
            (ask.id,),
            target=source.key,
            until=Until.PICKED,
            value=change.after,
            timeout=300.0,
        )
        steps += [ask, pick]
        members = (m for m in users_of(context.snapshot, source.key) if not suspended(m))
        for index, member in enumerate(in_order(tuple(members)), start=1):
            steps.append(
                AwaitStep(
                    f"applied-{number}-{index}",
                    f"wait until {member.key.label} runs it in {source.key.environment}",
                    (pick.id,),
                    target=member.key,
                    until=Until.APPLIED,
                    value=change.after,
                    timeout=1800.0,
                )
            )
    return steps


def plan(context: Context, values: Values) -> Plan:
    """Move or make the tag, then watch who takes it."""
    source = bundle_of(context)
    if source is None:
        raise UsageError(no_bundle(context))
    tag, origin = values.get("version", "").strip(), values.get("from", "").strip()
    if not tag:
        raise UsageError("a promotion needs a version", next="for example v1.5.0")
    if not is_tag(tag):
        raise UsageError(f"{tag!r} cannot be a tag", next=TAG_RULE)
    repository = repository_of(source)
    digest = _digest(context, source, origin)
    expect = _existing(context, repository, tag, digest)
    effects = tag_effects(context.snapshot, repository, tag)
    _refuse_no_version(context, repository, tag, effects)
    names = names_in(context.snapshot, source)
    name = version_text(digest, names) if is_digest(origin) else origin
    short = short_digest(digest)
    label = short if name == short else f"{name} ({short})"
    title = f"name {label} {tag} in {repository}"
    steps: list[AnyStep] = [
        TagStep(
            "tag",
            title,
            undo=f"a release stays: pin the environments, or publish a version above {tag}",
            repository=repository,
            digest=digest,
            tag=tag,
            expect=expect,
        )
    ]
    steps += _followers(context, effects.taken)
    return plan_for(
        context,
        values,
        "promote",
        f"promote {context.target.service or source.key.label}: {label} as {tag}",
        steps,
        warnings=effects.nobody(),
        picks=effects,
    )
