"""A source of no registry: listed, asked, suspended and traced as any other, pinned on a
commit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import READY, SOURCE, ks, put
from documents import checked

SHA = "4f2c9e1aa6b0c3d4e5f60718293a4b5c6d7e8f90"
REVISION = f"main@sha1:{SHA}"
PLATFORM: dict[str, Any] = {
    "apiVersion": SOURCE,
    "kind": "GitRepository",
    "metadata": {"name": "platform", "namespace": "apps"},
    "spec": {"url": "https://git.test/platform", "interval": "1m", "ref": {"branch": "main"}},
    "status": {
        "observedGeneration": 1,
        "conditions": [{**READY, "reason": "Succeeded", "message": "stored artifact"}],
        "artifact": {
            "revision": REVISION,
            "lastUpdateTime": "2026-11-23T03:12:00Z",
            "digest": "sha256:" + "0" * 64,
            "path": "gitrepository/apps/platform/x.tar.gz",
            "url": "http://source-controller/x.tar.gz",
        },
    },
}


@pytest.fixture
def delivery(shell: Shell) -> Shell:
    """Staging, whose one Kustomization a Git repository feeds."""
    shell.cluster("staging")
    put(shell, "staging", [PLATFORM, ks("infra", REVISION, of="platform", kind="GitRepository")])
    return shell


@pytest.mark.parametrize("words", ["get git", "get gitrepo platform", "get sources git"])
def test_it_is_listed_with_its_commit(delivery: Shell, words: str) -> None:
    said = delivery(*words.split(), "-o", "json")
    (item,) = checked(said.out, "Objects")["items"]
    assert said.code == 0 and item["object"]["kind"] == "GitRepository"
    assert (item["revision"], item["ready"]) == (REVISION, "True")
    table = delivery(*words.split()).out
    assert "gitrepository/platform" in table and "main@4f2c9e1" in table and SHA not in table


def test_what_it_feeds_runs_its_commit_and_is_traced_to_it(delivery: Shell) -> None:
    chain = delivery("chain", "ks/infra")
    assert chain.code == 0 and "main@4f2c9e1" in chain.out
    all_of_it = delivery("chain", "gitrepo/platform")
    assert "apps/infra" in all_of_it.out
    assert delivery("status").code == 0


@pytest.mark.parametrize("named", ["gitrepo/platform", "ks/infra"])
def test_nothing_of_it_can_be_promoted_and_that_is_said(delivery: Shell, named: str) -> None:
    said = delivery("promote", named, "-e", "staging", "--dry-run", "--reason", "x")
    assert said.code in (2, 3), said
    assert "GitRepository/apps/platform follows branch main: no tags to choose from" in said.err


@pytest.mark.parametrize("named", ["gitrepo/platform", "ks/infra"])
def test_it_is_pinned_on_the_commit_that_runs(delivery: Shell, named: str) -> None:
    words = (named, "-e", "staging", "--dry-run", "--reason", "x")
    said = delivery("pin", *words, "-o", "json")
    write, *_waits = checked(said.out, "Plan")["steps"]
    assert write["target"]["name"] == "platform"
    assert write["patch"]["spec"] == {"ref": {"commit": SHA}}
    told = delivery("rollback", *words)
    assert told.code == 3 and "no earlier good version of GitRepository" in told.err
    told = delivery("unpin", *words)
    assert told.code == 3 and "GitRepository/apps/platform is not pinned" in told.err


def test_it_is_asked_before_what_it_feeds(delivery: Shell) -> None:
    said = delivery(
        *("reconcile", "ks/infra", "--with-source", "-e", "staging"), *("--dry-run", "-o", "json")
    )
    steps = checked(said.out, "Plan")["steps"]
    asked = [step["target"]["kind"] for step in steps if step["type"] == "reconcile"]
    assert asked == ["GitRepository", "Kustomization"]


def test_it_is_suspended_with_a_reason_that_everybody_sees(delivery: Shell) -> None:
    words = "suspend gitrepo/platform -e staging --yes --reason audit"
    assert delivery(*words.split()).code == 0
    said = delivery("get", "gitrepo", "-o", "json")
    assert checked(said.out, "Objects")["items"][0]["suspended"] is True
    events = delivery("events", "gitrepo/platform").out
    assert "GitRepository/apps/platform" in events and "audit" in events
    again = delivery(*words.split(), "-o", "json")
    assert again.code != 0 and "already suspended" in again.err
    place = json.loads(said.out)["items"][0]["environment"]
    assert json.loads(again.out)["where"] == place


def test_where_it_is_not_served_nothing_else_is_missed(shell: Shell) -> None:
    shell.cluster("staging", semver=">=0.0.0")
    said = shell("get", "bucket")
    assert said.code == 1 and "staging: Bucket" in said.err and "served" in said.err
    everything = shell("get", "all")
    assert everything.code == 0 and "Bucket" not in everything.out + everything.err
