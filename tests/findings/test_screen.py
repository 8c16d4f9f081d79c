"""At the screen: keys that came late or twice, lists longer than the window, acts unasked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.findings.conftest import Opens

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    # pty.fork in a process with threads: the child only calls exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
ESC = "\x1b[27u"
END, HOME = "\x1b[F", "\x1b[H"
SOON = 20.0  # seconds; a machine may be busy


def test_a_form_that_gets_enter_twice_answers_once(opens: Opens) -> None:
    """On a laggy link both arrived in one read: the second ended the program."""
    terminal = opens()
    terminal.types("s")
    terminal.sees("Why?", within=SOON)
    terminal.types("x\r\r")
    terminal.sees("STEPS", within=SOON)


def test_enter_is_no_yes(opens: Opens, config_file: Path) -> None:
    """A review that offered y alone also ran at Enter."""
    terminal = opens()
    terminal.types("W")
    terminal.sees("STEPS", "y run", within=SOON)
    terminal.types("\r")
    terminal.types(ESC)
    terminal.loses("STEPS", within=SOON)
    terminal.types("6")
    terminal.sees("OUTCOME", within=SOON)
    assert "with-source" not in (config_file.parent / "journal.jsonl").read_text()


def test_escape_never_quits(opens: Opens) -> None:
    """Twice at the first view, it did."""
    terminal = opens()
    terminal.types(ESC + ESC)
    terminal.types(ESC)
    terminal.types("3")
    terminal.sees("WHY", within=SOON)


def test_a_view_key_that_comes_twice_opens_the_view(opens: Opens) -> None:
    """The second found the pane half made: the program ended with a traceback, or hung."""
    terminal = opens()
    for keys, title in (("33", "WHY"), ("55", "SUBJECT"), ("66", "OUTCOME")):
        terminal.types(keys)
        terminal.sees(title, within=SOON)


def test_what_is_typed_after_a_slash_is_text(opens: Opens) -> None:
    """`/pin` in one read opened Pin: the letters acted before the field had the focus."""
    terminal = opens()
    terminal.types("/pin")
    terminal.sees("/pin", within=SOON)
    assert "Which version?" not in terminal.text


@pytest.mark.parametrize(("view", "last"), [("3", "status-page"), ("5", ""), ("2", "")])
def test_the_cursor_stays_in_the_window(opens: Opens, view: str, last: str) -> None:
    """No list scrolled: rows below the fold were never seen, and the cursor left the window."""
    terminal = opens(80, 14)
    terminal.types(view)
    terminal.sees({"2": "TAG", "3": "WHY", "5": "SUBJECT"}[view], "▎", within=SOON)
    first = under_cursor(terminal.text)
    terminal.types(END)
    terminal._waits(
        "the cursor is nowhere",
        lambda: (
            under_cursor(terminal.text) not in ("", first) and last in under_cursor(terminal.text)
        ),
        SOON,
    )
    terminal.types(HOME)
    terminal._waits("not back at the first", lambda: "▎" in terminal.text, SOON)


def under_cursor(screen: str) -> str:
    """The row that the cursor is on; "" when none is drawn."""
    return next((line for line in screen.splitlines() if line.startswith("▎")), "")


@pytest.mark.parametrize("view", "1235")
def test_a_low_screen_shows_a_row_of_data(opens: Opens, view: str) -> None:
    """At 80x10 ornaments were drawn, and no row."""
    terminal = opens(80, 10)
    terminal.types(view)
    terminal.sees("▎", within=SOON)


def test_events_say_of_what_they_tell_on_a_narrow_screen(opens: Opens) -> None:
    """At 60 columns SUBJECT went first: `applied v1.4.2`, and not what."""
    terminal = opens(60, 20)
    terminal.types("5")
    terminal.sees("SUBJECT", "WHAT", within=SOON)


def test_logs_open_whatever_the_key_was_pressed_on(opens: Opens) -> None:
    """On a Kustomization the key refused, and no Pod of the demo wrote anything."""
    terminal = opens()
    terminal.types("3")
    terminal.sees("WHY", within=SOON)
    terminal.types("l")
    terminal.sees("Log of", "Ready for connections", within=SOON)


def test_a_picture_of_the_screen_is_saved_where_it_says(opens: Opens, config_file: Path) -> None:
    """It went to a folder for downloads that servers do not have: "failed", and no reason."""
    terminal = opens(200, 24)
    terminal.types("\x13")
    terminal.sees("saved: ", within=SOON)
    said = re.search(r"saved: (\S+)", terminal.text)
    assert said and Path(said[1]).read_text().startswith("<svg")


def test_while_an_act_runs_the_chain_stays_and_each_act_is_one_row(opens: Opens) -> None:
    """A sheet of twelve lines hid the chain; as many lines pushed real changes out of Events."""
    terminal = opens()
    terminal.types("3")
    terminal.sees("WHY", "activity-ui", within=SOON)
    terminal.types("W")
    terminal.sees("STEPS", within=SOON)
    terminal.types("y")
    terminal.loses("STEPS", within=SOON)
    terminal.sees("✓ done", "reconcile", "WHY", "activity-ui", within=SOON)
    terminal.types("5")
    terminal.sees("SUBJECT", "reconcile Kust", within=SOON)
    rows = terminal.text.partition("SUBJECT")[2].partition("──")[0]
    assert rows.count("reconcile Kust") == 1 and not re.search(r"\b(ask|wait) ", rows), rows
