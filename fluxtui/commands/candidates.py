"""Which versions a source may be held on, what each is called, and the digest behind a name.

What runs, what ran well, what is listed; by tags where a digest has one. A tag that names another
digest than the one that ran stands for what it names, so that one is offered as its digest. Pure.
"""

from __future__ import annotations

from fluxtui.commands import heldversions
from fluxtui.commands.command import Context
from fluxtui.commands.subject import bundle_of
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.kinds import sources
from fluxtui.domain.known import tags_known
from fluxtui.domain.naming import Tables, names_in
from fluxtui.domain.record import record_of, trials
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import digest_of, is_digest, short_digest, tag_of, version_text
from fluxtui.domain.rings import went_well
from fluxtui.domain.roles import users_of
from fluxtui.domain.snapshot import Snapshot
from fluxtui.domain.tagrows import natural
from fluxtui.kit.moments import order


def good_revisions(
    snapshot: Snapshot, source: Resource, named: Key | None = None
) -> tuple[str, ...]:
    """Revisions that reconciled well and are not the one the source holds now, best first.

    `named`: one of its Kustomizations; where it ran any of them well itself, those alone.

    A revision whose last word in any of its Kustomizations is no success is not good, however well
    it went for the others. Best is what most of them ran well, then the newest.
    """
    stored = digest_of(sources.revision(source))
    outcomes = [
        # What only stands in lastAppliedRevision has no time: history says which was before which.
        [t for t in trials(member).values() if t.at]
        for member in users_of(snapshot, source.key)
    ]
    failed = {t.digest for tried in outcomes for t in tried if t.bad or not (t.good or t.now)}
    best: dict[str, tuple[int, tuple[int, str], str]] = {}
    for tried in outcomes:
        for trial in tried:
            digest = trial.digest
            if digest != stored and digest not in failed:
                count, newest, label = best.get(digest, (0, (-1, ""), ""))
                name = label or (f"{trial.tag}@{digest}" if trial.tag else "")
                best[digest] = (count + 1, max(newest, (order(trial.at), trial.at)), name)
    ranked = sorted(best.items(), key=lambda item: item[1], reverse=True)
    own = {t.digest for tried in outcomes for t in tried if t.good and t.kustomization == named}
    ranked = [item for item in ranked if item[0] in own] or ranked
    return tuple(name or digest for digest, (_count, _at, name) in ranked)


def previous_version(snapshot: Snapshot, source: Resource, named: Key | None = None) -> str:
    """What a rollback would go to, as `offered` has it; "" when none is known."""
    good = good_revisions(snapshot, source, named)
    return offered(snapshot, source, good[0]) if good else ""


def running_revision(snapshot: Snapshot, source: Resource) -> str:
    """What runs (`tag@digest` or a digest): what all its Kustomizations are on; while they
    disagree, or none is known, what the source has stored."""
    line = snapshot.board.line(source.key)
    stored = sources.revision(source)
    if line is None or not line.running.version or not line.running.digest:
        return stored
    live = (r for _key, r in line.running.revisions if digest_of(r) == line.running.digest)
    return max((stored if digest_of(stored) == line.running.digest else "", *live), key=tag_of)


def offered(snapshot: Snapshot, source: Resource, revision: str) -> str:
    """The text that stands for a revision in a field: its tag; the digest where there is none, or
    where the tag is known to name another one by now."""
    digest = digest_of(revision)
    name = version_text(revision, names_in(snapshot, source))
    listed = snapshot.tags.get(sources.url(source))
    fact = listed.facts.get(name) if listed else None
    moved = fact is not None and bool(digest) and fact.digest != digest
    return digest if moved or name == short_digest(digest) else name


def running(context: Context) -> str:
    """What runs, as `offered` has it."""
    source, snapshot = bundle_of(context), context.snapshot
    return offered(snapshot, source, running_revision(snapshot, source)) if source else ""


def previous(context: Context) -> str:
    """The best earlier version, as a rollback wants it whatever the cursor is on."""
    source = bundle_of(context)
    return previous_version(context.snapshot, source, context.target.object) if source else ""


def whose(context: Context, source: Resource, digest: str, name: str) -> tuple[str, ...]:
    """A sentence that says who ran it well, where that is not the one that is named, or not all."""
    users, meant = users_of(context.snapshot, source.key), context.target.object
    tried = ((user, trials(user).get(digest)) for user in users)
    well = [user for user, trial in tried if trial is not None and trial.good]
    named = meant if any(user.key == meant for user in users) else None
    return heldversions.history_of(name, named, well, users)


