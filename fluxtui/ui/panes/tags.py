"""Why this version and not that one: every tag of the repository with exactly one reason.

What was published last is often not the highest; that surprise is said at the top. What a
manifest says (digest, publish time, source) and whether it is signed is read only for the rows in
sight, and for the digest that the source is pinned to.
"""

from __future__ import annotations

from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain import roles
from fluxtui.domain.ask import ListTags, ReadFacts, VersionsDiff
from fluxtui.domain.kinds import sources
from fluxtui.domain.known import tags_known
from fluxtui.domain.picking import address_of, is_asked_for, list_of, picks
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import short_digest, tags_of_digest
from fluxtui.domain.selection import Refusal, Selection, Verdict
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.domain.tagrows import (
    by_controller,
    on_unpin,
    ordered,
    short_revision,
    signature_word,
    unread,
    why,
)
from fluxtui.kit.records import NamedTuple
from fluxtui.ui.ages import age, epoch
from fluxtui.ui.doubts import doubts_of
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.panes.whereabouts import Tried, Whereabouts
from fluxtui.ui.spans import PINNED, Line, wrap
from fluxtui.ui.waiting import Waiting
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Recipe, TableRow

COLUMNS = (
    Column("TAG", least=16, most=42, good=32, keep=9, middle=True),
    Column("RUNS IN", least=10, most=24, keep=6),
    Column("AGE", least=4, keep=5, right=True),
    Column("SIGNED", least=6, keep=4),
    Column("DIGEST", least=8, keep=2),
    Column("SOURCE", least=13, most=24, keep=3, middle=True),
    Column("WHY", least=16, good=26, keep=9, flex=True),
)
_ROLES = {
    None: "ok",
    Refusal.PINNED: "wait",
    Refusal.AMBIGUOUS: "busy",
    Refusal.LOWER: "version",
}
_SIGNS = {None: "● ", Refusal.PINNED: "○ "}


def source_of(snapshot: Snapshot, target: Target) -> Key | None:
    """The source the pane is about: named, of the Kustomization, or the Service's first one."""
    if target.object is not None:
        if picks(target.object):
            return target.object
        return roles.source_key(snapshot, target.object)
    row = snapshot.board.row(target.service)
    if row is None:
        return None
    lines = row.lines.get(target.environment, ()) or next(iter(row.lines.values()), ())
    return lines[0].source or lines[0].key if lines else None


def tag_list(snapshot: Snapshot, source: Key) -> TagList | None:
    """The tags of the source's repository as last listed."""
    return list_of(snapshot, source)


class TagItem(NamedTuple):
    """A tag with what is known of it: its manifest, where it runs, whether it failed."""

    source: Key
    verdict: Verdict
    fact: TagFacts | None
    running: str
    failure: str


def tag_of(item: TagItem) -> str:
    """What stays the same when its manifest is read."""
    return item.verdict.tag


def sizes(item: TagItem) -> tuple[int, ...]:
    """What a row would like of each column, without making it."""
    _source, verdict, fact, running, failure = item
    digest = len(short_digest(fact.digest).partition(":")[2]) if fact else 0
    source = len(short_revision(fact.revision)) if fact else 0
    reason = len(failure) + len(verdict.reason)
    return len(verdict.tag) + 2, len(running), 4, 3, digest, source, reason


def row_of(item: TagItem, selection: Selection, now: float) -> TableRow:
    """The row of a tag; `now` epoch seconds."""
    _source, verdict, fact, running, failure = item
    reason = why(verdict, selection, fact, failure)
    role = _ROLES.get(verdict.refusal, "dim")
    picked = verdict.refusal in _SIGNS
    published = age(epoch(fact.created), now) if fact else "…"
    return TableRow(
        verdict.tag,
        (
            ((_SIGNS.get(verdict.refusal, "  ") + verdict.tag, role),),
            ((running, "accent"),),
            ((published, "dim"),),
            ((signature_word(fact), "ok" if fact is not None and fact.signed else "dim"),),
            ((short_digest(fact.digest).partition(":")[2] if fact else "", "dim"),),
            ((short_revision(fact.revision) if fact else "", "dim"),),
            ((reason, "bad" if failure else "name" if picked else "dim"),),
        ),
    )


