"""What a Pod of the World writes, asked for by an unmodified client as a person would."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fluxtui.world.speech import NotStartedError, spoken

Json = dict[str, Any]
BEGIN = "2026-11-29T08:00:00Z"
NOW = datetime(2026, 11, 29, 8, 1, tzinfo=UTC)
RUNS: Json = {"running": {"startedAt": BEGIN}}
FAILED: Json = {
    "terminated": {"startedAt": BEGIN, "finishedAt": "2026-11-29T08:00:02Z", "exitCode": 1}
}


def pod(state: Json, image: str = "acme/activity:v1", name: str = "apiserver", **more: Any) -> Json:
    status = {"name": name, "state": state, **more}
    return {
        "metadata": {"name": "web-1", "uid": "u1", "creationTimestamp": BEGIN},
        "spec": {"containers": [{"name": name, "image": image}]},
        "status": {"containerStatuses": [status]},
    }


def texts(*arguments: Any, **more: Any) -> list[str]:
    return [line.text for line in spoken(*arguments, **more)]


def test_a_program_at_work_goes_on_writing_and_never_changes_what_it_wrote() -> None:
    early = spoken(pod(RUNS), "apiserver", datetime(2026, 11, 29, 8, 0, 30, tzinfo=UTC))
    late = spoken(pod(RUNS), "apiserver", NOW)
    assert late[: len(early)] == early
    assert len(late) > len(early) > 3
    assert [line.at for line in late] == sorted(line.at for line in late)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("acme/activity:9-crashloop", "storage.retention is not set"),
        ("acme/activity:9-oomkilled", "memory is running out"),
    ],
)
def test_last_words_say_why_it_ended(image: str, words: str) -> None:
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    crashed = pod(waiting, image, lastState=FAILED)
    assert words in "\n".join(texts(crashed, "apiserver", NOW))
    assert texts(crashed, "apiserver", NOW, previous=True) == texts(crashed, "apiserver", NOW)


def test_a_program_that_is_never_ready_says_what_it_misses() -> None:
    assert "check=database" in texts(pod(RUNS, "a:1-neverready"), "apiserver", NOW)[-1]


def test_a_failed_migration_names_the_statement() -> None:
    job = pod(FAILED, "clickhouse/clickhouse-server:25-migrationfails", "migrate")
    assert "SYNTAX_ERROR" in "\n".join(texts(job, "migrate", NOW))
    well = pod({"terminated": {**FAILED["terminated"], "exitCode": 0}}, name="migrate")
    assert texts(well, "migrate", NOW)[-1] == "4 of 4 recorded"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("ImagePullBackOff", "trying and failing to pull image"),
        ("ContainerCreating", "waiting to start: ContainerCreating"),
    ],
)
def test_what_has_not_started_has_no_log_and_says_why(reason: str, words: str) -> None:
    with pytest.raises(NotStartedError, match=words):
        spoken(pod({"waiting": {"reason": reason}}), "apiserver", NOW)


def test_the_first_run_has_none_before_it() -> None:
    with pytest.raises(NotStartedError, match="previous terminated container"):
        spoken(pod(RUNS), "apiserver", NOW, previous=True)
