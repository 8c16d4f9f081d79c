"""What the command line understands: every word, what it does, and which words a typed text means.

Words come from the registry of Commands, the configuration and the Snapshot; nothing is listed
twice. Pure: what a word does is a value that the main screen carries out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fluxtui.commands.command import Command, Context, Target
from fluxtui.domain.foundkinds import all_kinds, name_of
from fluxtui.domain.grouping import GROUPINGS
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.keys import shown_key
from fluxtui.ui.scope import namespaces

NOWHERE = Target()
Does = Literal[
    "command", "go", "view", "environment", "namespace", "sort", "group", "theme", "quit"
]
SORTS = ("name", "age", "status")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its aliases. `about` is shown beside it, `off` says why it cannot be done now.

    `does` with `value` says what it does; `target` and `value` are read as that needs.
    """

    text: str
    about: str
    does: Does
    value: str = ""
    target: Target = NOWHERE
    aliases: tuple[str, ...] = ()
    off: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that names exactly this."""
        return (self.text, *self.aliases)


def words(
    context: Context,
    commands: Sequence[Command],
    keys: dict[str, str],
    themes: Iterable[str],
    namespace: str,
    nothing: str = "",
) -> Iterator[Word]:
    """All words; the order decides between equally good ones.

    `nothing`: why no act can be done from here, if none can.
    """
    for command in commands:
        off = nothing if command.plan is not None else ""
        yield _of_command(command, keys, off or command.disabled_reason(context) or "")
    snapshot = context.snapshot
    yield from map(_kind, all_kinds(snapshot))
    yield Word(ALL, "every kind of object", "view", "", Target(tag="objects"))
    for environment in snapshot.config.environments:
        name = environment.name
        yield Word(name, "environment", "environment", name, aliases=(f"ctx {name}",))
    yield from _objects(snapshot)
    current = f"now {namespace}" if namespace else "now all"
    yield Word(f"ns {ALL}", f"every namespace ({current})", "namespace", "", aliases=("ns",))
    for name in namespaces(snapshot):
        yield Word(f"ns {name}", "only this namespace", "namespace", name)
    for key in SORTS:
        yield Word(f"sort {key}", "again turns it around", "sort", key)
    for way, said in GROUPINGS.items():
        yield Word(f"group {way or 'none'}", f"rows of Versions {said}", "group", way)
    for theme in themes:
        yield Word(f"theme {theme}", "how it looks", "theme", theme)
    yield Word("q", "quit; asks while an act runs", "quit", aliases=("quit", "exit", "qa", "wq"))
    yield Word("q!", "quit, whatever runs", "quit", "!", aliases=("quit!", "qa!"))


def _kind(kind: Kind) -> Word:
    """What people of k9s and flux type for a kind: the table of its objects."""
    first, *more = kind.called
    name = name_of(kind)
    return Word(first, f"all {kind.many}", "view", name, Target(tag="objects"), tuple(more))


def _of_command(command: Command, keys: dict[str, str], off: str) -> Word:
    key = shown_key(keys.get(command.id, ""))
    names = {command.id, command.verb, command.id.replace("-", " ")} - {"", command.title.lower()}
    about = f"({key})  {command.help}" if key else command.help
    word = command.title.lower()
    return Word(word, about, "command", command.id, aliases=tuple(sorted(names)), off=off)


def _objects(snapshot: Snapshot) -> Iterator[Word]:
    shorts = Counter(row.service.rpartition("/")[2] for row in snapshot.board.rows)
    for row in snapshot.board.rows:
        short = row.service.rpartition("/")[2]
        # By the same short name two of them could not be told apart.
        text, alias = (short, row.service) if shorts[short] == 1 else (row.service, short)
        yield Word(text, "service", "go", target=Target("", row.service), aliases=(alias,))
    for kind in all_kinds(snapshot):
        short = kind.called[0]
        for environment in snapshot.resources:
            for key in snapshot.table(environment, kind):
                about = f"in {environment}, namespace {key.namespace}"
                target = Target(environment, object=key)
                aliases = (key.name, f"{short}/{key.namespace}/{key.name}")
                yield Word(f"{short}/{key.name}", about, "go", target=target, aliases=aliases)


def matching(typed: str, vocabulary: Sequence[Word]) -> tuple[Word, ...]:
    """Words that the text may mean, best first: exact, then begun with it, then containing it."""
    text = " ".join(typed.lower().split())
    if not text:
        return tuple(vocabulary)
    ranked = [
        (rank, number, w) for number, w in enumerate(vocabulary) if (rank := _rank(text, w)) < 9
    ]
    return tuple(word for _rank_, _number, word in sorted(ranked, key=lambda r: r[:2]))


def exact(typed: str, vocabulary: Sequence[Word]) -> Word | None:
    """The word that the text names whole; None when there is none."""
    text = " ".join(typed.lower().split())
    return next((w for w in vocabulary if text in (n.lower() for n in w.names)), None)


def _rank(text: str, word: Word) -> int:
    names = [name.lower() for name in word.names]
    if text in names:
        return 0
    if names[0].startswith(text):
        return 1
    if any(name.startswith(text) for name in names):
        return 2
    if any(text in name for name in names):
        return 3
    about = word.about.lower()
    return 4 if all(part in about or part in names[0] for part in text.split()) else 9
