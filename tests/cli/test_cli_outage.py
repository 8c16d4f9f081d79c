"""One of two environments does not answer: nothing said or done rests on what was not read."""

from __future__ import annotations

import dataclasses
import json

import pytest
from cli_delivery import Shell

from fluxtui.commands.command import Target
from fluxtui.ui.diffrows import counts
from fluxtui.ui.panes.diffquestions import ENVIRONMENTS, questions
from tests.builders import ks, snapshot, source

ACTS = [
    ["suspend", "app", "--reason", "x", "--yes"],
    ["suspend", "ocirepo/app", "--reason", "x", "--yes"],
    ["suspend", "ocirepo/apps/app", "ocirepo/app", "--reason", "x", "--yes"],
    ["resume", "app", "--yes"],
    ["reconcile", "app", "--yes"],
    ["pin", "app", "--version", "v1.0.0", "--reason", "x", "--yes"],
    ["unpin", "app", "--yes"],
    ["rollback", "app", "--reason", "x", "--yes"],
    ["promote", "app", "--version", "v9.0.0", "--yes"],
]


@pytest.mark.parametrize("words", ACTS, ids=lambda w: " ".join(w[:2]))
def test_an_outage_does_not_say_which_environment_an_act_means(
    shell: Shell, words: list[str]
) -> None:
    for name in ("production", "staging"):
        shell.cluster(name, semver=">=0.0.0")
    both = shell(*words)
    assert both.code == 2 and "-e production" in both.err, both
    shell.stop("production")
    said = shell(*words)
    assert said.code == 2, said
    assert "in which environment?" in said.err
    assert "production refuses the connection" in said.err
    assert "-e production or -e staging" in said.err
    looked = shell("get", "ocirepo", "-e", "staging", "-o", "json")
    assert '"suspended": true' not in looked.out


def test_a_named_environment_is_acted_in_while_another_is_down(shell: Shell) -> None:
    for name in ("production", "staging"):
        shell.cluster(name, semver=">=0.0.0")
    shell.stop("production")
    said = shell("suspend", "app", "-e", "staging", "--reason", "x", "--yes")
    assert said.code == 0, said


def test_an_environment_that_was_not_read_is_not_compared_as_empty(blocked: Shell) -> None:
    blocked.stop("production")
    words = ["diff", "app", "--env", "staging", "--env", "production"]
    said = blocked(*words)
    assert said.code == 1, said
    assert "not there" not in said.out and "removed" not in said.out
    assert "not looked at: production cannot be read now: " in said.out
    (item,) = json.loads(blocked(*words, "-o", "json").out)["items"]
    assert item["parts"] == [] and "production cannot be read now" in item["unread"][0]


def test_where_all_was_read_the_only_one_that_has_it_is_meant(shell: Shell) -> None:
    shell.cluster("production")
    shell.cluster("staging", semver=">=0.0.0")
    said = shell("suspend", "app", "--reason", "x", "--yes")
    assert said.code == 0, said


def test_nobody_is_said_only_of_those_that_were_looked_at(blocked: Shell) -> None:
    words = ["promote", "app", "-e", "staging", "--version", "v0.0.1", "--dry-run"]
    blocked.stop("production")
    said = blocked(*words)
    assert said.code == 0, said
    assert "no environment would pick it" not in said.out
    assert "none of the environments that could be read would pick it" in said.out


def test_the_diff_pane_does_not_say_that_what_was_not_read_is_not_there() -> None:
    both = snapshot(source("staging"), ks("staging", "apiserver"))
    down = dataclasses.replace(both, unreachable={"production": "connection refused"})
    said = questions(down, Target("staging", "acme/activity"), ENVIRONMENTS)
    assert isinstance(said, str) and "there is no second" not in said
    assert "production cannot be read now: connection refused" in said
    assert counts(()) == (), "nothing compared is not 'no changes'"
