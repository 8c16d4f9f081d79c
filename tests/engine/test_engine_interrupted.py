"""An act that is cut off is told at the next start: what was done, what never ran, what is unknown.

Never as done: neither after a word on the way out, nor after none.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from engine_stage import MakeEngine, MakePlace, Registry, got

from fluxtui.cli.forms import plans
from fluxtui.domain.acts import tally
from fluxtui.domain.plan import AwaitStep, Outcome, PatchStep, Plan, Receipt, Until
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.acts.journal import Journal
from fluxtui.engine.acts.past import NO_WORD, interrupted_acts, past_acts, reminders, told
from tests.cli.documents import checked

SOURCE = Key("staging", "source.toolkit.fluxcd.io", "OCIRepository", "apps", "web")
MEMBER = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
NOON = 1_795_435_200.0


def plan(digest: str = "sha256:" + "a" * 64) -> Plan:
    steps = (
        PatchStep("pin", "pin it", target=SOURCE, patch={"spec": {}}, resource_version="4"),
        AwaitStep("picked", "see it", ("pin",), target=SOURCE, until=Until.PICKED, value=digest),
        AwaitStep("applied", "run it", ("picked",), target=MEMBER, until=Until.APPLIED),
    )
    return Plan("pin", "pin web", steps, ("staging",), made_at="2026-11-23T11:00:00Z")


def outcomes(journal: Journal) -> list[tuple[str, Outcome]]:
    (act,) = interrupted_acts(journal)
    return [(r.step, r.outcome) for r in act.receipts]


def test_a_write_without_an_answer_is_unknown_and_what_follows_it_never_ran(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.plan(plan(), "2026-11-23T11:00:00Z")
    journal.intent(plan().id, "pin", "pin it", "2026-11-23T11:00:01Z")

    after_the_crash = Journal(tmp_path / "journal.jsonl")
    journal.over(plan().id)  # as the kernel does it
    assert outcomes(after_the_crash) == [
        ("pin", Outcome.UNKNOWN),
        ("picked", Outcome.NEVER),
        ("applied", Outcome.NEVER),
    ]
    (act,) = interrupted_acts(after_the_crash)
    assert act.finished and act.began == "2026-11-23T11:00:00Z"
    assert act.cut == "fluxtui ended without a word (it was killed, or the machine went down)"
    assert tally(act) == "0 of 3 steps done, 1 with unknown outcome, 2 never ran"


def test_what_another_fluxtui_is_doing_this_moment_was_not_cut_off(tmp_path: Path) -> None:
    other = Journal(tmp_path / "journal.jsonl")
    other.plan(plan(), "2026-11-23T11:00:00Z")
    here = Journal(tmp_path / "journal.jsonl")
    (act,) = past_acts(here, 10)
    assert (act.finished, act.cut, act.elsewhere) == (False, "", True)
    assert interrupted_acts(here) == ()
    other.over(plan().id)
    assert past_acts(here, 10)[0].cut
    assert [p.name for p in tmp_path.iterdir()] == ["journal.jsonl"]


def test_a_killed_process_lets_go_of_what_it_held(tmp_path: Path) -> None:
    code = (
        "import sys, signal\n"
        "from tests.engine.test_engine_interrupted import Journal, plan\n"
        "j = Journal(sys.argv[1]); j.plan(plan(), '2026-11-23T11:00:00Z')\n"
        "print('running', flush=True); signal.pause()\n"
    )
    root = Path(__file__).parents[2]
    folders = os.pathsep.join((str(root), str(Path(__file__).parent)))
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "journal.jsonl")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": folders},
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == "running\n"
        journal = Journal(tmp_path / "journal.jsonl")
        assert past_acts(journal, 10)[0].elsewhere
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert [act.cut != "" for act in past_acts(journal, 10)] == [True]


def test_the_lines_of_a_cut_act_end_with_what_is_known_of_each_step(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    for why in ("", "the terminal was closed"):  # the same Plan, run again
        journal.plan(plan(), "2026-11-23T11:00:00Z")
        journal.intent(plan().id, "pin", "pin it", "2026-11-23T11:00:01Z")
        if why:
            journal.interrupted(plan().id, why, "2026-11-23T11:00:02Z")
        else:  # it still runs
            assert len(told(Journal(tmp_path / "journal.jsonl"))) == 2
        journal.over(plan().id)
    lines = told(journal)
    open_steps = ["unknown", "never ran", "never ran"]
    assert [e.body.get("why") or e.body.get("outcome") or e.type for e in lines] == [
        *("plan", "intent", NO_WORD, *open_steps),
        *("plan", "intent", "the terminal was closed", *open_steps),
    ]
    checked(json.dumps(plans.journal(lines)), "Journal")


async def test_leaving_in_the_middle_says_why_and_the_next_start_says_what_is_open(
    place: MakePlace, registry: Registry, engine: MakeEngine, tmp_path: Path
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", registry.url("web"), tag="main")
    await staging.kustomization("web", "web")
    first = engine(staging)
    seen = await got(first.wait_for(lambda s: s.get(SOURCE) is not None, 30))
    made = plan()
    patch = PatchStep(
        "pin",
        "pin it",
        target=SOURCE,
        patch={"metadata": {"annotations": {"x": "y"}}},
        resource_version=seen.as_of(SOURCE),
    )
    made = Plan("pin", "pin web", (patch, *made.steps[1:]), ("staging",), user="ada")
    running = first.run(made, confirmed=YES)
    await got(first.wait_for(lambda s: bool(s.acts) and "picked" in s.acts[0].started, 30))
    (act,) = first.snapshot.acts
    assert act.began and act.started["pin"] <= act.started["picked"] and not act.finished

    await asyncio.to_thread(first.stop, "the terminal was closed")
    assert running.exception() is not None
    journal = Journal(tmp_path / "journal.jsonl")
    assert [e.type for e in journal.read()][-1] == "interrupted"

    second = engine(staging)
    seen = await got(second.wait_for(lambda s: bool(s.acts), 30))
    (act,) = seen.acts
    assert act.cut == "the terminal was closed"
    assert [(r.step, r.outcome) for r in act.receipts] == [
        ("pin", Outcome.DONE),
        ("picked", Outcome.UNKNOWN),
        ("applied", Outcome.NEVER),
    ]
    (finding,) = [f for f in seen.findings if f.code == "interrupted"]
    assert finding.subject == SOURCE and finding.environment == "staging"
    assert finding.message == (
        "cut off: pin web (the terminal was closed): "
        "1 of 3 steps done, 1 with unknown outcome, 1 never ran"
    )


def test_the_reminder_ends_when_somebody_acts_there_again_or_after_a_week(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    cut = plan()
    journal.plan(cut, "2026-11-23T11:00:00Z")
    journal.intent(cut.id, "pin", "pin it", "2026-11-23T11:00:01Z")
    journal.interrupted(cut.id, "the terminal was closed", "2026-11-23T11:00:02Z")
    journal.over(cut.id)
    assert [f.code for f in reminders(past_acts(journal, 9), Snapshot(), NOON)] == ["interrupted"]
    assert reminders(past_acts(journal, 9), Snapshot(), NOON + 8 * 86400) == ()

    again = Plan("unpin", "unpin web", cut.steps[:1], ("staging",))
    journal.plan(again, "2026-11-23T11:05:00Z")
    journal.receipt(Receipt(again.id, "pin", Outcome.DONE, "", "2026-11-23T11:05:01Z"))
    journal.over(again.id)
    assert reminders(past_acts(journal, 9), Snapshot(), NOON) == ()
