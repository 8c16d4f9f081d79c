"""A promotion by two careful people: reviewed, handed over, run as reviewed, and one that fails.

By keys at a low and a wide terminal and once more without one, in order on one delivery.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxtui.cli.embedded import Embedded
from fluxtui.cli.session import running
from fluxtui.cli.story import settled
from tests.end_to_end.desk import (
    CTRL_L,
    END,
    ENTER,
    ESC,
    F4,
    WIDE,
    Desk,
    leaves,
)

pytestmark = [
    pytest.mark.pty,
    pytest.mark.world,
    pytest.mark.timeout(600),
    # pty.fork in a process with threads: the child only calls exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
TALL = (80, 100)  # all of a review in sight: which page a line is on is nobody's promise
BUILD, RELEASE = "v0.0.0-staging-test-deploy-0041", "v1.4.2"
PROMOTE = ("promote", "activity", "-e", "staging", "--version", "v1.5.0")
STATUS_PAGE = ("status-page", "-e", "staging")
PRUNED = "CronJob/activity-system/activity-legacy-export"


@pytest.fixture(scope="module")
def anna(delivery: Embedded) -> Desk:
    """Everything is ready."""
    with running(delivery.config()) as engine:
        engine.wait_for(settled, 240).result()
    return Desk(delivery.config_file)


@pytest.fixture(scope="module")
def ben(anna: Desk) -> Desk:
    return anna.like("ben")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the Plan is handed over."""
    return tmp_path_factory.mktemp("handed-over") / "v1.5.0.plan"


def version(desk: Desk, environment: str, service: str) -> str:
    """What runs there."""
    items = desk("versions", service, "-e", environment, "-o", "json").document("Versions")["items"]
    (line,) = (i for i in items if i["service"] == service)
    return str(line["version"])


def test_01_a_review_has_dangers_content_and_origins_before_it_asks(anna: Desk) -> None:
    with anna.at("open", "activity", "-e", "staging", size=TALL) as screen:
        screen.sees("● live  tags", "staging ✓15   production ◈ protected ✓14", f"newest {RELEASE}")
        screen.types("m")
        screen.sees("As which version?", "v1.5.0")
        screen.types(ENTER)
        screen.sees("DANGER  2 care", "ALTER TABLE activity.audit_log", "runs again")
        screen.sees("+1, ~2, −1 pruned, 1 under a new name", f"− {PRUNED} is deleted")
        screen.sees("production is protected: type its name", "f4 diff")
        assert screen.text.index("DANGER") < screen.text.index("WHAT CHANGES")
        screen.sees("? 1 thing not looked at")
        screen.sees("config ~ Deployment/activity-system/activity-apiserver QUERY_CACHE")
        screen.sees("would pick v1.5.0", f"{BUILD} is healthy in staging for")
        screen.sees("was made of commit f6a31b9c")
        screen.sees("git log 8d20f6b1..f6a31b9c in", "NOT LOOKED AT", "git.askRemotes is off")
        screen.sees("STEPS", "undo: a release stays", "wait until Kustomization")
        screen.types(F4)
        screen.sees("OBJECT AND FIELD", "env QUERY_CACHE", "128Mi", "256Mi", "pruned", "images")
        screen.types(ENTER)
        screen.sees("a migration runs, or its SQL has changed", "fluxtui dangers migration")
        screen.types("q")
        screen.sees("OBJECT AND FIELD")
        screen.types(END)
        screen.sees("~ Job activity-system/clickhouse-migrations")
        screen.types(ENTER)
        screen.sees("name: clickhouse-migrations-bfffm7hb62", "transformer name", "esc q close")
        screen.types("q")
        screen.sees("OBJECT AND FIELD", "back to the review")
        screen.types("q")
        screen.sees("production is protected")
        screen.types(ESC)
        screen.sees("left, nothing was done", "SERVICE")
        leaves(screen)


def test_02_a_danger_is_explained_and_what_was_not_looked_at_is_in_the_head(anna: Desk) -> None:
    said = anna.done("dangers", "migration")
    assert "its SQL has changed" in said.out and "have a backup" in " ".join(said.out.split())
    half = anna.like(environments__staging__namespaces=["activity-system"])
    with half.at("open", "activity", "-e", "staging", size=WIDE) as screen:
        screen.sees(BUILD, "● live  tags")
        screen.types("m")
        screen.sees("As which version?", "v1.5.0")
        screen.types(ENTER)
        screen.sees("? 2 things not looked at", "staging: sources outside of activity-system")
        screen.sees("? the commits 8d20f6b1..f6a31b9c of", "git.askRemotes is off")
        screen.sees("DANGER  2 care", f"image registry.example.com/acme/activity:{RELEASE} →")
        screen.sees("NOT LOOKED AT", "STEPS", f"→ {BUILD} is healthy in staging")
        screen.types(ESC)
        screen.sees("left, nothing was done")
        leaves(screen)
    plan = half.done(*PROMOTE, "--dry-run", "-o", "json").document("Plan")
    assert plan["unseen"] == ["staging: sources outside of activity-system"]


def test_03_the_same_headless_by_schema_and_as_markdown(anna: Desk) -> None:
    plan = anna.done(*PROMOTE, "--dry-run", "-o", "json").document("Plan")
    assert plan["confirm"] == "production" and plan["unseen"] == []
    assert {danger["rule"] for danger in plan["delivery"]["dangers"]} == {"migration"}
    parts = {part["kustomization"]["name"]: part for part in plan["delivery"]["kustomizations"]}
    assert parts["activity-apiserver"]["counts"]["pruned"] == 1
    text = anna.done(*PROMOTE, "--dry-run", "-o", "markdown").out
    assert text.startswith("### ") and len(text.encode()) <= 60_000
    assert "ALTER TABLE" in text and "activity-legacy-export" in text


