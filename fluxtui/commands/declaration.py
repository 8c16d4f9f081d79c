"""The shape of a Command: one entry says its keys, words, arguments, refusals and Plan.

Plain classes and not dataclasses, the one exception in the house: `fluxtui --help` reads every
Command, and importing `dataclasses` (or `typing`) costs a third of what that may cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fluxtui.commands.context import Context
    from fluxtui.domain.ask import Question
    from fluxtui.domain.plan import Plan

Values = Mapping[str, str]


class Argument:
    """One thing to ask before planning.

    `title` is the question of the dialog, `help` the sentence of the flag; without one the flag is
    not its own (`--reason` is every act's). `choices` lists sensible values, best first; `default`
    is filled in; `note` says in a few words what to know of a value ("" = nothing), of each that is
    typed where it `judges`. A `required`
    argument left empty keeps the dialog open, and is a usage error on the command line.
    """

    __slots__ = ("choices", "default", "help", "judges", "name", "note", "required", "title")

    def __init__(
        self,
        name: str,
        title: str,
        help: str = "",
        *,
        required: bool = True,
        default: Callable[[Context], str] = lambda _context: "",
        choices: Callable[[Context], tuple[str, ...]] = lambda _context: (),
        note: Callable[[Context, str], str] = lambda _context, _value: "",
        judges: bool = False,
    ) -> None:
        self.name = name
        self.title = title
        self.help = help
        self.required = required
        self.default = default
        self.choices = choices
        self.note = note
        self.judges = judges


class Command:
    """One thing a user can do.

    `plan` None marks a view: the screen opens pane `id`, the headless verb prints it. `questions`
    are put to the Engine before `plan` is called (their answers are in the Snapshot then).
    `disabled_reason` returns why it cannot be done now, or None. `plan` raises UsageError when the
    arguments make no sense. `needs_tags`: it rests on what registries list, so that a headless verb
    waits for them. `many`: it can be done to several objects as one Plan. `scoped`: it is about a
    whole scope, which its argument `scope` names.
    """

    __slots__ = (
        *("arguments", "disabled_reason", "family", "footer", "help", "id", "keys"),
        *("many", "needs_tags", "plan", "questions", "scoped", "title", "verb"),
    )

    def __init__(
        self,
        id: str,
        keys: tuple[str, ...],
        title: str,
        help: str,
        family: str,
        arguments: tuple[Argument, ...] = (),
        *,
        disabled_reason: Callable[[Context], str | None] = lambda _context: None,
        questions: Callable[[Context, Values], tuple[Question, ...]] = lambda _context, _values: (),
        plan: Callable[[Context, Values], Plan] | None = None,
        footer: bool = True,
        verb: str = "",
        needs_tags: bool = False,
        many: bool = False,
        scoped: bool = False,
    ) -> None:
        self.id = id
        self.keys = keys
        self.title = title
        self.help = help
        self.family = family
        self.arguments = arguments
        self.disabled_reason = disabled_reason
        self.questions = questions
        self.plan = plan
        self.footer = footer
        self.verb = verb
        self.needs_tags = needs_tags
        self.many = many
        self.scoped = scoped
