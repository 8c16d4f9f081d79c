"""What is said of a danger that two builds have: the worst first, what is new and no more of it,
and never a secret.
"""

from __future__ import annotations

import pytest
from review_manifests import (
    ADDS,
    CLAIM,
    DEPLOYMENT,
    DROPS,
    JOB,
    ROLE,
    SERVICE,
    SQL,
)
from review_pairs import found, rules_of

from fluxtui.domain.danger import Gravity
from fluxtui.domain.review.pods import containers


def test_what_is_kept_is_in_no_danger_of_being_deleted() -> None:
    assert rules_of(CLAIM % "1Gi", "", prune=False) == set()


def test_the_worst_comes_first_and_names_the_object() -> None:
    before = DEPLOYMENT % (4, "web", "web") + "---" + CLAIM % "1Gi" + "---" + SQL % ADDS
    after = DEPLOYMENT % (2, "web", "web") + "---" + SQL % DROPS
    levels = [(danger.level, danger.rule) for danger in found(before, after)]
    assert levels == [
        (Gravity.LOSS, "prune-data"),
        (Gravity.LOSS, "migration"),
        (Gravity.CARE, "replicas-drop"),
    ]
    claim = found(before, after)[0]
    assert str(claim.object) == "PersistentVolumeClaim/apps/data"
    assert "PersistentVolumeClaim/apps/data" in claim.says


def test_the_statements_that_are_new_are_shown_and_no_others() -> None:
    (danger,) = found(SQL % "", SQL % DROPS)
    assert danger.level is Gravity.LOSS
    assert danger.look == ("ALTER TABLE audit", "  DROP COLUMN who")


def test_what_is_said_about_statements_is_none_and_the_worst_is_in_sight() -> None:
    said = (
        "002.sql: |\n    -- DROP TABLE audit is for later\n    /* TRUNCATE audit */\n    SELECT 1"
    )
    (danger,) = found(SQL % "", SQL % said)
    assert danger.level is Gravity.CARE and danger.look == ("SELECT 1",)
    many = "\n".join(f"    CREATE TABLE t{n} (at DateTime)" for n in range(30))
    (danger,) = found(SQL % "", SQL % f"002.sql: |\n{many}\n    DROP TABLE audit")
    assert danger.look[0] == "DROP TABLE audit" and danger.look[-1] == "... 19 more lines"


def test_a_job_that_may_be_made_anew_runs_again_and_fails_nothing() -> None:
    assert rules_of(JOB % ("", "1"), JOB % ("", "2"), force=True) == {"migration"}


def test_a_secret_value_is_in_no_danger() -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a.sql: 'DROP TABLE %s'}"
    )
    said = found(secret % "canary", secret % "other") + found(secret % "canary", "")
    assert "canary" not in repr(said)


def test_a_role_that_is_new_allows_and_one_that_grows_allows_more() -> None:
    (danger,) = found("", ROLE % ('""', "secrets", "get"))
    assert danger.says.endswith(" allows") and danger.level is Gravity.STOP
    (danger,) = found(ROLE % ('""', "pods", "get"), ROLE % ('""', "pods", "get, delete"))
    assert danger.says.endswith(" allows more") and danger.level is Gravity.CARE


@pytest.mark.parametrize(("number", "rest"), [(8, ()), (10, ("... 2 more",))])
def test_of_many_grants_the_first_are_shown_and_the_rest_is_counted(
    number: int, rest: tuple[str, ...]
) -> None:
    kinds = ", ".join(f"things{n}" for n in range(number))
    (danger,) = found(ROLE % ('""', "pods", "get"), ROLE % ('""', kinds, "get"))
    assert len(danger.look) == 8 + len(rest) and danger.look[8:] == rest


@pytest.mark.parametrize(("number", "rest"), [(12, ()), (13, ("... 1 more lines",))])
def test_as_many_statements_as_find_room_are_shown_without_a_word(
    number: int, rest: tuple[str, ...]
) -> None:
    many = "\n".join(f"    CREATE TABLE t{n} (at DateTime)" for n in range(number))
    (danger,) = found(SQL % "", SQL % f"002.sql: |\n{many}")
    assert len(danger.look) == 12 + len(rest) and danger.look[12:] == rest


def test_what_a_selector_was_is_said_even_when_it_was_nothing() -> None:
    without = SERVICE.replace("selector: {app: %s}, ", "")
    (danger,) = found(without, SERVICE % "web")
    assert "chooses Pods by app=web instead of nothing" in danger.says
    (danger,) = found(SERVICE % "web", without)
    assert "chooses Pods by nothing instead of app=web" in danger.says


@pytest.mark.parametrize(
    ("kind", "known"),
    [("ConfigMap", 0), ("Service", 0), ("CustomResourceDefinition", 0), ("Sandbox", 1)],
)
def test_containers_are_looked_for_everywhere_only_in_kinds_of_others(
    kind: str, known: int
) -> None:
    deep = {"kind": kind, "spec": {"a": [{"containers": [{"name": "web", "image": "web:1"}]}]}}
    assert len(list(containers(deep))) == known
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    assert [c.image for c in containers(pod)] == ["web:1"]
    beside = {**pod, "other": pod["spec"]}
    assert len(list(containers(beside))) == 1, "a Pod has them in one place"