def test_04_a_plan_is_handed_over_and_refused_when_an_input_has_changed(
    anna: Desk, ben: Desk, file: Path
) -> None:
    assert f"fluxtui plan run {file}" in anna.done(*PROMOTE, "--plan-out", str(file)).err
    shown = ben.done("plan", "show", str(file)).out
    assert "ALTER TABLE" in shown and "made by anna@" in shown
    assert (
        ben.done("plan", "show", str(file), "-o", "json").document("Plan")["command"] == "promote"
    )
    hold = ("activity", "-e", "production", "--yes")
    anna.done("suspend", *hold, "--reason", "audit")
    said = ben("plan", "run", str(file), "--yes", "--confirm", "production", "-o", "json")
    assert said.code == 3, said
    refused = said.document("Error")
    assert "has changed since" in refused["what"] and "spec.suspend" in refused["what"], refused
    anna.done("resume", *hold)
    assert version(anna, "production", "activity") == RELEASE


def test_05_the_second_person_types_the_name_and_what_was_reviewed_runs(
    anna: Desk, ben: Desk, file: Path
) -> None:
    with ben.at("plan", "run", str(file), size=(200, 50)) as terminal:
        terminal.sees("production is protected", "Type its name to go on:")
        terminal.types("production" + ENTER)
        terminal.sees("OUTCOME", "pick v1.5.0", "clickhouse-migrations")
        assert terminal.ends() == 0
    assert version(anna, "production", "activity") == "v1.5.0"
    lines = anna.done("versions", "activity", "-o", "json").document("Versions")["items"]
    digests = {i["digest"] for i in lines if i["service"] == "activity"}
    assert len(digests) == 1, "the very build that was reviewed"
    items = anna.done("journal", "--since", "1h", "--by", "ben", "-o", "json").document("Journal")
    (act,) = (i for i in items["items"] if i["type"] == "plan" and i["command"] == "promote")
    assert act["user"].startswith("anna@") and act["approver"].startswith("ben@")


def test_06_a_promotion_that_fails_is_rolled_back_by_one_key_with_its_reason(anna: Desk) -> None:
    anna.done("publish", *STATUS_PAGE, "--bad", "--failure", "crash loop", "--yes")
    assert anna("reconcile", *STATUS_PAGE, "--with-source", "--yes").code == 1
    with anna.at("open", *STATUS_PAGE) as screen:
        screen.sees("● live  tags", "status-page")
        screen.types("m")
        screen.sees("As which version?", "v2.3.0")
        screen.types(ENTER)
        screen.sees("DANGER", "failed in staging", "never ran well in staging")
        screen.types("production" + ENTER)
        screen.sees("^l roll back status-page in production")
        screen.types(CTRL_L)  # the first key of four, with the name and two enters
        screen.sees("Which version?", "● v2.2.0   ran well here", "failed here: HealthCheckFailed")
        screen.sees(" v2.3.0: ")  # what fails now, not how the act ended
        screen.types(ENTER)
        screen.sees("in production to v2.2.0", "because v2.3.0: ", "type its name")
        screen.types("production" + ENTER)
        screen.sees("✓ done  pin OCIRepository/status-page", "◆")
        leaves(screen)
    assert version(anna, "production", "status-page") == "v2.2.0"


def test_07_the_rollback_stands_and_unpinning_says_what_comes_back(anna: Desk) -> None:
    """The parent's next run does not take it away, and the pin's reason is read."""
    parent = ("ks/flux-system/status-page", "-e", "production")
    anna.done("reconcile", *parent, "--with-source", "--yes")
    (hold,) = anna.done("holds", "-e", "production", "-o", "json").document("Holds")["items"]
    assert hold["held"] == "pinned" and "v2.3.0: " in hold["why"]
    assert version(anna, "production", "status-page") == "v2.2.0"
    with anna.at("open", "status-page", "-e", "production", size=WIDE) as screen:
        screen.sees("● live  tags", "pinned")
        screen.types("u")
        screen.sees("DANGER", "v2.3.0 failed in production", "v2.3.0: ")
        screen.types(ESC)
        screen.sees("left, nothing was done")
        leaves(screen)


def test_08_headless_the_failing_service_goes_back_and_on_with_the_next_build(anna: Desk) -> None:
    bad, good = "v0.0.0-staging-test-deploy-0113", "v0.0.0-staging-test-deploy-0114"
    act = anna.done("rollback", *STATUS_PAGE, "--reason", "crashes", "--yes", "-o", "json")
    assert {receipt["outcome"] for receipt in act.document("Act")["receipts"]} == {"done"}
    assert version(anna, "staging", "status-page") == "v0.0.0-staging-test-deploy-0112"
    plan = anna.done("unpin", *STATUS_PAGE, "--dry-run", "-o", "json").document("Plan")
    assert any(bad in danger["says"] and "failed" in danger["says"] for danger in plan["dangers"])
    anna.done("publish", *STATUS_PAGE, "--yes")
    assert version(anna, "staging", "status-page") == "v0.0.0-staging-test-deploy-0112", "held"
    plan = anna.done("unpin", *STATUS_PAGE, "--dry-run", "-o", "json").document("Plan")
    assert "crashes" in " ".join(plan["effects"]) and good in " ".join(plan["effects"])
    anna.done("unpin", *STATUS_PAGE, "--yes")
    assert version(anna, "staging", "status-page") == good
