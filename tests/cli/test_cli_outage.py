"""One of two environments does not answer: nothing said or done rests on what was not read."""

from __future__ import annotations

import pytest
from cli_delivery import Shell

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


def test_where_all_was_read_the_only_one_that_has_it_is_meant(shell: Shell) -> None:
    shell.cluster("production")
    shell.cluster("staging", semver=">=0.0.0")
    said = shell("suspend", "app", "--reason", "x", "--yes")
    assert said.code == 0, said
