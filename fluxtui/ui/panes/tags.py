"""Why this version and not that one: every tag of the repository with exactly one reason.

The newest by time is often not the highest by precedence; that surprise is said at the top. What a
manifest says (digest, publish time, source) and whether it is signed is read only for the rows in
sight, and for the digest that the source is pinned to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.ask import ReadFacts, VersionsDiff
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.known import tags_known
from fluxtui.domain.resource import Key
from fluxtui.domain.revision import short_digest, tags_of_digest
from fluxtui.domain.selection import Refusal, Selection, Verdict
from fluxtui.domain.snapshot import Snapshot, TagFacts, TagList
from fluxtui.domain.tagrows import (
    on_unpin,
    ordered,
    runs_in,
    short_revision,
    signature_word,
    unread,
    why,
)
from fluxtui.ui.ages import age, epoch
from fluxtui.ui.doubts import doubts_of
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.spans import PINNED, Line, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Row

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
    if target.source is not None:
        return target.source
    if target.kustomization is not None:
        from fluxtui.domain.kinds import kustomization

        resource = snapshot.get(target.kustomization)
        return kustomization.source(resource) if resource else None
    row = snapshot.board.row(target.service)
    if row is None:
        return None
    lines = row.lines.get(target.environment, ()) or next(iter(row.lines.values()), ())
    return lines[0].source if lines else None


def tag_list(snapshot: Snapshot, source: Key) -> TagList | None:
    """The tags of the source's repository as last listed."""
    resource = snapshot.get(source)
    return snapshot.tags.get(ocirepository.url(resource)) if resource else None


Made = dict[str, tuple[tuple[object, ...], Row]]
"""Rows laid out before, by tag, with what they were made from."""


def rows(
    view: View,
    selection: Selection,
    verdicts: Sequence[Verdict],
    tags: TagList | None,
    made: Made,
) -> tuple[Row, ...]:
    """One row a tag. `made` is kept up to date: of thousands mostly a few are new."""
    facts = tags.facts if tags else {}
    running = runs_in(view.snapshot, tags) if tags else {}
    found = []
    for verdict in verdicts:
        tag = verdict.tag
        fact, where = facts.get(tag), running.get(tag, ())
        old = age(epoch(fact.created), view.now) if fact else "…"
        reason = why(verdict, selection, fact)
        key = (verdict, fact, where, old, reason)
        known = made.get(tag)
        if known is None or known[0] != key:
            known = made[tag] = (key, _row(verdict, fact, " ".join(where), old, reason))
        found.append(known[1])
    return tuple(found)


def _row(verdict: Verdict, fact: TagFacts | None, running: str, published: str, reason: str) -> Row:
    role = _ROLES.get(verdict.refusal, "dim")
    picked = verdict.refusal in _SIGNS
    return Row(
        verdict.tag,
        (
            ((_SIGNS.get(verdict.refusal, "  ") + verdict.tag, role),),
            ((running, "accent"),),
            ((published, "dim"),),
            ((signature_word(fact), "ok" if fact is not None and fact.signed else "dim"),),
            ((short_digest(fact.digest).partition(":")[2] if fact else "", "dim"),),
            ((short_revision(fact.revision) if fact else "", "dim"),),
            ((reason, "name" if picked else "dim"),),
        ),
    )


def note(view: View, source: Key, selection: Selection | None, width: int) -> tuple[Line, ...]:
    """What picks here, what it picked, and the warnings."""
    tags = tag_list(view.snapshot, source)
    line = view.snapshot.board.line(source)
    out: list[Line] = []
    asked = (selection.beneath or selection).policy if selection else None
    policy = asked.describe() if asked is not None else (line.policy if line else "")
    listed = (
        f"listed {age(tags.listed_at, view.now)} ago"
        if tags and tags.listed_at
        else "not listed yet"
    )
    where = tags.repository if tags else source.label
    out.append(((source.environment, "accent"), ("  " + where, "name"), (f"  {listed}", "dim")))
    out.append((("policy ", "dim"), (policy or "not known", "version")))
    if line is not None and line.pinned:
        because = f": {line.pinned.reason}" if line.pinned.reason else ""
        ago = age(epoch(line.pinned.since), view.now)
        since = f" {ago} ago" if ago else ""
        said = f"{PINNED} pinned by {line.pinned.by or 'somebody'}{since}{because}"
        out += wrap(((said, "wait"),), width, 2)
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
    said = [f"tag {', '.join(names)}" if names else "no tag known for it"]
    if fact is not None:
        said += [f"published {age(epoch(fact.created), now)} ago"] if fact.created else []
        said += [f"from {short_revision(fact.revision)}"] if fact.revision else []
        said += [{"yes": "signed", "no": "not signed"}.get(signature_word(fact), "")]
    line = f"{short_digest(digest)}: {', '.join(part for part in said if part)}"
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
    fits = len(fact.digest) + len(origin) <= width
    return ((fact.digest if fits else short_digest(fact.digest), "dim"), (origin, "dim"))


