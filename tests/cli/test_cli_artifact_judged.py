"""Registry writes beside environments: who would take it, and how careful one must be then."""

from __future__ import annotations

import json

import pytest
from cli_delivery import REPOSITORY, Shell

BUILD, RELEASE = "v0.0.0-build-1", "v1.0.0"
FOLLOWS_BUILDS = {"semver": ">=0.0.0-0", "semverFilter": "-build-"}


@pytest.fixture
def delivery(shell: Shell) -> Shell:
    """A release and a build; staging takes builds, production releases."""
    for tag in (BUILD, "v0.9.0", RELEASE):
        words = ("--path", shell.bundle(a=tag.encode()))
        assert shell("artifact", "push", f"{REPOSITORY}:{tag}", *words).code == 0
    shell.cluster("staging", **FOLLOWS_BUILDS)
    shell.cluster("production", protected=True, semver=">=0.0.0")
    return shell


def tags(shell: Shell) -> list[str]:
    return shell("artifact", "list", REPOSITORY).out.split()


def test_a_tag_nobody_takes_is_written_without_asking(delivery: Shell) -> None:
    said = delivery("artifact", "tag", f"{REPOSITORY}:{BUILD}", "--tag", "nightly")
    assert said.code == 0, said.err
    assert "production: OCIRepository/apps/app stays on v1.0.0" in said.err
    assert "nightly" in tags(delivery)


def test_what_a_free_environment_takes_needs_a_yes(delivery: Shell) -> None:
    words = ("artifact", "push", f"{REPOSITORY}:v0.0.0-build-2", "--path", delivery.bundle(a=b"2"))
    said = delivery(*words)
    assert said.code == 3 and "--yes" in said.err
    assert "staging: OCIRepository/apps/app would pick v0.0.0-build-2 (now v0.0.0-b" in said.err
    assert "v0.0.0-build-2" not in tags(delivery)
    assert delivery(*words, "--yes").code == 0
    assert "v0.0.0-build-2" in tags(delivery)


def test_what_a_protected_environment_takes_needs_its_name(delivery: Shell) -> None:
    words = ("artifact", "tag", f"{REPOSITORY}:{BUILD}", "--tag", "v1.1.0")
    said = delivery(*words, "--yes")
    assert said.code == 3 and "production is protected" in said.err
    assert "production: OCIRepository/apps/app would pick v1.1.0 (now v1.0.0)" in said.err
    assert "staging: OCIRepository/apps/app stays on" in said.err
    assert delivery(*words, "--confirm", "staging").code == 3
    assert "v1.1.0" not in tags(delivery)
    said = delivery(*words, "--confirm", "production", "-o", "json")
    assert said.code == 0 and json.loads(said.out)["surprises"] == []
    assert "v1.1.0" in tags(delivery)


