"""`status` prints what its exit code stands on, in every form."""

from __future__ import annotations

import re
import shlex

import pytest
from cli_delivery import Shell
from cli_objects import RELEASE, ks, oci, pushed, put
from documents import checked

from fluxtui.cli import arguments, prints
from fluxtui.cli.waysout import way_out
from fluxtui.domain.board import Finding, Severity
from fluxtui.domain.overview.remedies import remedy
from fluxtui.domain.resource import Key


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


def test_what_a_controller_says_in_several_lines_is_one_line_of_the_list() -> None:
    text = "bad-expression: ERROR: <input>:1:14: Syntax error\n | dep.status ===\n | ....^"
    (line,) = prints.findings([Finding(Severity.ERROR, "failed", "staging", text)]).splitlines()
    assert line.startswith("error: staging: bad-expression: ")
    assert "Syntax error | dep.status === | ....^" in line


def test_a_finding_keeps_its_environment_whatever_somebody_wrote_as_the_reason() -> None:
    text = "OCIRepository/apps/web is pinned by anna: trouble in staging"
    one = Finding(Severity.INFO, "pinned", "staging", text)
    assert prints.findings([one]) == f"info: staging: {text}"


SUBJECT = Key("staging", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "web")
TAGGED = Key("staging", "source.toolkit.fluxcd.io", "OCIRepository", "apps", "web")


@pytest.mark.parametrize(
    "text", ["CrashLoop", "exited with", "BackoffLimit", "BuildFailed", "nothing known"]
)
def test_a_way_out_names_verbs_and_no_key_of_the_screen(text: str) -> None:
    for subject in (SUBJECT, None):
        next_ = remedy(text, origin=TAGGED, waits=2)
        one = Finding(Severity.ERROR, "failed", "staging", text, next_, subject)
        way = way_out(one)
        assert "2 more wait for it" in way
        assert not re.search(r"Chain|: \d|\bl on\b|\bl in\b", way), way
        (line,) = re.findall("`fluxtui ([^`]+)`", way)
        arguments.parse(shlex.split(line))
        assert ("ks/apps/web -e staging" in line) == (subject is not None)
