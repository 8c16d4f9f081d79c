"""`status` prints what its exit code stands on, in every form."""

from __future__ import annotations

import pytest
from cli_delivery import Shell
from cli_objects import RELEASE, ks, oci, pushed, put
from documents import checked


@pytest.fixture
def held(shell: Shell) -> Shell:
    """All is ready; one Kustomization and the source of another service are suspended."""
    here = f"{RELEASE}@{pushed(shell, RELEASE, b'2')}"
    shell.cluster("staging")
    objects = (oci("app", here, semver="*"), ks("web", here), ks("job", here, suspend=True))
    put(shell, "staging", (*objects, ks("flows", here, of="gone", kind="GitRepository")))
    return shell


def test_what_is_suspended_is_named_in_every_form(held: Shell) -> None:
    for form in ("table", "wide", "name", "json", "yaml", "jsonpath={.healthy}"):
        said = held("status", "-o", form)
        assert said.code == 1, (form, said)
        assert "apps/job" in said.out + said.err and "suspended" in said.out + said.err, form
    assert held("status", "-o", "name").out.split() == ["ks/apps/job"]
    document = checked(held("status", "-o", "json").out, "Status")
    assert document["healthy"] is False
    (cause,) = document["causes"]
    assert cause["object"]["name"] == "job" and "is suspended by somebody" in cause["message"]


def test_a_failure_is_named_before_what_waits_for_it(blocked: Shell) -> None:
    said = blocked("status", "-e", "staging", "-o", "name")
    assert said.code == 1 and {"ks/apps/db", "ks/apps/web"} <= set(said.out.split())
    assert "apps/db is FAILED" in said.err


def test_nothing_is_named_when_all_is_well(shell: Shell) -> None:
    here = f"{RELEASE}@{pushed(shell, RELEASE, b'2')}"
    shell.cluster("staging")
    put(shell, "staging", (oci("app", here, semver="*"), ks("web", here)))
    for form in ("name", "jsonpath={.causes}"):
        said = shell("status", "-o", form)
        assert (said.code, said.out.strip("[]\n"), said.err) == (0, "", ""), said
