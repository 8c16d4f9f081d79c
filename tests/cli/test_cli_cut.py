"""Wherever an act is cut off, the next start tells what was done, and it can be finished or undone.

The program is a process of its own that is killed at each line of its Journal and around each of
its writes, or loses its API there. Nothing is ever done twice, and what is not known is read back.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_delivery import Shell
from cut_acts import NAMES, Delivery, Wire, delivery
from documents import checked

from fluxtui.domain.acts import tally
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import past_acts

LINES = 7  # the Plan, then an intent and an outcome of each Step
ALL, NONE = (True, True, True), (False, False, False)


@pytest.fixture
def cut(shell: Shell) -> Iterator[Delivery]:
    made = delivery(shell)
    yield made
    made.kill()


def outcomes(folder: Path) -> list[str]:
    """Of each Step, as the next start reads it."""
    (act,) = past_acts(Journal(folder / "journal.jsonl"), 9)
    return [str(receipt.outcome) for receipt in act.receipts]


def expected(lines: int) -> list[str]:
    """What a Journal of so many whole lines tells."""
    done, begun = divmod(lines - 1, 2)
    unknown = ["unknown"] if begun else []
    return (["done"] * done + unknown + ["never ran"] * 3)[:3]


WAYS = ("finish", "undo")
# Each line whole and torn, finished and undone in turn.
AT_LINES = [
    (line, torn, mend)
    for line in range(1, LINES + 1)
    for torn in (False, True)
    for mend in (WAYS if line == 4 else (WAYS[(line + torn) % 2],))
]
AT_WRITES = [
    (patch, when, WAYS[(patch + (when == "before")) % 2])
    for patch in (1, 2, 3)
    for when in ("before", "after")
]


@pytest.mark.parametrize(("line", "torn", "mend"), AT_LINES)
def test_a_process_that_is_killed_at_a_line_of_its_journal(
    line: int, torn: bool, mend: str, cut: Delivery
) -> None:
    child = cut.runs(line=line, torn=torn)
    said, _nothing = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, said
    whole = line - 1 if torn else line
    if whole == 0:
        assert not list(past_acts(Journal(cut.shell.folder / "journal.jsonl"), 9))
        assert cut.suspended() == NONE
        return
    assert outcomes(cut.shell.folder) == expected(whole)
    written = (line - 1) // 2  # an outcome is written down after the write
    assert cut.suspended() == (ALL[:written] + NONE)[:3]
    mended(cut, mend, written, is_whole=whole == LINES)


def mended(cut: Delivery, mend: str, written: int, *, is_whole: bool = False) -> None:
    """Finish or undo it, and look at what was sent and how it ends."""
    before, id_ = cut.server.patches, cut.id
    said = cut.shell("plan", mend, id_[:6], "--yes", "-o", "json")
    if mend == "finish":
        nothing_left = is_whole or written == 3
        assert said.code == (3 if nothing_left else 0), said
        assert cut.suspended() == ALL
        assert cut.server.patches - before == 3 - written, "nothing is done twice"
        if not nothing_left:
            plan = checked(said.out, "Act")["plan"]
            assert plan["continues"] == id_
            assert [s["id"] for s in plan["steps"]] == list(NAMES[written:])
            again = cut.shell("plan", "finish", id_, "--yes")
            assert again.code == 3 and re.search("is done|nothing is left to do", again.err), again
    else:
        assert said.code == (0 if written else 3), said
        assert cut.suspended() == NONE
        assert cut.notes() == [{}, {}, {}]
        assert cut.server.patches - before == written
        if written:
            steps = checked(said.out, "Act")["plan"]["steps"]
            writes = [s["id"] for s in steps if s["type"] == "patch"]
            assert writes == [f"undo-{name}" for name in reversed(NAMES[:written])]


@pytest.mark.parametrize(("patch", "when", "mend"), AT_WRITES)
def test_a_process_that_is_killed_around_a_write(
    patch: int, when: str, mend: str, cut: Delivery
) -> None:
    def kill(number: int) -> None:
        if number == patch:
            os.kill(cut.children[0].pid, signal.SIGKILL)
            cut.children[0].wait()

    setattr(cut.server, when, kill)
    child = cut.runs()
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert outcomes(cut.shell.folder) == expected(2 * patch)
    mended(cut, mend, 3 - cut.suspended().count(False))
    if mend == "undo":
        assert cut.suspended() == NONE


@pytest.mark.parametrize("patch", [1, 2, 3])
def test_a_closed_terminal_lets_the_write_end_and_begins_no_other(
    patch: int, cut: Delivery
) -> None:
    def hang_up(number: int) -> None:
        if number == patch:
            os.kill(cut.children[0].pid, signal.SIGHUP)

    cut.server.before = hang_up
    child = cut.runs()
    said, _nothing = child.communicate(timeout=60)
    assert child.returncode != 0 or patch == 3, said
    told = outcomes(cut.shell.folder)
    assert told[: patch - 1] == ["done"] * (patch - 1)
    written = cut.suspended().count(True)
    assert "done" not in told[written:], "nothing is told as done that is not"
    mended(cut, "finish", written, is_whole=told == ["done"] * 3)


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"])
def test_a_signal_is_written_down_and_said_with_what_was_done_and_what_not(
    number: str, cut: Delivery
) -> None:
    end = getattr(signal, number)

    def end_it(patch: int) -> None:
        if patch == 3:  # which is not answered before the process has gone
            os.kill(cut.children[0].pid, end)
            cut.children[0].wait(60)

    cut.server.before = end_it
    child = cut.runs()
    said, _nothing = child.communicate(timeout=60)
    assert child.returncode == 128 + end, said
    (act,) = past_acts(Journal(cut.shell.folder / "journal.jsonl"), 9)
    assert act.cut == f"fluxtui was ended by {number}"
    assert outcomes(cut.shell.folder) == ["done", "done", "unknown"]
    assert f"{act.cut}: suspend three: 2 of 3 steps done, 1 with unknown outcome; " in said
    assert f"fluxtui plan finish {cut.id}" in said
    assert re.search(r"^fluxtui:   done: suspend b\nfluxtui:   unknown: suspend c$", said, re.M)
    assert re.search(r"^unknown +suspend c +cut off while it was being done: look", said, re.M)


def test_a_time_that_is_over_ends_an_act_as_a_signal_does(cut: Delivery) -> None:
    def never_answer(patch: int) -> None:
        if patch == 3:
            cut.children[0].wait(60)

    cut.server.before = never_answer
    said, _nothing = cut.runs(more=["--timeout", "4s"]).communicate(timeout=60)
    assert cut.children[0].returncode == 1, said
    (act,) = past_acts(Journal(cut.shell.folder / "journal.jsonl"), 9)
    assert act.cut == "not done within 4 s (--timeout)"
    assert outcomes(cut.shell.folder) == ["done", "done", "unknown"]
    assert f"{act.cut}: suspend three: 2 of 3 steps done, 1 with unknown outcome; " in said


def test_a_time_that_suffices_ends_nothing(cut: Delivery) -> None:
    said, _nothing = cut.runs(more=["--timeout", "5m"]).communicate(timeout=60)
    assert cut.children[0].returncode == 0, said
    refused = cut.shell("plan", "run", str(cut.file), "--yes", "--timeout", "soon")
    assert refused.code == 2 and "'soon' is no time" in refused.err


@pytest.mark.parametrize(("patch", "when", "mend"), AT_WRITES)
@pytest.mark.parametrize("way", ["refused", "silent"])
def test_a_network_that_goes_around_a_write(
    patch: int, when: str, way: str, mend: str, cut: Delivery
) -> None:
    wire = Wire(cut.server.port)

    def go(number: int) -> None:
        if number == patch and way == "refused":
            wire.refuse()
        elif number == patch:
            wire.is_silent = True

    setattr(cut.server, when, go)
    child = cut.runs(port=wire.port)
    said, _nothing = child.communicate(timeout=120)
    assert child.returncode == 1, said
    told = outcomes(cut.shell.folder)
    assert told[: patch - 1] == ["done"] * (patch - 1)
    assert told[patch - 1] in ("unknown", "failed") and told[patch:] == ["skipped"] * (3 - patch)
    # The request was on its way when the wire went: it may be carried out all the same.
    mended(cut, mend, cut.suspended().count(True))


def test_the_review_says_what_was_read_back(cut: Delivery) -> None:
    cut.runs(line=4).communicate(timeout=60)  # the second Step is begun, and not written
    said = cut.shell("plan", "finish", cut.id, "--dry-run")
    assert said.code == 0, said
    assert "finish: suspend three" in said.out
    assert re.search(r"1 of 3 steps done, 1 with unknown outcome, 1 never ran", said.out), said.out
    assert "read back, to be done: suspend b: Kustomization/apps/b is as before" in said.out
    assert re.search(r"^  1\. suspend b\n  2\. suspend c$", said.out, re.MULTILINE), said.out


def test_what_somebody_else_changed_since_is_neither_repeated_nor_taken_back(
    cut: Delivery,
) -> None:
    cut.runs(line=3).communicate(timeout=60)  # the first Step is done
    id_ = cut.id
    words = ("resume", "ks/a", "-e", "staging", "--yes")
    assert cut.shell(*words).code == 0
    said = cut.shell("plan", "finish", id_, "--yes")
    assert said.code == 3 and "“suspend a” was done and is put back since" in said.err, said
    undone = cut.shell("plan", "undo", id_, "--yes")
    assert undone.code == 3, undone
    assert cut.suspended() == NONE


def test_an_id_that_is_no_acts_names_those_that_are_open(cut: Delivery) -> None:
    cut.runs(line=3).communicate(timeout=60)
    said = cut.shell("plan", "finish", "nonsense", "--yes")
    assert said.code == 2 and f"{cut.id} (suspend three)" in said.err
    assert cut.shell("plan", "undo", cut.id, "--yes").code == 0
    said = cut.shell("plan", "finish", "nonsense", "--yes")
    assert cut.id not in said.err and "see fluxtui journal" in said.err, said
    none = cut.shell("plan", "undo")
    assert none.code == 2 and "which act?" in none.err


def test_what_was_undone_to_the_end_is_no_finding(cut: Delivery) -> None:
    cut.runs(line=3).communicate(timeout=60)
    assert "cut off: suspend three" in cut.shell("status").out + cut.shell("status").err
    assert cut.shell("plan", "undo", cut.id, "--yes").code == 0
    said = cut.shell("status")
    assert "cut off" not in said.out + said.err
    acts = past_acts(Journal(cut.shell.folder / "journal.jsonl"), 9)
    assert [(a.plan.command, tally(a).split()[0]) for a in acts] == [
        ("suspend", "1"),
        ("undo", "2"),
    ]


def test_an_act_whose_outcome_could_not_be_kept_is_refused_before_it_writes(cut: Delivery) -> None:
    journal = cut.shell.folder / "journal.jsonl"
    journal.write_text("x" * 99_999 + "\n")
    child = cut.runs(largest=100_000 + 4_000)  # the Plan would fit, its outcomes would not
    said, _nothing = child.communicate(timeout=60)
    assert child.returncode == 3 and "the Journal cannot be written: File too large" in said, said
    assert cut.server.patches == 0 and cut.suspended() == NONE
    assert journal.stat().st_size == 100_000
