"""`fluxtui tags`: every tag of a Service with its one reason, or what a tag would change.

The same Selections, rows and effects as on the screen. Manifests are read for the first rows only:
asking for all of thousands would be rude.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from fluxtui.cli import acts, output
from fluxtui.cli.forms import tags as form
from fluxtui.cli.hiding import hidden
from fluxtui.cli.looking import Look, again, look, no_tags, short_name
from fluxtui.cli.output import conclude
from fluxtui.cli.rows import Item
from fluxtui.cli.verdict import problems_of
from fluxtui.domain import roles
from fluxtui.domain.ask import ListTags, ReadFacts
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.following import TagEffects, registry_effects
from fluxtui.domain.naming import names_in, worn
from fluxtui.domain.picking import address_of, is_asked_for, picks
from fluxtui.domain.record import Record, record_of
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import short_digest
from fluxtui.domain.selection import Verdict
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.domain.tagrows import (
    by_controller,
    on_unpin,
    ordered,
    runs_in,
    signature_word,
    unread,
    why,
)
from fluxtui.engine.port import EnginePort

HEADER = ("TAG", "VERDICT", "RUNS IN", "PUBLISHED", "SIGNED", "DIGEST", "REVISION", "REASON")


def tags(engine: EnginePort, args: argparse.Namespace) -> int:
    """Print them, per source of the Service in the chosen Environments."""
    if not args.target:
        raise UsageError("tags of which service?", next="fluxtui tags SERVICE [-e ENV]")
    view = _listed_now(engine, look(engine, args, tags=True))
    snapshot, environments = view.snapshot, view.environments
    if args.what_if or args.what_if_deleted:
        if args.watch:
            raise UsageError("--what-if has no --watch", next="leave one of them out")
        return _what_if(view, args)
    if args.watch:
        from fluxtui.cli.watching import watch

        return watch(
            engine, view, tag_items, args.output, {"Tags": ("ENVIRONMENT", "SOURCE", *HEADER)}
        )
    source_keys = source_lines(view)
    if not source_keys and not view.problems and not view.selector:
        raise no_tags(view)
    keys = [key for key in source_keys if key in snapshot.selections]
    rows = {key: _shown(snapshot, key) for key in keys}
    unread_manifests = _read(engine, snapshot, rows, max(0, args.facts))
    snapshot = engine.snapshot
    unknown = [
        f"{key}: its tags are not known{_why(snapshot, key)}"
        for key in source_keys
        if key not in keys
    ]
    old = _unlisted(snapshot, keys)
    away = hidden(view, source_lines, "source")
    problems = problems_of(
        snapshot, environments, (*view.problems, *unknown, *old, *unread_manifests, *away)
    )
    parts = [_text(snapshot, key, rows[key], unread_manifests) for key in keys]
    lists = {key: _listed(snapshot, key) for key in keys}
    output.emit(
        "\n\n".join(parts) or ("" if away else "no tag is known yet"),
        form.tags(snapshot, rows, lists, problems),
        args.output,
        names=[f"{lists[key].repository}:{v.tag}" for key in keys for v in rows[key]],
    )
    return conclude(problems)


def _listed_now(engine: EnginePort, view: Look) -> Look:
    """With the list that nobody follows, asked for now."""
    key = view.target.object
    address = address_of(view.snapshot, key) if key is not None and is_asked_for(key) else ""
    if not address:
        return view
    acts.answer(engine, ListTags(address), acts.ASK_TIMEOUT)
    return again(view, engine.snapshot)


def source_lines(view: Look) -> list[Key]:
    """The sources of the Service in the chosen Environments."""
    if view.target.object is not None and picks(view.target.object):
        return [view.target.object] if view.has_labels(view.target.object) else []
    rows, environments = view.rows(), view.environments
    lines = (line for row in rows for e in environments for line in row.lines.get(e, ()))
    keys = (line.source for line in lines if line.has_list)
    return [key for key in keys if key is not None]


def _shown(snapshot: Snapshot, key: Key) -> tuple[Verdict, ...]:
    return ordered(snapshot.selections[key], _listed(snapshot, key))


def _listed(snapshot: Snapshot, key: Key) -> TagList:
    address = address_of(snapshot, key)
    return snapshot.tags.get(address, TagList(address))


def _why(snapshot: Snapshot, key: Key) -> str:
    error = _listed(snapshot, key).error
    if not error and not address_of(snapshot, key):
        return ": what it picks from is not there, or names no repository"
    return f": {error}" if error else ""


def _unlisted(snapshot: Snapshot, keys: Sequence[Key]) -> list[str]:
    """Registries that do not answer now: what is shown is older than it looks."""
    errors = {_listed(snapshot, key).repository: _listed(snapshot, key).error for key in keys}
    return [
        f"{url}: tags are shown as last listed: {error}" for url, error in errors.items() if error
    ]


def _read(
    engine: EnginePort, snapshot: Snapshot, rows: Mapping[Key, tuple[Verdict, ...]], most: int
) -> list[str]:
    """Have the manifests of the first rows read; sentences about those that cannot be."""
    unread_of: dict[str, dict[str, None]] = {}
    for key, verdicts in rows.items():
        listed = _listed(snapshot, key)
        names = [v.tag for v in verdicts[:most]]
        digest = snapshot.selections[key].policy.digest
        names += [digest] if digest and most else []
        unread_of.setdefault(listed.repository, {}).update(dict.fromkeys(unread(listed, names)))
    sentences = []
    for repository, digests in unread_of.items():
        if digests:
            try:
                acts.answer(engine, ReadFacts(repository, tuple(digests)), acts.ASK_TIMEOUT)
            except FluxtuiError as error:
                sentences.append(f"{repository}: manifests cannot be read: {error}")
    return sentences


def _text(
    snapshot: Snapshot, key: Key, verdicts: Sequence[Verdict], problems: Sequence[str]
) -> str:
    selection, listed = snapshot.selections[key], _listed(snapshot, key)
    running = runs_in(snapshot, listed)
    policy = selection.policy
    followed = (selection.beneath or selection).policy
    picks = f"picks {selection.chosen or 'nothing'}"
    if policy.digest:
        source = snapshot.get(key)
        label = worn(policy.digest, names_in(snapshot, source) if source else ())
        picks = f"is overridden by the pin to {label}; {on_unpin(selection)}"
    head = [f"{key}  ({followed.describe()}) {picks}"]
    head += [f"  {text}" for text in (by_controller(snapshot, key, selection),) if text]
    head += [f"  ! {text}" for text in (selection.error, *selection.warnings) if text]
    pinned = listed.pinned.get(policy.digest)
    if pinned is not None:
        head.append(f"  the pinned digest: {_told(pinned)}")
    record = record_of(snapshot, listed.repository)
    cells = [_row(snapshot, key, v, running, record) for v in verdicts]
    table = output.table(HEADER, cells, width=output.screen_width(), middle=(0, 6))
    table = table if cells else "  the repository has no tag"
    less = sum(v.tag not in listed.facts for v in verdicts)
    more = (
        f"\n({counted(less, 'tag')} without manifest: --facts N reads more)"
        if less and not problems
        else ""
    )
    return "\n".join((*map(output.visible_text, head), table)) + more


def _row(
    snapshot: Snapshot,
    key: Key,
    verdict: Verdict,
    running: Mapping[str, Sequence[str]],
    record: Record,
) -> tuple[str, ...]:
    fact = _listed(snapshot, key).facts.get(verdict.tag)
    failure = record.failure(fact.digest if fact else "", verdict.tag, key)
    return (
        verdict.tag,
        verdict.refusal.value if verdict.refusal else "CHOSEN",
        " ".join(running.get(verdict.tag, ())) or "-",
        *_cells(fact),
        why(verdict, snapshot.selections[key], fact, failure),
    )


def tag_items(view: Look) -> list[Item]:
    """Every tag of every source, one after the other, as `--watch` follows them."""
    snapshot = view.snapshot
    items = []
    for key in (key for key in source_lines(view) if key in snapshot.selections):
        listed = _listed(snapshot, key)
        running, record = runs_in(snapshot, listed), record_of(snapshot, listed.repository)
        for verdict in _shown(snapshot, key):
            cells = (key.environment, key.label, *_row(snapshot, key, verdict, running, record))
            body = form.tag_of(snapshot, key, verdict, listed)
            items.append(Item("Tags", (key, verdict.tag), cells, body))
    return items


def _cells(fact: TagFacts | None) -> tuple[str, str, str, str]:
    if fact is None:
        return ("", "", "", "")
    return (
        fact.created or "-",
        signature_word(fact),
        short_digest(fact.digest),
        fact.revision or "-",
    )


def _told(fact: TagFacts) -> str:
    parts = [f"published {fact.created}" if fact.created else "no publish time"]
    parts += [f"from {fact.revision}"] if fact.revision else []
    parts.append({"yes": "signed", "no": "not signed"}.get(signature_word(fact), "signature ?"))
    return ", ".join(parts)


def _what_if(view: Look, args: argparse.Namespace) -> int:
    """Who would take a tag that does not exist yet, or fall back without one that does."""
    snapshot, target, environments = view.snapshot, view.target, view.environments
    if target.object is not None and is_asked_for(target.object):
        raise UsageError(f"nobody delivers what {target.object.label} picks", next="leave it out")
    source = roles.source_of(snapshot, target.object) if target.object else None
    row = snapshot.board.row(target.service)
    asked_of = address_of(snapshot, source.key) if source else ""
    repository = asked_of or (row.repository if row else "")
    listed = snapshot.tags.get(repository)
    deleted = args.what_if_deleted
    if deleted and listed is not None and listed.listed_at and deleted not in listed.tags:
        raise UsageError(f"there is no tag {deleted!r} to delete", where=repository)
    effects = registry_effects(
        snapshot,
        repository,
        add=(args.what_if,) if args.what_if else (),
        remove=(deleted,) if deleted else (),
    )
    followers = [
        follower for follower in effects.each if follower.source.key.environment in environments
    ]
    text = "\n".join(follower.says for follower in followers if follower.seen)
    problems = problems_of(
        snapshot, environments, (*view.problems, *_unseen(effects, snapshot, environments))
    )
    data = form.what_if(
        effects, followers, repository, tag=args.what_if, deleted=deleted, problems=problems
    )
    names = [short_name(follower.source.key) for follower in followers if follower.changes]
    output.emit(text or "nobody follows it", data, args.output, names=names)
    return conclude(problems)


def _unseen(effects: TagEffects, snapshot: Snapshot, environments: Sequence[str]) -> list[str]:
    """What was not looked at, without what only other Environments would say."""
    unchosen = [e.name for e in snapshot.config.environments if e.name not in environments]
    starts = tuple(start for name in unchosen for start in (f"{name} ", f"{name}:"))
    return [text for text in effects.unseen if not (starts and text.startswith(starts))]
