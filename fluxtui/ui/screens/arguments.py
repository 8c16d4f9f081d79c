"""Asks for the arguments of a Command, one field each, with its sensible choices to take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from fluxtui.commands.command import Argument, Command, Context
from fluxtui.commands.subject import lines_of
from fluxtui.domain.snapshot import Snapshot, TagList
from fluxtui.ui.screens.sheet import Sheet
from fluxtui.ui.spans import Line
from fluxtui.ui.widgets.painted import Paragraph

SHOWN = 6  # choices of one argument; fewer where the screen is low


class Arguments(Sheet[dict[str, str] | None]):
    """The dialog; its result is argument name -> text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next choice", show=False, priority=True),
        Binding("up", "choose(-1)", "Previous choice", show=False, priority=True),
    ]

    typeahead: ClassVar[bool] = True

    def __init__(self, command: Command, look: Callable[[], Context]) -> None:
        super().__init__()
        self._command = command
        self._look = look
        context = look()
        self._subject = subject_text(context)
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
            yield Paragraph((((self._command.help, "dim"),), ()), classes="about")
            for argument in self._command.arguments:
                yield Paragraph((((argument.title, "name"),),))
                yield Input(
                    self._defaults[argument.name], id=f"arg-{argument.name}", select_on_focus=False
                )
                yield Paragraph(classes="choices", id=f"choices-{argument.name}")
            yield Paragraph(
                ((("enter go on   tab next field   ↑↓ choices   esc leave", "dim"),),), id="ask"
            )

    def on_mount(self) -> None:
        """The first field that must be filled has the focus."""
        title = f"{self._command.title}{self._subject}"
        self.box.border_title = title.replace("[", r"\[")
        for argument in self._command.arguments:
            self._show_choices(argument)
        wanted = (a for a in self._command.arguments if a.required and not self._field(a).value)
        empty = next(wanted, None)
        self.set_focus(self._field(empty or self._command.arguments[0]))

    def show(self, snapshot: Snapshot) -> None:
        """What is sensible may be known only now (tags just listed); typed text is left alone."""
        if not self.is_mounted:
            return
        context = self._look()
        for argument in self._command.arguments:
            name, field = argument.name, self._field(argument)
            default, choices = argument.default(context), argument.choices(context)
            if choices != self._choices[name] or snapshot.tags is not self._tags:
                self._choices[name] = choices
                self._notes = {k: v for k, v in self._notes.items() if k[0] != name}
                self._show_choices(argument)
            # What stands in a field was read by somebody: it may be filled, but never changed.
            if default and not field.value and not self._defaults[name]:
                field.value = default
            self._defaults[name] = self._defaults[name] or default
        self._tags = snapshot.tags

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
        for argument in self._command.arguments:
            self._show_choices(argument)

    def _shown(self) -> int:
        """How many choices of each argument there is room for."""
        lists = sum(1 for choices in self._choices.values() if choices)
        others = 3 if self.low else 7
        fields = len(self._command.arguments) * (2 if self.low else 3)
        free = self.app.size.height - others - fields
        return max(1, min(SHOWN, free // max(1, lists)))

    def _show_choices(self, argument: Argument) -> None:
        self._list(argument).display = bool(self._choices[argument.name])
        shown = self._shown()
        typed = self._field(argument).value
        found = self._matching(argument)
        at = found.index(typed) if typed in found else 0
        first = max(0, min(at - shown // 2, len(found) - shown))
        lines: list[Line] = []
        for choice in found[first : first + shown]:
            here = choice == typed
            note = self._note(argument, choice)
            beside: Line = ((f"   {note}", "busy" if "fail" in note else "dim"),) if note else ()
            sign, role = ("  ● ", "strong") if here else ("    ", "dim")
            lines.append(((sign, "accent"), (choice, role), *beside))
        if len(found) > shown == SHOWN:
            lines.append(((f"    {len(found)} choices", "dim"),))
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
        field, found = self._field(argument), self._matching(argument)
        at = found.index(field.value) + step if field.value in found else 0
        field.value = found[at % len(found)]
        field.cursor_position = len(field.value)

    @on(Input.Changed)
    def _changed(self) -> None:
        for argument in self._command.arguments:
            self._show_choices(argument)

    @on(events.DescendantFocus)
    def _looked(self) -> None:
        for argument in self._command.arguments:
            self._show_choices(argument)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        here = [f"arg-{a.name}" for a in self._command.arguments].index(event.input.id or "")
        for argument in self._command.arguments[here + 1 :]:
            if argument.required and not self._field(argument).value:
                self.set_focus(self._field(argument))
                return
        values = {a.name: self._field(a).value.strip() for a in self._command.arguments}
        missing = next(
            (a for a in self._command.arguments if a.required and not values[a.name]), None
        )
        if missing is not None:
            self.set_focus(self._field(missing))
            self.query_one("#ask", Paragraph).show_lines(
                (((f"✗ {missing.title} It is required.", "bad"), ("   esc leave", "dim")),)
            )
            return
        self.dismiss(values)


def subject_text(context: Context) -> str:
    """` · activity in production`: what the act is about; empty when nothing is meant."""
    target = context.target
    named = target.kustomization or target.source
    name = target.service or (named.name if named else "")
    if target.kustomization is not None:
        name = f"ks/{target.kustomization.name}"
    elif target.source is not None and len(lines_of(context)) > 1:
        name = f"{name} oci/{target.source.name}"  # one of several of that Service
    where = f" in {target.environment}" if target.environment else ""
    return f" · {name}{where}" if name else ""
