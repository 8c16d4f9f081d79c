"""All keys, derived from the Commands and from the keys that move around."""

from __future__ import annotations

from collections.abc import Sequence

from fluxtui.commands.command import Command
from fluxtui.domain.keytokens import key_token
from fluxtui.ui.keys import named_keys, shown_key
from fluxtui.ui.spans import Line
from fluxtui.ui.widgets.headerwords import explained

MOVING = (
    ("↑↓ j k", "move; PgUp PgDn Home End too"),
    ("←→", "environment, or what is compared"),
    ("enter", "open: chain, objects, diff, text"),
    ("esc q", "back (backspace too); at the first view q twice quits"),
    ("Q ^c ^z", "quit (asks while an act runs or waits for an answer); suspend"),
    (
        "/",
        (
            "filter the rows: words, /regex/, a leading ! for without; "
            "of objects also label:app=web and field:spec.path=./x"
        ),
    ),
    (
        "space *",
        (
            "in Objects: mark the row, all rows; "
            f"{' '.join(map(key_token, ('reconcile', 'suspend', 'resume')))}"
            " act on all marked as one plan"
        ),
    ),
    ("[ ]", "in Objects: the kind before, the next kind; in Versions: what rows are grouped by"),
    ("f F", "in Versions: fold the group or unfold it; F: all groups"),
    (":", "commands, services, objects, ns, ctx, theme, sort by word (^p too)"),
    ("N A S z", "sort by name, age, state, again turns it around; z: faults only"),
    ("y", "the object as YAML"),
    ("d i", "detail: conditions, history, inventory, uses, owners"),
    ("l", "logs of the pod under the cursor (Chain)"),
    ("!", "all findings"),
    ("^s", "save the screen as SVG"),
)
SIGNS: tuple[Line, ...] = (
    (
        ("✓", "ok"),
        (" ready   ", ""),
        ("◐", "busy"),
        (" rolling   ", ""),
        ("○", "wait"),
        (" waiting   ", ""),
        ("✗", "bad"),
        (" failed   ", ""),
        ("?", "dim"),
        (" unknown", ""),
    ),
    (
        ("‖", "wait"),
        (" suspended   ", ""),
        ("◆", "wait"),
        (" pinned   ", ""),
        ("◈", "dim"),
        (" protected: type its name   ", ""),
        ("→", "busy"),
        (" would pick", ""),
    ),
)


def help_lines(commands: Sequence[Command], keys: dict[str, str]) -> tuple[Line, ...]:
    """Views, acts, moving, signs, words of the header."""
    out: list[Line] = [(("VIEWS", "dim"),)]
    out += [_line(c, keys) for c in commands if c.plan is None]
    out += [(), (("ACTS: each shows its plan first and asks", "dim"),)]
    out += [_line(c, keys) for c in commands if c.plan is not None]
    out += [(), (("MOVING", "dim"),)]
    out += [((f"  {key:<10}", "key"), (named_keys(text, keys), "")) for key, text in MOVING]
    out += [(), (("SIGNS", "dim"),), *((("  ", ""), *line) for line in SIGNS)]
    out += [(), (("HEADER", "dim"),)]
    out += [((f"  {words:<18}", "name"), (says, "dim")) for words, says in explained()]
    return tuple(out)


def _line(command: Command, keys: dict[str, str]) -> Line:
    names = " ".join(shown_key(k) for k in keys.get(command.id, "").split(",") if k)
    return ((f"  {names:<10}", "key"), (f"{command.title:<23}  ", "name"), (command.help, "dim"))
