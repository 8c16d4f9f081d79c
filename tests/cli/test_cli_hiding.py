"""An empty answer names the filter that made it so, and how much there is without it."""

from __future__ import annotations

import re

import pytest
from cli_delivery import REPOSITORY, Shell
from cli_objects import failed, git, ks, oci, put
from documents import checked

NOTHING_FALSE = re.compile(r"no service|nothing is|nothing has|nothing of that|no tag|no Kusto")


@pytest.mark.parametrize(
    ("words", "kind", "number"),
    [
        ("versions", "Versions", "2 rows"),
        ("status", "Status", "7 objects"),
        ("tags app", "Tags", "2 sources"),
        ("chain", "Chain", "5 Kustomizations"),
        ("events", "Events", r"\d+ events"),
        ("get ks", "Objects", "5 objects"),
    ],
)
def test_labels_that_nothing_has_are_what_hides_all(
    blocked: Shell, words: str, kind: str, number: str
) -> None:
    said = blocked(*words.split(), "-l", "app=nosuch")
    assert said.code == 1 and said.out == "", said
    why = rf"none of {number} has the labels app=nosuch: leave out -l"
    assert re.search(why, said.err) and not NOTHING_FALSE.search(said.err), said.err
    said = blocked(*words.split(), "-l", "app=nosuch", "-o", "json")
    assert said.code == 1
    document = checked(said.out, kind)
    assert re.search(why, " ".join(document["problems"])) and not document.get(
        "items", document.get("versions")
    )


def test_a_row_has_the_labels_of_its_kustomizations_too(blocked: Shell) -> None:
    said = blocked("versions", "-e", "staging", "-l", "app=db", "-o", "name")
    assert (said.code, said.out.split()) == (0, ["ocirepo/apps/app"])


def test_a_namespace_without_flux_is_what_hides_all(blocked: Shell) -> None:
    for verb in ("versions", "status", "chain", "get"):
        said = blocked(verb, "-e", "staging", "-n", "nowhere")
        assert said.code == 1 and said.out == "", said
        assert re.search(r"no object of Flux is in namespace nowhere.*: 4 are in others \(-A",
                         said.err)  # fmt: skip
    said = blocked("tags", "app", "-e", "staging", "-n", "nowhere")
    assert "looked into in nowhere only: -A looks into all" in said.err


@pytest.mark.parametrize(
    ("words", "kind", "why"),
    [
        ("get ocirepo", "Objects", "the one object there is not in namespace empty"),
        ("get ks", "Objects", "none of 3 objects is in namespace empty"),
        ("get ks -l app=db", "Objects", "none of 3 objects is in namespace empty"),
        ("versions", "Versions", "the one row there is not in namespace empty"),
        ("chain", "Chain", "none of 3 Kustomizations is in namespace empty"),
    ],
)
def test_a_namespace_with_other_objects_of_flux_hides_what_is_elsewhere(
    blocked: Shell, words: str, kind: str, why: str
) -> None:
    put(blocked, "staging", (git("own", "empty"),))
    said = blocked(*words.split(), "-e", "staging", "-n", "empty", "-o", "json")
    document = checked(said.out, kind)
    assert (said.code, document["items"]) == (1, []), said
    assert document["problems"] == [f"staging: {why}: -A looks into all"], said
    said = blocked(*words.split(), "-e", "staging", "-n", "empty")
    assert said.code == 1 and said.out == "" and why in said.err, said


def test_what_is_nowhere_is_hidden_by_no_namespace(blocked: Shell) -> None:
    said = blocked("get", "gitrepo", "-e", "staging", "-n", "apps")
    assert (said.code, said.out) == (0, "nothing of that kind is there\n"), said
    blocked.environments["staging"]["namespaces"] = ["empty"]
    put(blocked, "staging", (git("own", "empty"),))
    said = blocked("get", "ks", "-e", "staging")
    assert (said.code, said.out) == (0, "nothing of that kind is there\n"), said


def test_a_service_that_is_elsewhere_has_no_empty_chain(blocked: Shell) -> None:
    blocked.cluster("empty")
    said = blocked("chain", "app", "-e", "empty")
    assert (said.code, said.out) == (1, "")
    assert "app is not delivered in empty (it is in " in said.err
    assert "empty\n  no Kustomization is there" in blocked("chain", "-e", "empty").out
    put(blocked, "empty", (ks("mail", of="other"),))
    said = blocked("chain", "app", "-e", "empty", "-e", "staging")
    assert "empty\n  none of its 1 Kustomization is what was asked for" in said.out, said


def test_a_registry_that_does_not_answer_is_named_to_those_who_use_it(blocked: Shell) -> None:
    other = oci("other", "", url="oci://127.0.0.1:1/acme/other", semver="*")
    put(blocked, "staging", (other,))
    for words, named in (("status other", True), ("status app", False)):
        said = blocked(*words.split(), "-e", "staging", "-o", "json")
        findings = checked(said.out, "Status")["findings"]
        assert any("acme/other cannot be listed" in f["message"] for f in findings) == named


def test_a_side_that_could_not_be_read_is_not_called_missing(blocked: Shell) -> None:
    blocked.registry.stop()
    said = blocked("diff", "ks/web", "-e", "staging", "--live")
    assert said.code == 1 and "live -> ?" in said.out and "not there" not in said.out, said


def test_an_unknown_object_is_answered_with_the_nearest(blocked: Shell) -> None:
    said = blocked("get", "ks", "idel")
    assert said.code == 1 and "did you mean idle?" in said.err
    said = blocked("get", "ks", "idle", "-e", "staging", "-l", "a=b")
    assert "the one object there has not the labels a=b" in said.err


def test_a_verb_that_cannot_select_does_not_seem_to(blocked: Shell) -> None:
    for words in ("diff app -e staging", "journal", "tree ks/web", "trace deploy/apps/web"):
        said = blocked(*words.split(), "-l", "a=b")
        assert said.code == 2 and "has no --selector (chain, " in said.err


def test_a_journal_that_is_about_others_is_not_empty(blocked: Shell) -> None:
    assert blocked("journal", "app").out == "the Journal is empty\n"
    done = blocked("suspend", "ks/db", "-e", "staging", "--reason", "x", "--yes")
    assert done.code == 0, done
    for words, asked in (("other", "other"), ("-e production", "production")):
        said = blocked("journal", *words.split())
        assert (said.code, said.out) == (1, "")
        assert f"none of 1 Plan in the Journal is about {asked}" in said.err


def test_findings_are_those_of_what_was_asked_about(blocked: Shell) -> None:
    other = oci("other", "", url=REPOSITORY.replace("app", "other"), semver="*")
    put(blocked, "staging", (other, ks("mail", of="other", condition=failed("BuildFailed", "no"))))
    for words, named in (("status", True), ("status app", False), ("status other", True)):
        said = blocked(*words.split(), "-e", "staging", "-o", "json")
        findings = checked(said.out, "Status")["findings"]
        assert any("mail" in f["message"] for f in findings) == named, words
    said = blocked("status", "other", "-e", "staging", "-o", "json")
    findings = checked(said.out, "Status")["findings"]
    assert not [f for f in findings if "Kustomization/apps/db" in f["message"]]


def test_events_of_one_environment_are_its_own(blocked: Shell) -> None:
    said = blocked("events", "app", "-e", "staging", "-o", "json")
    events = checked(said.out, "Events")["items"]
    assert {name for event in events for name in event["environments"]} == {"staging"}
