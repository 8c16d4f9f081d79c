"""`-n` where no file names an environment: the current context is looked into there only."""

from __future__ import annotations

import pytest
from cli_delivery import Shell
from cli_objects import RELEASE, ks, oci, put
from documents import checked


@pytest.fixture
def current(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A cluster with Flux's objects in `apps`, known by the kubeconfig's current context alone."""
    shell.cluster("fleet")
    put(shell, "fleet", (oci("app", RELEASE, semver="*"), ks("web", RELEASE)))
    monkeypatch.setenv("KUBECONFIG", str(shell.folder / "fleet.kubeconfig"))
    shell.environments = {}
    return shell


@pytest.mark.parametrize(
    "words",
    ["versions -n nowhere", "chain -n nowhere", "events -n nowhere", "status -n nowhere",
     "get ks -n nowhere", "-n nowhere get ks", "get ks -n nowhere -e fleet"],
)  # fmt: skip
def test_a_view_keeps_to_the_namespace(current: Shell, words: str) -> None:
    said = current(*words.split())
    assert (said.code, said.out) == (1, ""), said
    assert "fleet: no object of Flux is in namespace nowhere" in said.err
    assert "is in namespace" not in current(*words.replace("nowhere", "apps").split()).err


def test_holds_keep_to_the_namespace(current: Shell) -> None:
    held = current("suspend", "ks/web", "-n", "apps", "--reason", "t", "--yes", "-e", "fleet")
    assert held.code == 0, held
    holds = current("holds", "-n", "apps", "-o", "json")
    assert len(checked(holds.out, "Holds")["items"]) == 1
    holds = current("holds", "-n", "nowhere", "-o", "json")
    assert checked(holds.out, "Holds")["items"] == []


def test_an_act_in_a_namespace_where_the_object_is_not_is_refused(current: Shell) -> None:
    words = ("suspend", "ks/web", "-n", "nowhere", "--reason", "t", "--yes", "-e", "fleet")
    said = current(*words)
    assert said.code == 2 and "there is no Kustomization web in fleet" in said.err, said
    assert "fleet was looked into in nowhere only: -A looks into all" in said.err
    (web,) = checked(current("get", "ks", "web", "-o", "json").out, "Objects")["items"]
    assert web["suspended"] is False


def test_the_configuration_shows_the_namespace(current: Shell) -> None:
    said = current("config", "check", "-n", "apps")
    assert said.code == 0 and "apps" in said.out.split(), said
