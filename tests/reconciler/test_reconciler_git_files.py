"""GitRepositories: what is kept of a commit, what is included, and who stands on it.

Against git's own upload-pack, over HTTP. The same cases meet the real source-controller in
tests/contract/test_git_sources.py.
"""

from __future__ import annotations

import shutil

import pytest
from reconciler_git import (
    DEPLOY,
    artifact,
    conditions,
    kept,
    refused,
    revision,
    source,
)
from reconciler_stage import Stage, condition, config_map, kustomization

from tests.contract.fleet.servers import GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")


# -- what of it


async def test_what_is_ignored_is_left_out(stage: Stage, git: GitRepository, shop: Shop) -> None:
    git.commit(
        {".github/ci.yaml": "x", "logo.png": "x", "apps/.sourceignore": "*.txt\n!keep.txt\n",
         "apps/a.txt": "x", "apps/keep.txt": "x", "a.txt": "x", ".gitignore": "x"},
        "More files",
    )  # fmt: skip
    await stage.apply(source(shop))
    await stage.start()
    found = await stage.until_ready("GitRepository", "deploy")
    files = set(kept(stage, found))
    # With a pattern of one's own Flux's sets but that of version control do not count.
    assert files == {"apps/cm.yaml", "README.md", "apps/.sourceignore", "apps/keep.txt", "a.txt",
                     ".github/ci.yaml", "logo.png"}  # fmt: skip
    await stage.patch("GitRepository", "deploy", {"spec": {"ignore": "/*\n!/apps\n"}})
    found = await stage.until_ready("GitRepository", "deploy")
    assert found["status"]["observedIgnore"] == "/*\n!/apps\n"
    assert set(kept(stage, found)) == {"apps/cm.yaml", "apps/.sourceignore", "apps/keep.txt",
                                       "apps/a.txt"}  # fmt: skip


