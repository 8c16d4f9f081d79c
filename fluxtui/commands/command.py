"""The shape of a Command: one entry says its keys, words, arguments, refusals and Plan.

Values and callables only; families build the entries, `registry` collects them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fluxtui.domain.ask import Question
from fluxtui.domain.config import Config
from fluxtui.domain.plan import Plan
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Target:
    """What the cursor (or the command line) is on. Empty fields mean "not said"."""

    environment: str = ""
    service: str = ""
    source: Key | None = None
    kustomization: Key | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a Command may look at. `now` is RFC 3339 with nanoseconds, `user` who acts."""

    snapshot: Snapshot
    target: Target
    now: str
    user: str

    @property
    def config(self) -> Config:
        """The configuration inside the Snapshot."""
        return self.snapshot.config


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing to ask before planning.

    `choices` lists sensible values, best first; `default` is filled in. A `required` argument left
    empty keeps the dialog open, and is a usage error on the command line.
    """

    name: str
    title: str
    required: bool = True
    default: Callable[[Context], str] = lambda _context: ""
    choices: Callable[[Context], tuple[str, ...]] = lambda _context: ()


Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a user can do.

    `plan` None marks a view: the screen opens pane `id`, the headless verb prints it. `questions`
    are put to the Engine before `plan` is called (their answers are in the Snapshot then).
    `disabled_reason` returns why it cannot be done now, or None. `plan` raises UsageError when the
    arguments make no sense.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    family: str
    arguments: tuple[Argument, ...] = ()
    disabled_reason: Callable[[Context], str | None] = lambda _context: None
    questions: Callable[[Context, Values], tuple[Question, ...]] = lambda _context, _values: ()
    plan: Callable[[Context, Values], Plan] | None = None
    footer: bool = field(default=True, kw_only=True)
    verb: str = field(default="", kw_only=True)