def unlisted(snapshot: Snapshot, source: Key) -> Line:
    """Why there is no tag to show."""
    known = tags_known(tag_list(snapshot, source))
    if known.pending:
        return (("Listing the tags …", "dim"),)
    return ((f"The tags are not known: {known.reason}", "bad"),)


class Tags(Pane):
    """Every tag, one reason each."""

    title: ClassVar[str] = "Tags"
    hint: ClassVar[str] = "enter compare  / filter  N A sort  esc back"
    sorts: ClassVar[tuple[str, ...]] = ("name", "age")

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._asked: set[tuple[str, str]] = set()
        self._failed = ""
        self._source: Key | None = None
        self._shown: tuple[object, ...] = (None,) * 6
        self._laid: tuple[Row, ...] = ()
        self._made: Made = {}
        self._order: tuple[tuple[Verdict, ...], str, tuple[Verdict, ...]] = ((), "", ())

    def lay_out(self, view: View) -> None:
        """Note and verdicts of the source under the Target."""
        source = source_of(view.snapshot, view.target)
        if source != self._source:
            self._source, self._failed = source, ""
        if source is None:
            who = view.target.service or "This"
            self.note.show_lines(())
            doubts = doubts_of(view.snapshot, view.target.environment)
            says = f"{who} has no source here." if not doubts else "Its source is not known."
            self.table.show_rows((), (), (((says, "name"),), *doubts))
            return
        selection = view.snapshot.selections.get(source)
        lines = list(note(view, source, selection, self.size.width - 2))
        if self._failed:
            lines.insert(-1, (("✗ " + self._failed, "bad"),))
        self.note.show_lines(lines)
        if selection is None:
            self.table.show_rows((), (), (unlisted(view.snapshot, source),))
            return
        tags = tag_list(view.snapshot, source)
        self.table.show_rows(COLUMNS, self._rows(view, selection, tags))
        self.call_after_refresh(self._read_facts)

    def _rows(self, view: View, selection: Selection, tags: TagList | None) -> tuple[Row, ...]:
        """The rows; ordering and laying out thousands of tags is done only when they changed."""
        same = (selection, tags, view.snapshot.board, self.sort, self.reverse, int(view.now) // 60)
        if any(a is not b and a != b for a, b in zip(self._shown, same, strict=True)):
            verdicts = self._ordered(selection, tags)
            if len(self._made) > 2 * len(verdicts):
                self._made.clear()
            laid = verdicts[::-1] if self.reverse else verdicts
            self._laid = rows(view, selection, laid, tags, self._made)
            self._shown = same
        return self._laid

    def _ordered(self, selection: Selection, tags: TagList | None) -> tuple[Verdict, ...]:
        """The order; a new manifest changes it only when sorting by age."""
        verdicts, sort, found = self._order
        if sort == "age" or sort != self.sort or verdicts != selection.verdicts:
            found = ordered(selection, tags, self.sort)
            self._order = (selection.verdicts, self.sort, found)
        return found

    def _read_facts(self) -> None:
        """Ask for the manifests of the rows in sight and of the pinned digest, each once."""
        source = self._source
        tags = tag_list(self.view.snapshot, source) if source else None
        if tags is None or not self.is_attached:
            return
        selection = self.view.snapshot.selections.get(source) if source else None
        wanted = [str(r.id) for r in self.table.visible_rows]
        if selection is not None and selection.policy.digest:
            wanted.append(selection.policy.digest)
        missing = tuple(
            name for name in unread(tags, wanted) if (tags.repository, name) not in self._asked
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

    def pointed(self) -> Target | None:
        """The source and the tag under the cursor."""
        row, source = self.table.selected, self._source
        if source is None:
            return None
        target = self.view.target
        return Target(
            environment=source.environment,
            service=target.service,
            source=source,
            kustomization=None,
            tag=str(row.id) if row else "",
        )

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The tag under the cursor, whole."""
        row, source = self.table.selected, self._source
        if row is None or source is None:
            return None
        selection = self.view.snapshot.selections.get(source)
        verdict = selection.verdict(str(row.id)) if selection else None
        tags = tag_list(self.view.snapshot, source)
        fact = tags.facts.get(str(row.id)) if tags else None
        reason = why(verdict, selection, fact) if verdict and selection else ""
        lines = wrap(((reason, "name"),), width, 1)
        return (_headline(str(row.id), fact), *lines, _origin(fact, width))

    def open_row(self) -> None:
        """Compare what is stored now with this tag."""
        row, source = self.table.selected, self._source
        if row is not None and source is not None:
            question = VersionsDiff(source, after=str(row.id))
            target = Target(
                source.environment, self.view.target.service, source, None, question.after
            )
            self.post_message(self.Go("diff", target))
