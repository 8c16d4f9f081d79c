"""What a team holds back and cuts off: suspensions that end, freezes, ranges, rings, killed acts.

By keys at a low and a wide terminal and once more without one, in order on one delivery.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

from fluxtui.cli.embedded import Embedded
from fluxtui.cli.session import running
from fluxtui.cli.story import settled
from tests.cli.killed import CHILD
from tests.end_to_end.desk import DOWN, ENTER, ESC, TAB, WIDE, Desk, leaves

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    pytest.mark.timeout(600),
    # pty.fork in a process with threads: the child only calls exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
WELL = "staging ✓15   production ◈ protected ✓14"
STATUS_PAGE = ("status-page", "-e", "staging")


@pytest.fixture(scope="module")
def anna(delivery: Embedded) -> Desk:
    """Everything is ready."""
    with running(delivery.config()) as engine:
        engine.wait_for(settled, 240).result()
    return Desk(delivery.config_file)


def held(desk: Desk) -> list[dict[str, object]]:
    """All that is held in staging."""
    said = desk("holds", "-e", "staging", "-o", "json")  # 1: something is overdue
    return list(said.document("Holds")["items"])


def killed(desk: Desk, line: int) -> list[str]:
    """The program, which is killed once that line of its Journal stands there."""
    killed_at = (CHILD, str(line), "whole", "SIGKILL")
    return [sys.executable, "-c", *killed_at, "--config", str(desk.config)]


def test_01_a_suspension_has_a_reason_an_owner_and_an_end_and_everybody_sees_it(
    anna: Desk,
) -> None:
    with anna.at("open", *STATUS_PAGE) as screen:
        screen.sees("● live", WELL)
        screen.types("s")
        screen.sees("Why?")
        screen.types("audit" + TAB + "2h" + ENTER)
        screen.sees("STEPS", "because audit", "y run")
        screen.types("y")
        screen.sees("✓ done  suspend", "‖ suspended by anna@", "staging ✓15 ‖1")
        screen.types("b")
        screen.sees("Under which tag?")
        screen.types(ENTER)
        screen.sees("once it is resumed", "y run")
        screen.types("y")
        screen.sees("✓ done  publish")
        leaves(screen)
    (hold,) = held(anna)
    assert hold["why"] == "audit" and str(hold["by"]).startswith("anna@")
    assert hold["overdue"] is False and hold["until"]


def test_02_resuming_shows_what_comes_before_it_lets_it(anna: Desk) -> None:
    plan = anna.done("resume", *STATUS_PAGE, "--dry-run", "-o", "json")
    (part,) = plan.document("Plan")["delivery"]["kustomizations"]
    assert part["images"], "the rendered change"
    with anna.at("open", *STATUS_PAGE) as screen:
        screen.sees("● live  tags", "‖ suspended by anna@", "newest v2.2.0")
        screen.types("H")
        screen.sees("suspended", "by anna@", "audit", "waits behind")
        screen.types(ESC)
        screen.loses("waits behind")
        screen.types("r")
        screen.sees("WHAT CHANGES", "acme/status-page:v0.0.0-staging-test-deploy-0112")
        screen.sees("    :v0.0.0-staging-test-deploy-0113", "was suspended by")
        screen.types("d")
        screen.sees("OBJECT AND FIELD", "Deployment status-page/status-page")
        screen.types("q")
        screen.sees("y run")
        screen.types("y")
        screen.sees("✓ done  resume", WELL)
        leaves(screen)
    assert held(anna) == []


def test_03_one_that_has_outlived_its_end_is_late_in_the_head(anna: Desk) -> None:
    words = ("suspend", *STATUS_PAGE, "--reason", "short", "--until", "1s")
    anna.done(*words, "--yes")
    with anna.at() as screen:
        screen.sees("● live", "1 late")
        screen.types("3")
        screen.sees("WHY", "1 late")  # in every view
        screen.types("H")
        screen.sees("overdue", "short")
        screen.types(ESC)
        screen.loses("overdue")
        leaves(screen)
    assert [hold["overdue"] for hold in held(anna)] == [True]
    anna.done("resume", *STATUS_PAGE, "--yes")


def test_04_a_freeze_lifts_what_it_still_holds_and_nothing_else(anna: Desk) -> None:
    where = ("staging", "--yes", "-o", "json")
    said = anna.done("freeze", *where, "--reason", "drill", "--until", "2h")
    assert said.document("Act")["plan"]["command"] == "freeze"
    holds = held(anna)
    assert {(h["held"], h["why"], bool(h["until"])) for h in holds} == {("frozen", "drill", True)}
    (freeze,) = {str(hold["freeze"]) for hold in holds}
    anna.done("resume", *STATUS_PAGE, "--yes")
    anna.done("suspend", *STATUS_PAGE, "--reason", "mine", "--yes")
    with anna.at("open", "activity", "-e", "staging", size=WIDE) as screen:
        screen.sees("● live", f"staging ✓15 ‖{len(holds)} frozen", "frozen by anna@")
        screen.types("X")
        screen.sees("Which freeze?", freeze)
        screen.types(ENTER)
        screen.sees("STEPS", "y run")
        screen.types("y")
        screen.sees("✓ done  unfreeze", "staging ✓15 ‖1   production")
        leaves(screen)
    assert [(h["held"], h["why"]) for h in held(anna)] == [("suspended", "mine")]
    anna.done("resume", *STATUS_PAGE, "--yes")
    nothing = anna("unfreeze", *where)
    assert nothing.code == 3 and "nothing is frozen" in nothing.document("Error")["what"]


def test_05_a_range_is_edited_by_a_plan_that_says_who_puts_it_back(anna: Desk) -> None:
    with anna.at("open", "status-page", "-e", "production") as screen:
        screen.sees("● live  tags", WELL)
        screen.types("e")
        screen.sees("Which versions?", ">=0.0.0   would pick v2.2.0")
        screen.types("~2.2.0" + ENTER)
        screen.sees("stays on v2.2.0", "it picked by semver >=0.0.0", "f6 keep it")
        screen.sees("Kustomization/flux-system/status-page declares spec.ref.semver")
        screen.types("production" + ENTER)
        screen.sees("✓ done  let OCIRepository/status-page")
        leaves(screen)
    parent, place = "ks/flux-system/status-page", ("-e", "production", "--yes")
    ranged = ("range", "status-page", *place, "--confirm", "production", "-o", "json", "--semver")
    anna.done("reconcile", parent, *place)  # as the review said
    said = anna(*ranged, ">=0.0.0")
    assert said.code == 2 and "picks by semver >=0.0.0 already" in said.document("Error")["what"]
    plan = anna.done(*ranged, "~2.2.0", "--keep").document("Act")["plan"]
    assert any("flux-system/status-page is suspended too" in text for text in plan["effects"])
    act = anna.done(*ranged, ">=0.0.0").document("Act")
    assert {receipt["outcome"] for receipt in act["receipts"]} == {"done"}
    anna.done("resume", parent, *place, "--confirm", "production")


def test_06_a_build_that_skips_a_ring_or_its_soak_is_warned_of(anna: Desk) -> None:
    places = yaml.safe_load(anna.config.read_text())["environments"]
    canary = {**places["production"], "namespaces": ["status-page"]}
    rings = {"staging": {**places["staging"], "soak": "24h"}, "canary": canary}
    ringed = anna.like(environments={**rings, "production": places["production"]})
    with ringed.at("open", *STATUS_PAGE, size=WIDE) as screen:
        screen.sees("● live  tags", "canary ◈ protected ✓1")
        screen.types("m")
        screen.sees("As which version?", "v2.3.0")
        screen.types(ENTER)
        screen.sees("never ran well in canary", "(ring-skipped)")
        screen.sees("of 24h; it goes to canary", "of 24h; it goes to production", "(soak-short)")
        screen.types(ESC)
        screen.sees("left, nothing was done")
        leaves(screen)
    plan = ringed.done("promote", *STATUS_PAGE, "--dry-run", "-o", "json").document("Plan")
    rules = [danger["rule"] for danger in plan["dangers"]]
    assert rules.count("ring-skipped") == 1 and rules.count("soak-short") == 2


def test_07_what_was_done_is_an_event_on_the_object_and_a_line_to_be_found(anna: Desk) -> None:
    noted = anna.like("casey", audit__events=True)
    key = "ks/status-page/status-page"
    noted.done("suspend", key, "-e", "staging", "--reason", "audited", "--yes")
    events = noted("events", key, "-e", "staging", "-o", "json").document("Events")["items"]
    assert any("casey@" in json.dumps(e) and "audited" in json.dumps(e) for e in events), events
    with noted.at("open", key, "-e", "staging") as screen:
        screen.sees("● live", "suspended")
        screen.types("5")
        screen.sees("audited")
        leaves(screen)
    wanted = ("--since", "1h", "--by", "casey", "--object", key, "-o", "json")
    items = noted.done("journal", *wanted).document("Journal")["items"]
    assert [i["command"] for i in items if i["type"] == "plan"] == ["suspend"]
    assert {i["outcome"] for i in items if i["type"] == "receipt"} == {"done"}
    noted.done("resume", key, "-e", "staging", "--yes")


def test_08_a_promotion_that_is_killed_before_its_tag_is_told_and_finished_by_a_key(
    anna: Desk,
) -> None:
    # The second line is the intent of its first step.
    with anna.running([*killed(anna, 2), "open", *STATUS_PAGE]) as screen:
        screen.sees("● live  tags", WELL)
        screen.types("m")
        screen.sees("As which version?", "v2.3.0")
        screen.types(ENTER)
        screen.sees("WHAT CHANGES", "production is protected")
        os.write(screen.fd, b"production\r")
        assert screen.ends() == -9
    with anna.at("open", *STATUS_PAGE) as screen:
        screen.sees("● live  tags", WELL, "cut off: promote status-page")
        screen.types("6")
        screen.sees("✗ cut off", "c finish  U undo")
        screen.types("U")
        screen.sees("Why?")
        screen.types(ENTER)
        screen.sees("nothing of it can be undone", "as before; nothing to undo")
        screen.types(ESC)
        screen.loses("Why?")
        screen.types("c")
        screen.sees("finish: promote status-page", "WHAT CHANGES", "production is protected")
        screen.types("production" + ENTER)
        screen.sees("✓ done  finish: promote status-page")
        screen.types("1")
        screen.loses("cut off:")
        leaves(screen)
    items = anna.done("versions", "status-page", "-e", "production", "-o", "json")
    lines = items.document("Versions")["items"]
    assert [i["version"] for i in lines if i["service"] == "status-page"] == ["v2.3.0"]


def test_09_steps_of_which_some_were_done_are_finished_headless_and_undone_by_a_key(
    anna: Desk,
) -> None:
    words = ("suspend", "--scope", "service/activity", "-e", "staging", "--reason", "move", "--yes")
    # Behind the Plan and the intents of six steps side by side comes an outcome.
    program = [*killed(anna, 8), *words]
    ran = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert ran.returncode == -9
    assert "cut off: suspend service activity" in anna("status", "-e", "staging").out
    items = anna.done("journal", "-o", "json").document("Journal")["items"]
    cut = next(i["plan"] for i in reversed(items) if i["type"] == "interrupted")
    done = anna.done("plan", "finish", cut, "--yes", "-o", "json").document("Act")
    assert done["plan"]["continues"] == cut and len(done["plan"]["steps"]) < 12
    again = anna("plan", "finish", cut, "--yes", "-o", "json")
    assert again.code == 3, again
    assert {hold["why"] for hold in held(anna)} == {"move"} and len(held(anna)) == 6
    with anna.at("open", "activity", "-e", "staging") as screen:
        screen.sees("● live", "staging ✓15 ‖6")
        screen.types("6")
        screen.sees("suspend service activity")
        screen.types(DOWN)
        screen.sees("fluxtui ended without a word")
        screen.types("U")
        screen.sees("Why?", "undo of suspend service activity")
        screen.types(ENTER)
        screen.sees("STEPS", "y run")
        screen.types("y")
        screen.sees("✓ done  undo: suspend service activity", WELL)
        leaves(screen)
    assert held(anna) == []