def choices(context: Context) -> tuple[str, ...]:
    """What to hold: what runs, what ran well before, what the policy would pick, all tags."""
    runs = running(context)
    return tuple(dict.fromkeys((*((runs,) if runs else ()), *earlier(context))))


def earlier(context: Context) -> tuple[str, ...]:
    """What to go back to, and then everything else, the highest numbers first."""
    source, snapshot = bundle_of(context), context.snapshot
    if source is None:
        return ()
    listed = snapshot.tags.get(sources.url(source))
    ran = good_revisions(snapshot, source, context.target.object)
    good = tuple(offered(snapshot, source, r) for r in ran)
    selection = snapshot.selections.get(source.key)
    picks = (selection.chosen,) if selection and selection.chosen else ()
    tags = sorted(listed.tags, key=natural, reverse=True) if listed else ()
    return tuple(dict.fromkeys((*good, *picks, *tags)))


def note(context: Context, version: str) -> str:
    """What to know of a choice: what it is called, that it runs, that it failed or never ran."""
    source, snapshot = bundle_of(context), context.snapshot
    if source is None or not version:
        return ""
    digest = known_digest(snapshot, source, version)
    remarks = [_alias(names_in(snapshot, source), version)]
    here = bool(digest) and digest == digest_of(running_revision(snapshot, source))
    record = record_of(snapshot, sources.url(source))
    if not here:
        remarks.append(record.note(digest, version, source.key, now=context.now))
    elif went_well(snapshot, source, digest):
        remarks += [
            _standing(snapshot, source),
            record.note(digest, version, source.key, context.now),
        ]
    else:
        remarks += [_standing(snapshot, source), record.failure(digest, version, source.key)]
    return ", ".join(part for part in remarks if part)


def _standing(snapshot: Snapshot, source: Resource) -> str:
    """How far what `running_revision` names has come with those who take it."""
    line = snapshot.board.line(source.key)
    if line is None or not line.running.text:
        return "stored here, and nothing runs it"
    return "runs here" if line.running.version else "is rolled out here now"


def _alias(names: Tables, version: str) -> str:
    name = version_text(version, names) if is_digest(version) else ""
    return name if name != short_digest(version) else ""


def known_digest(snapshot: Snapshot, source: Resource, version: str) -> str:
    """The digest that a version (tag or digest) stands for now, as far as it was read; else the one
    it had when it ran; "" when neither is known."""
    if is_digest(digest_of(version)):
        return digest_of(version)
    listed = snapshot.tags.get(sources.url(source))
    fact = listed.facts.get(version) if listed else None
    return fact.digest if fact is not None else _when_it_ran(snapshot, source, version)


def _when_it_ran(snapshot: Snapshot, source: Resource, version: str) -> str:
    names = names_in(snapshot, source)
    revisions = (
        *good_revisions(snapshot, source),
        running_revision(snapshot, source),
        sources.revision(source),
    )
    return next((digest_of(r) for r in revisions if version_text(r, names) == version), "")


def resolve(context: Context, source: Resource, version: str, *, back: bool) -> str:
    """The digest. A tag may have moved since it ran here: going `back` means what ran, and holding
    what runs means that; any other tag means what it names now. Raises UsageError; RefusedError
    for a tag that the registry does not have."""
    if is_digest(digest_of(version)):
        return digest_of(version)
    snapshot = context.snapshot
    ran = _when_it_ran(snapshot, source, version)
    listed = snapshot.tags.get(sources.url(source))
    fact = listed.facts.get(version) if listed else None
    now = fact.digest if fact is not None else ""
    if not (version and (ran or now)):
        read = listed is not None and tags_known(listed).known
        if version and listed is not None and read and version not in listed.tags:
            raise RefusedError(
                f"the registry has no tag {version}",
                where=sources.url(source),
                next="choose one that it has, or give the whole sha256:<digest>",
            )
        raise UsageError(
            f"the digest of {version or 'no version'} is not known",
            where=sources.url(source),
            next="choose a tag that the registry has, or give the whole sha256:<digest>",
        )
    if ran and now and ran != now:
        runs = digest_of(running_revision(snapshot, source)) == ran
        current = context.target.tag == version  # the row of that tag: what it names now
        return ran if back or (runs and not current) else now
    return ran or now
