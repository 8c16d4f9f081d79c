"""GitRepositories: which commit is taken, who may fetch it, and what is said of both.

Against git's own upload-pack, over HTTP. The same cases meet the real source-controller in
tests/contract/test_git_sources.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from reconciler_git import (
    MINUTES,
    artifact,
    conditions,
    kept,
    refused,
    revision,
    secret,
    source,
)
from reconciler_stage import NS, Stage, condition

from tests.contract.fleet.servers import LOGIN, TOKEN, GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")


# -- which commit


async def test_a_branch_is_followed_commit_by_commit(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    first = git.commit({"NOTES": "1"}, "A first line that is longer than the fifty that are told")
    await stage.apply(source(shop))
    await stage.start()
    found = await stage.until_ready("GitRepository", "deploy")
    assert revision(found) == f"main@sha1:{first}"
    path = f"gitrepository/{NS}/deploy/{first}.tar.gz"
    assert artifact(found)["path"] == path
    assert artifact(found)["url"].endswith(path)
    assert artifact(found)["lastUpdateTime"] == "2026-01-01T00:00:00Z"
    assert artifact(found)["digest"].startswith("sha256:") and artifact(found)["size"] > 0
    assert "url" not in found["status"] and found["metadata"]["finalizers"]
    assert conditions(found) == [
        ("Ready", "True", "Succeeded"),
        ("ArtifactInStorage", "True", "Succeeded"),
    ]
    assert (
        condition(found, "Ready")["message"] == f"stored artifact for revision 'main@sha1:{first}'"
    )
    told = "stored artifact for commit 'A first line that is longer than the fifty that ar...'"
    assert await stage.events("deploy") == [("Normal", "NewArtifact", told)]
    second = git.commit({"NOTES": "2"}, "Second")
    await stage.pass_time(5 * MINUTES * 1.06)
    found = await stage.until(
        "GitRepository", "deploy", lambda o: revision(o) == f"main@sha1:{second}"
    )
    found = await stage.until_ready("GitRepository", "deploy")
    assert condition(found, "ArtifactOutdated") == {}


async def test_where_nothing_is_new_nothing_is_fetched(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    await stage.apply(source(shop))
    await stage.start()
    before = await stage.until_ready("GitRepository", "deploy")
    await stage.request("GitRepository", "deploy", "now")
    found = await stage.until(
        "GitRepository",
        "deploy",
        lambda o: o and o["status"].get("lastHandledReconcileAt") == "now",
    )
    assert artifact(found) == artifact(before)
    same = f"no changes since last reconciliation: observed revision '{revision(found)}'"
    assert (await stage.events("deploy"))[1:] == [("Normal", "GitOperationSucceed", same)]


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ({"branch": "feature/x"}, "feature/x@sha1:{old}"),
        ({"tag": "v1.0.0"}, "v1.0.0@sha1:{old}"),
        ({"tag": "v1.1.0"}, "v1.1.0@sha1:{new}"),
        ({"semver": "1.0.x"}, "v1.0.0@sha1:{old}"),
        ({"semver": ">=1.0.0"}, "v1.1.0@sha1:{new}"),
        ({"semver": ">=2.0.0-0"}, "v2.0.0-rc.1@sha1:{new}"),
        ({"name": "refs/heads/feature/x"}, "refs/heads/feature/x@sha1:{old}"),
        ({"name": "refs/tags/v1.1.0"}, "refs/tags/v1.1.0@sha1:{new}"),
        ({"name": "refs/tags/v1.1.0^{{}}"}, "refs/tags/v1.1.0^{{}}@sha1:{new}"),
        ({"commit": "{old}"}, "sha1:{old}"),
        ({"commit": "{old}", "branch": "main"}, "main@sha1:{old}"),
        # The stronger field counts alone.
        ({"name": "refs/heads/main", "tag": "v9", "branch": "x"}, "refs/heads/main@sha1:{new}"),
        ({"tag": "v1.0.0", "semver": ">=9", "branch": "x"}, "v1.0.0@sha1:{old}"),
        ({"commit": "{old}", "name": "refs/heads/main"}, "refs/heads/main@sha1:{old}"),
    ],
)
async def test_each_way_to_name_a_commit(
    ref: dict[str, str], expected: str, stage: Stage, git: GitRepository, shop: Shop
) -> None:
    old = git.commit({"NOTES": "1"}, "Old")
    git.tag("v1.0.0")
    new = git.commit({"NOTES": "2"}, "New")
    git.tag("v1.1.0", "-a", "-m", "annotated")
    git.tag("v2.0.0-rc.1")
    git.tag("latest")
    git.branch("feature/x", old)
    names = {"old": old, "new": new}
    ref = {field: text.format(**names) for field, text in ref.items()}
    await stage.apply(source(shop, ref=ref))
    await stage.start()
    found = await stage.until_ready("GitRepository", "deploy")
    assert revision(found) == expected.format(**names)
    assert kept(stage, found)["NOTES"] == (b"1" if "{old}" in expected else b"2")


async def test_of_equal_versions_the_younger_commit_is_taken(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    git.tag("1.0.0+b")
    younger = git.commit({"NOTES": "2"}, "Younger", when="2026-01-02T00:00:00Z")
    git.tag("1.0.0+a")
    await stage.apply(source(shop, ref={"semver": "1.x"}))
    await stage.start()
    found = await stage.until_ready("GitRepository", "deploy")
    assert revision(found) == f"1.0.0+a@sha1:{younger}"


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ({"branch": "release-9"}, "unable to clone '{url}': couldn't find remote ref "
                                  '"refs/heads/release-9"'),
        ({}, "unable to clone '{url}': couldn't find remote ref \"refs/heads/master\""),
        ({"tag": "v7"}, "unable to clone '{url}': couldn't find remote ref \"refs/tags/v7\""),
        ({"semver": ">=7"}, "no match found for semver: >=7"),
        ({"semver": "new"}, "semver parse error: improper constraint"),
        ({"name": "refs/x"}, "unable to resolve ref 'refs/x' to a specific commit"),
        ({"commit": "0" * 40}, f"unable to resolve commit object for '{'0' * 40}': object not"),
    ],
)  # fmt: skip
async def test_a_commit_that_is_not_there_is_named_and_looked_for_again(
    ref: dict[str, str], words: str, stage: Stage, shop: Shop
) -> None:
    await stage.apply(source(shop, ref=ref))
    await stage.start()
    found = await stage.until_condition("GitRepository", "deploy", "Ready", "False")
    assert conditions(found) == [
        ("Ready", "False", "GitOperationFailed"),
        ("FetchFailed", "True", "GitOperationFailed"),
        ("Reconciling", "True", "ProgressingWithRetry"),
    ]
    message = condition(found, "Ready")["message"]
    assert message.startswith("failed to checkout and determine revision: ")
    assert words.format(url=f"{shop.url}/git/deploy.git") in message
    assert found["status"]["observedGeneration"] == -1


async def test_a_branch_that_comes_later_mends_it(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    head = git.commit({"NOTES": "1"}, "First")
    await stage.apply(source(shop))
    await stage.start()
    await stage.until_ready("GitRepository", "deploy")
    await stage.patch("GitRepository", "deploy", {"spec": {"ref": {"branch": "release-9"}}})
    assert "release-9" in await refused(stage, "GitOperationFailed")
    found = await stage.get("GitRepository", "deploy")
    assert revision(found) == f"main@sha1:{head}", "what was fetched stays advertised"
    git.branch("release-9", head)
    await stage.pass_time(10)
    found = await stage.until_ready("GitRepository", "deploy")
    assert revision(found) == f"release-9@sha1:{head}"
    kinds = [(type_, reason) for type_, reason, _message in await stage.events("deploy")]
    assert kinds[1:] == [("Warning", "GitOperationFailed"), ("Normal", "Succeeded")]


async def test_an_empty_repository_is_told(stage: Stage, tmp_path: Path) -> None:
    with Shop(GitRepository(tmp_path / "empty")) as shop:
        await stage.apply(source(shop))
        await stage.start()
        assert await refused(stage, "EmptyGitRepository") == "git repository is empty"


async def test_a_server_that_is_down_is_told_and_asked_again(stage: Stage, shop: Shop) -> None:
    await stage.apply({**source(shop), "spec": {"interval": "5m", "url": "http://127.0.0.1:1/x"}})
    await stage.start()
    words = "failed to checkout and determine revision: unable to clone 'http://127.0.0.1:1/x': "
    assert await refused(stage, "GitOperationFailed") == f"{words}connection refused"


# -- who may


@pytest.mark.parametrize("values", [{}, {"username": LOGIN[0], "password": "wrong"},
                                    {"bearerToken": "wrong"}])  # fmt: skip
async def test_without_the_right_password_nothing_is_fetched(
    values: dict[str, str], stage: Stage, shop: Shop
) -> None:
    await stage.apply(secret("login", **values))
    await stage.apply(source(shop, path="locked/deploy.git", secretRef={"name": "login"}))
    await stage.start()
    message = await refused(stage, "GitOperationFailed")
    assert message.endswith("authentication required: the password, please")
    assert "wrong" not in message


@pytest.mark.parametrize("values", [dict(zip(("username", "password"), LOGIN, strict=True)),
                                    {"bearerToken": TOKEN}])  # fmt: skip
async def test_a_secret_opens_it(values: dict[str, str], stage: Stage, shop: Shop) -> None:
    await stage.apply(source(shop, path="locked/deploy.git", secretRef={"name": "login"}))
    await stage.start()
    message = await refused(stage, "AuthenticationFailed")
    assert message.startswith(f"failed to get secret '{NS}/login': ")
    await stage.apply(secret("login", **values))
    await stage.pass_time(10)
    found = await stage.until_ready("GitRepository", "deploy")
    assert revision(found).startswith("main@sha1:")


async def test_a_password_without_a_user_is_no_login(stage: Stage, shop: Shop) -> None:
    await stage.apply(secret("login", password="x"))
    await stage.apply(source(shop, secretRef={"name": "login"}))
    await stage.start()
    message = await refused(stage, "AuthenticationFailed")
    assert message == (
        "failed to configure authentication options: invalid 'http' auth option: 'password' "
        "requires 'username' to be set"
    )


async def test_a_password_does_not_leave_this_machine_in_the_clear(
    stage: Stage, shop: Shop
) -> None:
    await stage.apply(secret("login", username="me", password="secret"))
    url = "http://git.example.com/deploy.git"
    await stage.apply(source(shop, url=url, secretRef={"name": "login"}))
    await stage.start()
    assert (await refused(stage, "GitOperationFailed")).endswith(
        "basic auth cannot be sent over HTTP"
    )


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"url": "ssh://git@git.example.com/deploy.git"}, "spec.url with ssh"),
        ({"verify": {"secretRef": {"name": "keys"}}}, "spec.verify"),
        ({"recurseSubmodules": True}, "spec.recurseSubmodules"),
        ({"proxySecretRef": {"name": "proxy"}}, "spec.proxySecretRef"),
        ({"provider": "github"}, "spec.provider: github"),
    ],
)
async def test_what_is_not_supported_stalls_and_is_named(
    spec: dict[str, Any], field: str, stage: Stage, shop: Shop
) -> None:
    await stage.apply(source(shop, **spec))
    await stage.start()
    found = await stage.until_condition(
        "GitRepository", "deploy", "Stalled", "True", "UnsupportedField"
    )
    assert condition(found, "Stalled")["message"].startswith(field)
