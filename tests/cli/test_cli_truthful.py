"""Exit 0 means: all of it was looked at. What could not be is named, and no other answer given."""

from __future__ import annotations

import asyncio
import json

import pytest
from cli_delivery import REPOSITORY, Shell
from cli_objects import BUILD, failed, ks, oci, put
from documents import checked

from fluxtui.cluster.client import connect
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.world.apiserver.server import ApiServer

# -- comparisons


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ("app -e staging --to v9", 1, "v9"),
        ("app -e staging --from v9 --to v1.0.0", 1, "v9"),
        ("ks/web -e staging --to v9", 1, "v9"),
        ("ks/new -e fresh", 1, "stored nothing yet"),
        ("ks/new -e fresh --patches", 1, "stored nothing yet"),
        ("app --env fresh --env fresh", 1, "stored nothing yet"),
        ("ks/new -e fresh --live", 1, "stored nothing yet"),
        ("app --env staging --env nowhere", 2, "no environment 'nowhere'"),
        ("app -e nowhere --patches", 2, "no environment 'nowhere'"),
        ("app -e empty --to v1.0.0", 2, "not delivered in empty"),
        ("app -e empty --patches", 2, "no Kustomization in empty"),
    ],
)
def test_a_comparison_that_could_not_be_made_is_no_success(
    blocked: Shell, words: str, code: int, why: str
) -> None:
    blocked.cluster("fresh")
    put(blocked, "fresh", (oci("app", "", semver=">=0.0.0-0"), ks("new")))
    blocked.cluster("empty")
    said = blocked("diff", *words.split(), "-o", "json")
    assert said.code == code and why in said.err, said
    if code == 1 and json.loads(said.out)["kind"] == "Diff":
        assert checked(said.out, "Diff")["problems"]


def test_a_comparison_that_was_made_is_a_success(blocked: Shell) -> None:
    said = blocked(*["diff", "app", "-e", "staging", "--to", "v1.0.0"])
    assert said.code == 0 and "data.a" in said.out, said


# -- what no OCIRepository feeds


def test_a_kustomization_from_git_is_named_where_it_fails(blocked: Shell) -> None:
    broken = failed("ArtifactFailed", "Source artifact not found, retrying in 30s")
    one = ks("from-git", of="platform", kind="GitRepository", condition=broken)
    put(blocked, "staging", (one,))
    said = blocked("status", "-o", "json")
    document = checked(said.out, "Status")
    assert said.code == 1 and document["healthy"] is False
    node = next(n for n in document["notReady"] if n["kustomization"]["name"] == "from-git")
    assert node["source"]["kind"] == "GitRepository" and node["health"]["level"] == "failed"
    assert any("from-git" in f["message"] for f in document["findings"])
    assert "from-git is FAILED" in blocked("status").out


@pytest.mark.parametrize("verb", ["versions", "tags"])
def test_what_the_board_does_not_have_is_not_answered_by_other_rows(
    blocked: Shell, verb: str
) -> None:
    put(blocked, "staging", (ks("from-git", of="platform", kind="GitRepository"),))
    said = blocked(verb, "ks/from-git", "-e", "staging", "-o", "json")
    document = json.loads(said.out)
    if document["kind"] == "Error":
        assert said.code in (1, 2)
        assert "GitRepository" in document["what"] and "platform" in document["what"]
    else:  # the board has a row for it
        assert {i["source"]["kind"] for i in document["items"]} == {"GitRepository"}


def test_other_views_of_it_are_about_it_alone(blocked: Shell) -> None:
    put(blocked, "staging", (ks("from-git", of="platform", kind="GitRepository"),))
    items = checked(blocked("chain", "ks/from-git", "-o", "json").out, "Chain")["items"]
    assert [i["kustomization"]["name"] for i in items] == ["from-git"]
    events = checked(blocked("events", "ks/from-git", "-o", "json").out, "Events")["items"]
    assert all("from-git" in i["subject"] for i in events)
    mine = checked(blocked("events", "ks/db", "-o", "json").out, "Events")["items"]
    assert mine and {i["subject"] for i in mine} <= {
        "Kustomization/apps/db", "OCIRepository/apps/app"
    }  # fmt: skip


def test_a_service_that_is_not_there_is_said(blocked: Shell) -> None:
    blocked.cluster("empty")
    said = blocked("versions", "app", "-e", "empty")
    assert said.code == 1 and "not delivered in empty" in said.err and said.out == ""


# -- what is not served, or not readable


@pytest.mark.parametrize("kinds", [("OCIRepository", "Kustomization"), ("Kustomization",)])
@pytest.mark.parametrize("verb", ["status", "versions", "chain", "events"])
def test_without_crds_of_flux_nothing_is_well(
    shell: Shell, verb: str, kinds: tuple[str, ...]
) -> None:
    server = shell.cluster("staging")
    asyncio.run(_without(shell, server, kinds))
    said = shell(verb, "-o", "json")
    document = json.loads(said.out)
    assert said.code == 1 and document["problems"], said
    for kind in kinds:
        assert f"{kind} is not served" in said.err
    if verb == "status":
        assert document["healthy"] is False


async def _without(shell: Shell, server: ApiServer, kinds: tuple[str, ...]) -> None:
    cluster = await connect(str(shell.folder / "staging.kubeconfig"), "staging", name="test")
    plurals = {k.kind: f"{k.plural}.{k.group}" for k in (ocirepository.KIND, kustomization.KIND)}
    try:
        type_ = await cluster.find("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        for kind in kinds:
            await cluster.delete(type_, "", plurals[kind])
    finally:
        await cluster.close()


def test_an_environment_that_is_gone_fails_every_view(blocked: Shell) -> None:
    blocked.stop("production")
    for verb, kind in (("status", "Status"), ("versions", "Versions"), ("chain", "Chain")):
        said = blocked(verb, "-o", "json")
        assert said.code == 1 and checked(said.out, kind)["problems"], verb
        assert blocked(verb, "-e", "staging").code == (1 if verb == "status" else 0), verb


def test_the_environment_that_is_fine_is(shell: Shell) -> None:
    shell.cluster("staging")
    from cli_objects import pushed

    revision = f"{BUILD}@{pushed(shell, BUILD, b'1')}"
    put(shell, "staging", (oci("app", revision, semver=">=0.0.0-0"), ks("web", revision)))
    said = shell("status", "-o", "json")
    assert said.code == 0 and checked(said.out, "Status")["healthy"] is True, said
    assert REPOSITORY in said.out