def test_a_pick_that_is_not_as_planned_is_told_afterwards(
    delivery: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registry takes the tag and lists it not: production will wait for ever."""
    monkeypatch.setattr("fluxtui.cli.artifact_writes.PICKED", 0.2)
    listed = delivery.registry.store.tags

    def hiding(name: str, last: str, count: int | None) -> tuple[list[str], bool]:
        found, more = listed(name, last, count)
        return [tag for tag in found if tag != "v1.1.0"], more

    monkeypatch.setattr(delivery.registry.store, "tags", hiding)
    words = ("artifact", "tag", f"{REPOSITORY}:{BUILD}", "--tag", "v1.1.0")
    said = delivery(*words, "--confirm", "production")
    assert said.code == 1 and "would pick v1.0.0, the Plan said v1.1.0" in said.out


def test_deleting_says_who_falls_back_to_what(delivery: Shell) -> None:
    words = ("artifact", "delete", f"{REPOSITORY}:{RELEASE}")
    said = delivery(*words, "--yes")
    assert said.code == 3
    assert "production: OCIRepository/apps/app would fall back to v0.9.0 (now v1.0.0)" in said.err
    plan = json.loads(delivery(*words, "--dry-run", "-o", "json").out)
    assert plan["confirm"] == "production" and plan["environments"] == ["production"]
    assert delivery(*words, "--confirm", "production").code == 0
    assert RELEASE not in tags(delivery)
    last = delivery("artifact", "delete", f"{REPOSITORY}:{BUILD}", "--dry-run")
    assert "would find nothing to pick (now v0.0.0-build-1) and keep what" in last.out


def test_moving_a_tag_that_is_picked_counts_as_a_change(delivery: Shell) -> None:
    words = ("artifact", "push", f"{REPOSITORY}:{RELEASE}", "--path", delivery.bundle(a=b"other"))
    said = delivery(*words, "--yes")
    assert said.code == 3 and "would pick v1.0.0 (moved to another digest)" in said.err
    assert delivery(*words, "--confirm", "production").code == 0


def test_an_environment_that_cannot_be_read_counts_as_protected(delivery: Shell) -> None:
    delivery.stop("staging")
    words = ("artifact", "tag", f"{REPOSITORY}:{BUILD}", "--tag", "nightly")
    said = delivery(*words, "--yes")
    assert said.code == 3 and "staging is protected" in said.err
    assert "staging cannot be read now" in said.err
    assert delivery(*words, "--confirm", "staging").code == 0
    assert "nightly" in tags(delivery)


def test_a_read_only_environment_is_not_changed_by_a_tag(delivery: Shell) -> None:
    delivery.environments["staging"]["readOnly"] = True
    folder = delivery.bundle(a=b"2")
    said = delivery("artifact", "push", f"{REPOSITORY}:v0.0.0-build-2", "--path", folder, "--yes")
    assert said.code == 3 and "staging is read-only" in said.err
    assert delivery("artifact", "tag", f"{REPOSITORY}:{BUILD}", "--tag", "nightly").code == 0


def test_whoever_is_pinned_to_a_digest_loses_it_with_the_manifest(shell: Shell) -> None:
    words = ("--path", shell.bundle(a=b"1"), "-o", "json")
    said = shell("artifact", "push", f"{REPOSITORY}:{RELEASE}", *words)
    digest = json.loads(said.out)["digest"]
    shell.cluster("staging", digest=digest)
    said = shell("artifact", "delete", f"{REPOSITORY}@{digest}", "--dry-run")
    assert "staging: OCIRepository/apps/app is pinned to this digest and could not" in said.out


def test_tags_tells_reasons_runs_and_manifests(delivery: Shell) -> None:
    said = delivery("tags", "app", "-e", "production", "-o", "json")
    assert said.code == 0, said.err
    (found,) = json.loads(said.out)["items"]
    told = {t["tag"]: t for t in found["tags"]}
    assert found["chosen"] == RELEASE and told[RELEASE]["verdict"] == "chosen"
    assert told[BUILD]["verdict"] == "preRelease"
    assert told[RELEASE]["digest"].startswith("sha256:") and told[RELEASE]["signed"] is False
    table = delivery("tags", "app", "-e", "production").out
    assert "SIGNED" in table and "CHOSEN" in table
    none = json.loads(delivery("tags", "app", "-e", "staging", "--facts", "0", "-o", "json").out)
    assert len(none["items"][0]["tags"]) == 3


def test_what_if_answers_for_a_tag_that_is_not_there_and_one_that_is_gone(delivery: Shell) -> None:
    said = delivery("tags", "app", "--what-if", "v1.5.0")
    assert said.code == 0, said.err
    assert "production: OCIRepository/apps/app would pick v1.5.0 (now v1.0.0)" in said.out
    assert "staging: OCIRepository/apps/app stays on" in said.out
    only = delivery("tags", "app", "-e", "staging", "--what-if", "v1.5.0").out
    assert "production" not in only
    gone = delivery("tags", "app", "--what-if-deleted", RELEASE, "-o", "json")
    effects = {e["environment"]: e for e in json.loads(gone.out)["items"]}
    assert (effects["production"]["before"], effects["production"]["after"]) == (RELEASE, "v0.9.0")
    assert not effects["staging"]["changes"]
    assert delivery("tags", "app", "--what-if-deleted", "v7").code == 2


def test_a_view_is_no_success_while_it_is_half_blind(delivery: Shell) -> None:
    for verb in (("versions",), ("chain",), ("events",), ("tags", "app")):
        assert delivery(*verb).code == 0, verb
    delivery.stop("production")
    for verb in (("versions",), ("chain",), ("events",), ("tags", "app")):
        said = delivery(*verb)
        assert said.code == 1 and "production cannot be re" in said.err, verb
    assert delivery("chain", "-e", "staging").code == 0, "what was asked for could be read"
    assert delivery("tags", "app", "--what-if", "v9.0.0").code == 1
    assert delivery("tags", "app", "-e", "staging", "--what-if", "v9.0.0").code == 0
    delivery.registry.stop()
    said = delivery("tags", "app", "-e", "staging")
    assert said.code == 1 and "connection refused" in said.err
    assert delivery("versions", "-e", "staging").code == 1