async def test_only_what_is_named_is_checked_out(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    git.commit({"docs/a.md": "x"}, "More files")
    await stage.apply(source(shop, sparseCheckout=["./apps"]))
    await stage.start()
    found = await stage.until_ready("GitRepository", "deploy")
    assert set(kept(stage, found)) == {"apps/cm.yaml"}
    assert found["status"]["observedSparseCheckout"] == ["./apps"]
    await stage.patch("GitRepository", "deploy", {"spec": {"sparseCheckout": ["nowhere"]}})
    message = await refused(stage, "GitOperationFailed")
    assert message.startswith(
        "failed to sparse checkout directories : sparse checkout dir 'nowhere'"
    )


async def test_another_repositorys_files_are_put_among_its_own(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    include = [{"repository": {"name": "base"}, "fromPath": "apps", "toPath": "vendor/base"}]
    await stage.apply(source(shop, include=include))
    await stage.start()
    found = await stage.until_condition("GitRepository", "deploy", "IncludeUnavailable", "True")
    assert conditions(found)[0] == ("Ready", "False", "NotFound")
    assert "could not get resource for include 'base'" in condition(found, "Ready")["message"]
    await stage.apply(source(shop, "base", ref={"branch": "none"}))
    await refused(stage, "GitOperationFailed", "base")
    await stage.pass_time(31)
    await refused(stage, "NoArtifact")
    await stage.patch("GitRepository", "base", {"spec": {"ref": {"branch": "main"}}})
    base = await stage.until_ready("GitRepository", "base")
    await stage.pass_time(31)
    found = await stage.until_ready("GitRepository", "deploy")
    assert kept(stage, found) == {
        "apps/cm.yaml": DEPLOY["apps/cm.yaml"].encode(),
        "README.md": b"hello",
        "vendor/base/cm.yaml": DEPLOY["apps/cm.yaml"].encode(),
    }
    assert found["status"]["includedArtifacts"] == [artifact(base)]
    assert found["status"]["observedInclude"] == include
    assert condition(found, "IncludeUnavailable") == {}


async def test_what_is_included_is_followed(stage: Stage, git: GitRepository, shop: Shop) -> None:
    old = git.commit({"NOTES": "1"}, "Old")
    git.tag("v1.0.0")
    include = [{"repository": {"name": "base"}}]
    await stage.apply(source(shop, ref={"tag": "v1.0.0"}, include=include))
    await stage.apply(source(shop, "base", interval="1m"))
    await stage.start()
    await stage.until_ready("GitRepository", "base")
    await stage.pass_time(31)
    before = await stage.until_ready("GitRepository", "deploy")
    assert kept(stage, before)["base/NOTES"] == b"1"
    git.commit({"NOTES": "2"}, "New")
    await stage.request("GitRepository", "base", "now")
    await stage.until("GitRepository", "base", lambda o: not revision(o).endswith(old))
    await stage.request("GitRepository", "deploy", "now")
    found = await stage.until(
        "GitRepository", "deploy", lambda o: artifact(o).get("digest") != artifact(before)["digest"]
    )
    assert revision(found) == revision(before) == f"v1.0.0@sha1:{old}"
    assert kept(stage, found)["base/NOTES"] == b"2"
    assert kept(stage, found)["NOTES"] == b"1"


async def test_an_include_puts_nothing_over_what_is_there(stage: Stage, shop: Shop) -> None:
    include = [{"repository": {"name": "base"}, "toPath": "apps"}]
    await stage.apply(source(shop, "base"))
    await stage.start()
    await stage.until_ready("GitRepository", "base")
    await stage.apply(source(shop, include=include))
    message = await refused(stage, "CopyFailure")
    assert message.startswith("failed to copy 'base' include from ")


# -- what stands on it


async def test_a_commit_reaches_the_cluster(stage: Stage, git: GitRepository, shop: Shop) -> None:
    await stage.apply(source(shop))
    ref = {"kind": "GitRepository", "name": "deploy"}
    await stage.apply(kustomization("apps", path="./apps", sourceRef=ref))
    await stage.start()
    await stage.until_ready("Kustomization", "apps")
    found = await stage.get("ConfigMap", "one")
    assert found is not None and found["data"] == {"color": "red"}
    head = git.commit({"apps/cm.yaml": config_map("one", color="blue")}, "Paint it blue")
    await stage.request("GitRepository", "deploy", "now")
    await stage.until("ConfigMap", "one", lambda o: o and o["data"] == {"color": "blue"})
    found = await stage.until(
        "Kustomization",
        "apps",
        lambda o: o and o["status"].get("lastAppliedRevision") == f"main@sha1:{head}",
    )
    await stage.until_ready("Kustomization", "apps")


async def test_a_path_that_a_commit_took_away_is_told(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    await stage.apply(source(shop))
    ref = {"kind": "GitRepository", "name": "deploy"}
    await stage.apply(kustomization("apps", path="./apps", sourceRef=ref))
    await stage.start()
    await stage.until_ready("Kustomization", "apps")
    git.commit({"apps/cm.yaml": None, "moved/cm.yaml": config_map("one")}, "Move it")
    await stage.request("GitRepository", "deploy", "now")
    found = await stage.until_condition("Kustomization", "apps", "Ready", "False", "ArtifactFailed")
    assert "kustomization path not found" in condition(found, "Ready")["message"]
    assert await stage.get("ConfigMap", "one") is not None, "what runs stays"


async def test_an_artifact_that_vanished_is_fetched_again(stage: Stage, shop: Shop) -> None:
    await stage.apply(source(shop))
    await stage.start()
    found = await stage.until_ready("GitRepository", "deploy")
    for path in (stage.folder / "storage").glob("*.tar.gz"):
        path.unlink()
    ref = {"kind": "GitRepository", "name": "deploy"}
    await stage.apply(kustomization("apps", path="./apps", sourceRef=ref))
    await stage.until("GitRepository", "deploy", lambda o: not revision(o))
    again = await stage.until_ready("GitRepository", "deploy")
    assert artifact(again)["digest"] == artifact(found)["digest"]
    await stage.pass_time(31)
    await stage.until_ready("Kustomization", "apps")


async def test_a_suspended_source_fetches_nothing(
    stage: Stage, git: GitRepository, shop: Shop
) -> None:
    await stage.apply(source(shop))
    await stage.start()
    before = await stage.until_ready("GitRepository", "deploy")
    await stage.patch("GitRepository", "deploy", {"spec": {"suspend": True}})
    git.commit({"NOTES": "2"}, "Second")
    await stage.request("GitRepository", "deploy", "now")
    found = await stage.until(
        "GitRepository",
        "deploy",
        lambda o: o and o["status"].get("lastHandledReconcileAt") == "now",
    )
    assert artifact(found) == artifact(before)
    await stage.patch("GitRepository", "deploy", {"spec": {"suspend": False}})
    await stage.until("GitRepository", "deploy", lambda o: revision(o) != revision(before))