def note(view: View, source: Key, selection: Selection | None, width: int) -> tuple[Line, ...]:
    """What picks here, what it picked, and the warnings."""
    tags = tag_list(view.snapshot, source)
    line = view.snapshot.board.line(source)
    out: list[Line] = []
    followed = (selection.beneath or selection).policy if selection else None
    policy = followed.describe() if followed is not None else (line.policy if line else "")
    listed = (
        f"listed {age(tags.listed_at, view.now)} ago"
        if tags and tags.listed_at
        else "not listed yet"
    )
    where = tags.repository if tags else source.label
    out.append(((source.environment, "accent"), ("  " + where, "name"), (f"  {listed}", "dim")))
    out.append((("policy ", "dim"), (policy or "not known", "version")))
    controller = by_controller(view.snapshot, source, selection) if selection else ""
    if controller:
        out.append(((controller, "dim"),))
    if line is not None and line.pinned:
        because = f": {line.pinned.reason}" if line.pinned.reason else ""
        ago = age(epoch(line.pinned.since), view.now)
        since = f" {ago} ago" if ago else ""
        text = f"{PINNED} pinned by {line.pinned.by or 'somebody'}{since}{because}"
        out += wrap(((text, "wait"),), width, 2)
    if selection is not None and tags is not None and selection.policy.digest:
        out += wrap(_pinned(selection.policy.digest, tags, view.now), width, 2)
        out += wrap((("overrides the policy: ", "dim"), (on_unpin(selection), "busy")), width, 2)
    if tags is not None and tags.error:
        out += wrap((("✗ " + tags.error, "bad"),), width, 2)
    if selection is not None:
        if selection.error:
            out += wrap((("✗ " + selection.error, "bad"),), width, 2)
        for warning in selection.warnings[:3]:
            out += wrap((("! " + warning, "busy"),), width, 3)
    return (*out, ())


def _pinned(digest: str, tags: TagList, now: float) -> Line:
    """What is known of the digest that the source is pinned to."""
    fact = tags.pinned.get(digest)
    names = tags_of_digest(digest, tags.facts)
    facts = [f"tag {', '.join(names)}" if names else "no tag known for it"]
    if fact is not None:
        facts += [f"published {age(epoch(fact.created), now)} ago"] if fact.created else []
        facts += [f"from {short_revision(fact.revision)}"] if fact.revision else []
        facts += [{"yes": "signed", "no": "not signed"}.get(signature_word(fact), "")]
    line = f"{short_digest(digest)}: {', '.join(part for part in facts if part)}"
    return (("pinned ", "dim"), (line, "name"))


def _headline(tag: str, fact: TagFacts | None) -> Line:
    """The tag, when it was published, whether it is signed."""
    if fact is None:
        return ((tag, "strong"),)
    built = fact.created or "no publish time in the manifest"
    signed = "" if fact.signed is None else f"  signed: {fact.signed or 'no'}"
    return ((tag, "strong"), (f"  {built}", "dim"), (signed, "ok" if fact.signed else "dim"))


def _origin(fact: TagFacts | None, width: int) -> Line:
    """Digest, whole where there is room, and the source revision."""
    if fact is None:
        return (("digest not read yet", "dim"),)
    origin = f"  from {fact.revision}" if fact.revision else ""
    origin += f"  app {fact.app}" if fact.app else ""
    fits = len(fact.digest) + len(origin) <= width
    return ((fact.digest if fits else short_digest(fact.digest), "dim"), (origin, "dim"))


