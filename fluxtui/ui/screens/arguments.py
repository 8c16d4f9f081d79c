"""Asks for the arguments of a Command, one field each, with its sensible choices to take.

It stays until what was typed makes a Plan: what a Plan waits for and what is wrong with an argument
are said here, beside the fields. It must not look at a registry or plan by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input
from textual.widgets.input import Selection

from fluxtui.commands.command import Argument, Command, Context, Values
from fluxtui.commands.proposing import Proposal, unlisted
from fluxtui.commands.subject import lines_of
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.snapshot import Snapshot, TagList
from fluxtui.ui.gate import Typed
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line, wrap
from fluxtui.ui.waiting import Waiting, awaited
from fluxtui.ui.widgets.painted import Paragraph

MOST = 6  # lines under the fields
SHOWN = 6  # choices of one argument; fewer where the screen is low


Waits = Callable[[str], None]
"""Says what is waited for now."""
Proposer = Callable[[Values, Waits], Awaitable[Proposal]]


class Arguments(Sheet[Proposal | None]):
    """The dialog. Its result is what `propose` makes of the values; `clock` gives epoch seconds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next choice", show=False, priority=True),
        Binding("up", "choose(-1)", "Previous choice", show=False, priority=True),
    ]

    typeahead: ClassVar[bool] = True

    def __init__(
        self,
        command: Command,
        look: Callable[[], Context],
        propose: Proposer,
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self._propose, self._clock = propose, clock
        self._waiting: Waiting | None = None
        self._opened = clock()
        self._listing = False  # tags that a choice rests on
        self._problem = ""
        self._blank: Input | None = None  # the one field that the problem is about, if it is one
        self._command = command
        self._look = look
        context = look()
        marked = counted(len(context.target.marked), "marked object")
        self._help = command.help
        if context.target.marked:
            self._help = self._help.replace("the selected object", f"the {marked}")
        # Which scope is a field of the form, and not what the cursor is on.
        self._subject = "" if command.scoped else subject_text(context)
        self._choices = {a.name: a.choices(context) for a in command.arguments}
        self._defaults = {a.name: a.default(context) for a in command.arguments}
        self._notes: dict[tuple[str, str], str] = {}
        self._tags: Mapping[str, TagList] = context.snapshot.tags

    @property
    def stake(self) -> str:
        """What was typed."""
        return f"“{self._command.title}” is being filled in."

    def compose(self) -> ComposeResult:
        """Title, field, choices for each argument."""
        with Vertical(id="sheet"):
            yield Paragraph(id="about")
            for argument in self._command.arguments:
                yield Paragraph((((argument.title, "name"),),))
                yield Input(self._defaults[argument.name], id=f"arg-{argument.name}")
                yield Paragraph(classes="choices", id=f"choices-{argument.name}")
            yield Paragraph(id="ask")

    def on_mount(self) -> None:
        """The first field that must be filled has the focus."""
        title = f"{self._command.title}{self._subject}"
        self.box.border_title = title.replace("[", r"\[")
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._lay_out)
        for argument in self._command.arguments:
            self._show_choices(argument)
        blanks = (a for a in self._command.arguments if a.required and not self._field(a).value)
        empty = next(blanks, None)
        self.set_focus(self._field(empty or self._command.arguments[0]))

    def show(self, snapshot: Snapshot) -> None:
        """What is sensible may be known only now (tags just listed); typed text is left alone."""
        if not self.stands:
            return
        context, offered = self._look(), self._keys()
        for argument in self._command.arguments:
            name, field = argument.name, self._field(argument)
            default, choices = argument.default(context), argument.choices(context)
            if choices != self._choices[name] or snapshot.tags is not self._tags:
                self._choices[name] = choices
                self._notes = {k: v for k, v in self._notes.items() if k[0] != name}
                self._show_choices(argument)
            # What stands in a field was read by somebody: it may be filled, but never changed.
            if default and not field.value and not self._defaults[name]:
                self._fill(field, default)
                self._problem = ""
            self._defaults[name] = self._defaults[name] or default
        if snapshot.tags is not self._tags or offered != self._keys():
            self._tags = snapshot.tags
            self._lay_out()

    def _field(self, argument: Argument) -> Input:
        return self.query_one(f"#arg-{argument.name}", Input)

    def _matching(self, argument: Argument) -> tuple[str, ...]:
        """Choices that go on from what is typed; all of them when a choice is in the field."""
        choices, typed = self._choices[argument.name], self._field(argument).value
        if typed in choices:
            return choices
        return tuple(c for c in choices if typed.lower() in c.lower()) or choices

    def on_resize(self) -> None:
        """As many choices as leave every field in sight."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        if not self.stands:
            return
        about = wrap(((self._help, "dim"),), self.inner_width, 3)
        self.query_one("#about", Paragraph).show_lines((*about, ()))
        *listed, ask = self._asks()
        width = self.inner_width
        lines = [line for one in listed for line in wrap(one, width, 2, hang=2)][: MOST * 2]
        self.query_one("#ask", Paragraph).show_lines((*lines, *wrap(ask, width, MOST)))
        for argument in self._command.arguments:
            self._show_choices(argument)

    def _asks(self) -> tuple[Line, ...]:
        """`_ask`, below what is wrong where that is a list."""
        if self._waiting is not None or "\n" not in self._problem:
            return (self._ask(self._problem),)
        wrong = f"✗ {self._problem}".split("\n")
        return (*(((text, "bad"),) for text in wrong), self._ask(""))

    def _ask(self, problem: str) -> Line:
        """What is waited for, or else what is wrong and what is not known yet; and the keys, where
        nothing is wrong."""
        if self._waiting is not None:
            return (self._waiting.text(self._clock()), "busy"), ("   esc leave", "dim")
        lists = unlisted(self._command, self._look(), self._values())
        self._listing = bool(lists)
        being = Waiting(awaited(lists[0]), self._opened).text(self._clock()) if lists else ""
        wrong = f"✗ {problem}   " if problem else ""
        keys = "" if self._problem else self._keys()
        return (wrong, "bad"), (f"{being}   " if being else "", "busy"), (keys, "dim")

    def _keys(self) -> str:
        """Those that do something in this form."""
        keys = ["enter go on", "esc leave"]
        keys[1:1] = ["↑↓ choices"] if any(self._choices.values()) else []
        keys[1:1] = ["tab next field"] if len(self._command.arguments) > 1 else []
        return "   ".join(keys)

    def _values(self) -> dict[str, str]:
        return {a.name: self._field(a).value.strip() for a in self._command.arguments}

    def _shown(self) -> int:
        """How many choices of each argument there is room for."""
        lists = sum(1 for choices in self._choices.values() if choices)
        ask, about = (len(self.query_one(f"#{id_}", Paragraph).lines) for id_ in ("ask", "about"))
        used = max(1, ask) + (2 if self.low else 4 + max(2, about))
        fields = len(self._command.arguments) * (2 if self.low else 3)
        free = self.app.size.height - used - fields
        return max(1, min(SHOWN, free // max(1, lists)))

    def _show_choices(self, argument: Argument) -> None:
        if not self.stands:
            return
        self._list(argument).display = bool(self._choices[argument.name])
        room = self._shown()
        typed = self._field(argument).value
        choices = self._matching(argument)
        at = choices.index(typed) if typed in choices else 0
        first = max(0, min(at - room // 2, len(choices) - room))
        lines: list[Line] = []
        if argument.judges and typed and typed not in choices:
            lines.append((("    ", ""), (self._note(argument, typed), "busy")))
            room = max(1, room - 1)
        for choice in choices[first : first + room]:
            current = choice == typed
            note = self._note(argument, choice)
            beside: Line = ((f"   {note}", "busy" if "fail" in note else "dim"),) if note else ()
            sign, role = ("  ● ", "strong") if current else ("    ", "dim")
            lines.append(((sign, "accent"), (choice, role), *beside))
        if len(choices) > room == SHOWN:
            lines.append(((f"    {counted(len(choices), 'choice')}", "dim"),))
        self._list(argument).show_lines(lines)

    def _note(self, argument: Argument, choice: str) -> str:
        """What to know of a choice; looked up once, it goes through every history there is."""
        key = (argument.name, choice)
        if key not in self._notes:
            self._notes[key] = argument.note(self._look(), choice)
        return self._notes[key]

    def _list(self, argument: Argument) -> Paragraph:
        return self.query_one(f"#choices-{argument.name}", Paragraph)

    def _focused(self) -> Argument | None:
        return next((a for a in self._command.arguments if self._field(a).has_focus), None)

    def action_choose(self, step: int) -> None:
        """The next or previous choice into the field."""
        argument = self._focused()
        if argument is None or not self._choices[argument.name]:
            return
        field, choices = self._field(argument), self._matching(argument)
        at = choices.index(field.value) + step if field.value in choices else 0
        self._fill(field, choices[at % len(choices)])

    @staticmethod
    def _fill(field: Input, text: str) -> None:
        """Typing replaces what was put there for somebody."""
        field.value = text
        field.selection = Selection(0, len(text))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if self._problem and self._waiting is None and self._blank in (None, event.input):
            self._problem = ""  # it is of what stood there before
            self._lay_out()
            return
        for argument in self._command.arguments:
            self._show_choices(argument)

    @on(events.DescendantFocus)
    def _looked(self) -> None:
        for argument in self._command.arguments:
            self._show_choices(argument)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        number = [f"arg-{a.name}" for a in self._command.arguments].index(event.input.id or "")
        for argument in self._command.arguments[number + 1 :]:
            if argument.required and not self._field(argument).value:
                self.set_focus(self._field(argument))
                return
        values = self._values()
        missing = next(
            (a for a in self._command.arguments if a.required and not values[a.name]), None
        )
        if missing is not None:
            self._refuse(f"{missing.title} It is required.", self._field(missing))
            self._blank = self._field(missing)
            return
        self._problem = ""
        self._wait("making the plan")
        self.run_worker(self._proposed(values, event.input), group="propose", exclusive=True)

    # Waiting for the Plan ------------------------------------------------------------------------

    async def _proposed(self, values: Values, field: Input) -> None:
        self.set_focus(None)  # what is typed now is text for nobody
        try:
            proposal = await self._propose(values, self._wait)
        except FluxtuiError as error:
            self._refuse(str(error), field)
        else:
            if self.is_current:
                self.dismiss(proposal)
            else:  # something else is being answered: the plan is made again when it is wanted
                self._refuse("", field)

    def _wait(self, what: str) -> None:
        self._waiting = Waiting(what, self._clock())
        self._lay_out()

    def _refuse(self, problem: str, field: Input) -> None:
        """Say it under the fields, which stay as they are."""
        self._problem, self._waiting, self._blank = problem, None, None
        field.select_on_focus = False  # it is mended where the cursor was, not typed anew
        if self.stands:
            self.set_focus(field)
        self._lay_out()
        self.gate.go()

    def _tick(self) -> None:
        if self._waiting is not None or self._listing:
            self._lay_out()

    def takes(self, event: Typed) -> bool | None:
        """While a Plan is made only what leaves is taken."""
        if self._waiting is not None:
            return isinstance(event, events.Key) and event.key in ("escape", "Q")
        return super().takes(event)


def subject_text(context: Context) -> str:
    """` · activity in production`, ` · 3 marked objects`: what the act is about; empty when
    nothing is meant."""
    target = context.target
    if target.marked:
        return f" · {counted(len(target.marked), 'marked object')}"
    key = target.object
    name = target.service or (key.name if key else "")
    if target.applier is not None:
        name = f"ks/{target.applier.name}"
    elif target.source is not None and len(lines_of(context)) > 1:
        name = f"{name} oci/{target.source.name}"  # one of several of that Service
    where = f" in {target.environment}" if target.environment else ""
    return f" · {name}{where}" if name else ""