class Tags(Pane):
    """Every tag, one reason each."""

    title: ClassVar[str] = "Tags"
    hint: ClassVar[str] = "enter compare  / filter  N A sort  esc back"
    sorts: ClassVar[tuple[str, ...]] = ("name", "age")

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._asked: set[tuple[str, str]] = set()
        self._failed = ""
        self._listing = False  # whether a list that nobody follows was asked for
        self._source: Key | None = None
        self._since: float | None = None  # epoch seconds: since when its tags are waited for here
        self._shown: tuple[object, ...] = (None,) * 7
        self._items: list[TagItem] = []
        self._recipe = Recipe(tag_of, self._row, sizes)
        self._where = Whereabouts()
        self._tried = Tried()
        self._order: tuple[tuple[Verdict, ...], str, tuple[Verdict, ...]] = ((), "", ())

    def lay_out(self, view: View) -> None:
        """Note and verdicts of the source under the Target."""
        source = source_of(view.snapshot, view.target)
        if source != self._source:
            self._source, self._failed, self._since = source, "", None
            self._listing = False
        if source is None:
            subject = view.target.service or "This"
            self.note.show_lines(())
            doubts = doubts_of(view.snapshot, view.target.environment)
            says = f"{subject} has no source here." if not doubts else "Its source is not known."
            self.table.show_rows((), (), (((says, "name"),), *doubts))
            return
        if not (sources.is_tagged(source) or address_of(view.snapshot, source)):
            self._show_untagged(view, source)
            return
        selection = view.snapshot.selections.get(source)
        self._have_listed(view.snapshot, source)
        self._show_note(view, source, selection)
        if selection is None:
            self.table.show_rows((), (), (self._unlisted(view, source),))
            return
        tags = tag_list(view.snapshot, source)
        items = self._listed(view, source, selection, tags)
        self.table.show_items(COLUMNS, items, self._recipe)
        self.call_after_refresh(self._read_facts)

    def _have_listed(self, snapshot: Snapshot, source: Key) -> None:
        """What nobody follows is listed when it is looked at, once each time."""
        if is_asked_for(source) and not self._listing:
            self._listing = True
            question = ListTags(address_of(snapshot, source))
            self.post_message(self.Wanted(question, lambda _answer: None, self._not_read))

    def aim(self, target: Target) -> None:
        """Looked at anew: what was answered may be another answer now."""
        if list_of(self.view.snapshot, self._source) is not None:
            self._listing = False

    def _show_untagged(self, view: View, source: Key) -> None:
        """What it follows instead: there are no tags to choose from, and none will come."""
        resource = view.snapshot.get(source)
        follows = sources.follows(resource) if resource is not None else ""
        text = f"{source.label} has no tags" + (f": it follows {follows}." if follows else ".")
        self.note.show_lines(())
        self.table.show_rows((), (), (((text, "name"),), (("3 shows what it feeds.", "dim"),)))

    def _listed(
        self, view: View, source: Key, selection: Selection, tags: TagList | None
    ) -> list[TagItem]:
        """The items; ordering and looking through thousands of tags is done when they changed."""
        facts = tags.facts if tags else {}
        whole = view.whole or view.snapshot
        running = self._where.of(whole, tags) if tags else {}
        record = self._tried.of(whole, view.target.service, source)
        basis = (source, selection, facts, running, record, self.sort, self.reverse)
        if any(a is not b and a != b for a, b in zip(self._shown, basis, strict=True)):
            verdicts = self._ordered(selection, tags)
            laid = verdicts[::-1] if self.reverse else verdicts
            self._items = []
            for verdict in laid:
                fact = facts.get(verdict.tag)
                digest = fact.digest if fact else ""
                failure = record.failure(digest, verdict.tag, source)
                where = " ".join(running.get(verdict.tag, ()))
                self._items.append(TagItem(source, verdict, fact, where, failure))
            self._shown = basis
        return self._items

    def _row(self, item: TagItem) -> TableRow:
        selection = self.view.snapshot.selections[item.source]
        return row_of(item, selection, self.view.now)

    def _ordered(self, selection: Selection, tags: TagList | None) -> tuple[Verdict, ...]:
        """The order; a new manifest changes it only when sorting by age."""
        verdicts, sort, sequence = self._order
        if sort == "age" or sort != self.sort or verdicts != selection.verdicts:
            sequence = ordered(selection, tags, self.sort)
            self._order = (selection.verdicts, self.sort, sequence)
        return sequence

    def _show_note(self, view: View, source: Key, selection: Selection | None) -> None:
        lines = list(note(view, source, selection, self.size.width - 2))
        if self._failed:
            lines.insert(-1, (("✗ " + self._failed, "bad"),))
        self.note.show_lines(lines)

    def _unlisted(self, view: View, source: Key) -> Line:
        """Why there is no tag to show; of what is waited for, since when it is looked at."""
        knowledge = tags_known(tag_list(view.snapshot, source))
        if not knowledge.pending:
            return ((f"The tags are not known: {knowledge.reason}", "bad"),)
        if self._since is None:
            self._since = view.now
        waiting = Waiting(f"Listing the tags of {source.label}", self._since)
        return ((waiting.text(view.now), "busy"), ("   esc leaves", "dim"))

    def _read_facts(self) -> None:
        """Ask for the manifests of the rows in sight and of the pinned digest, each once."""
        source = self._source
        tags = tag_list(self.view.snapshot, source) if source else None
        if tags is None or not self.is_attached:
            return
        selection = self.view.snapshot.selections.get(source) if source else None
        names = [str(r.id) for r in self.table.visible_rows]
        if selection is not None and selection.policy.digest:
            names.append(selection.policy.digest)
        missing = tuple(
            name for name in unread(tags, names) if (tags.repository, name) not in self._asked
        )
        if missing:
            self._asked.update((tags.repository, t) for t in missing)
            question = ReadFacts(tags.repository, missing)
            self.post_message(self.Wanted(question, lambda _answer: None, self._not_read))

    def _not_read(self, why: str) -> None:
        self._failed = why
        self.refresh_view()

    def moved(self) -> None:
        """Other rows may be in sight."""
        self.call_after_refresh(self._read_facts)

    def pass_time(self, view: View) -> None:
        """The rows in sight and the note say how old something is."""
        self.view = view
        source = self._source
        selection = view.snapshot.selections.get(source) if source is not None else None
        if source is None or selection is None:
            self.refresh_view()
        else:
            self._show_note(view, source, selection)
            self.table.look_again()

    def pointed(self) -> Target | None:
        """The source and the tag under the cursor."""
        row, source = self.table.selected, self._source
        if source is None:
            return None
        target = self.view.target
        return Target(
            environment=source.environment,
            service=target.service,
            object=source,
            tag=str(row.id) if row else "",
        )

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The tag under the cursor, whole."""
        row, source = self.table.selected, self._source
        if row is None or source is None:
            return None
        selection, item = self.view.snapshot.selections.get(source), self.table.item
        if selection is None or not isinstance(item, TagItem):
            return ()
        fact = item.fact
        reason = why(item.verdict, selection, fact, item.failure)
        lines = wrap(((reason, "name"),), width, 1)
        return (_headline(str(row.id), fact), *lines, _origin(fact, width))

    def open_row(self) -> None:
        """Compare what is stored now with this tag."""
        row, source = self.table.selected, self._source
        if source is not None and is_asked_for(source):
            self.post_message(self.Said("what a tag of an image would change is in no cluster"))
        elif row is not None and source is not None:
            question = VersionsDiff(source, after=str(row.id))
            target = Target(source.environment, self.view.target.service, source, question.after)
            self.post_message(self.Go("diff", target))
