"""A review renders what another commit of a Git source brings, where that commit can be had."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, got

from fluxtui.domain.ask import Delivery, ReviewMoves, TryMoves
from fluxtui.domain.moves import moves_of
from fluxtui.domain.plan import Move, PatchStep
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from tests.contract.fleet.servers import GitRepository, Shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
STORED_AT = "2026-01-01T00:00:00Z"
KUSTOMIZATION = "resources: [web.yaml]\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "r.example.com/web:%s"}]}
"""
DATA = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"


def history(folder: Path) -> tuple[GitRepository, str, str]:
    """A repository, the commit that runs and the younger one of it."""
    git = GitRepository(folder)
    files = {"clusters/eu/kustomization.yaml": KUSTOMIZATION, "README.md": "no manifest"}
    old = git.commit({**files, "clusters/eu/web.yaml": WEB % (4, "1.4") + DATA}, "One")
    new = git.commit({"clusters/eu/web.yaml": WEB % (1, "latest")}, "Two")
    return git, old, new


async def fed(place: MakePlace, url: str, at: str, **spec: Any) -> tuple[Place, Key, Key]:
    """A cluster whose Kustomization stands on a Git repository that has stored that commit."""
    staging = await place("staging")
    await staging.namespace()
    artifact = {"revision": f"main@sha1:{at}", "digest": "sha256:" + "a" * 64, "path": "p"}
    stored = {"artifact": {**artifact, "url": "http://s/p", "lastUpdateTime": STORED_AT}}
    source = await staging.put("gitrepo", "infra", {"url": url, "interval": "1m", **spec}, stored)
    reference = {"kind": "GitRepository", "name": "infra"}
    user = {"sourceRef": reference, "path": "./clusters/eu", "prune": True, "interval": "1m"}
    applied = {"lastAppliedRevision": f"main@sha1:{at}"}
    return staging, source, await staging.put("ks", "web", user, applied)


async def pinned(running: Engine, source: Key, user: Key, commit: str) -> tuple[Move, ...]:
    known = running.wait_for(lambda s: s.get(source) is not None and s.get(user) is not None, 30)
    await got(known)
    patch = {"spec": {"ref": {"commit": commit}}}
    step = PatchStep("p", "pin", target=source, patch=patch, resource_version="1")
    moves = moves_of(running.snapshot, (step,))
    assert moves == (Move(source, "", f"sha1:{commit}"),)
    return moves


async def reviewed(running: Engine, source: Key, user: Key, commit: str) -> Delivery:
    question = ReviewMoves(await pinned(running, source, user, commit))
    delivery: Delivery = await got(running.ask(question))
    return delivery


def judged(delivery: Delivery, user: Key, new: str) -> None:
    (part,) = delivery.parts
    assert part.compared.kustomization == user and not part.compared.error
    assert part.compared.after == new[:7]
    assert (part.content.changed, part.content.pruned) == (1, 1)
    (image,) = part.content.images
    assert image.sides == ("r.example.com/web:1.4", "r.example.com/web:latest")
    assert {"prune-data", "replicas-drop", "image-name"} <= {d.rule for d in part.dangers}


async def test_a_checkout_that_is_named_has_both_commits(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git, old, new = history(tmp_path / "infra")
    url = "ssh://git@git.example.com/acme/infra"
    staging, source, user = await fed(place, url, old)
    named = {"https://git.example.com/acme/infra.git": str(git.folder)}
    running = engine(staging, checkouts=named)
    delivery = await reviewed(running, source, user, new)
    judged(delivery, user, new)
    assert delivery.unread == ()
    lost = await reviewed(running, source, user, "1" * 40)
    (why,) = lost.unread
    assert lost.parts == () and "has no commit 11111111, and its remote is not asked" in why
    assert "(fetch it in that checkout)" in why


async def test_a_remote_is_asked_for_both_where_that_is_allowed_and_only_there(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git, old, new = history(tmp_path / "infra")
    with Shop(git) as shop:
        staging, source, user = await fed(place, f"{shop.url}/git/infra.git", old)
        delivery = await reviewed(engine(staging, ask_remotes=True), source, user, new)
        judged(delivery, user, new)
        silent = await reviewed(engine(staging), source, user, new)
    (why,) = silent.unread
    assert silent.parts == (), "what nobody has looked at is no change, and no fault of it"
    assert why == (
        f"staging: GitRepository/apps/infra: what would change by {old[:7]}: its remote is not"
        " asked: git.askRemotes is off (turn that on, or name a checkout of it under git.checkouts)"
    )


async def test_the_clusters_try_it_like_any_other_build(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git, old, new = history(tmp_path / "infra")
    url = "https://git.example.com/acme/infra"
    staging, source, user = await fed(place, url, old)
    running = engine(staging, checkouts={url: str(git.folder)})
    moves = await pinned(running, source, user, new)
    standing = await got(running.ask(TryMoves(moves)))
    assert not any("what would change" in text for text in standing.unread), standing


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"include": [{"repository": {"name": "other"}}]}, "includes files of other repositories"),
        ({"recurseSubmodules": True}, "has submodules"),
    ],
)
async def test_what_is_not_put_together_here_is_said(
    place: MakePlace, engine: MakeEngine, tmp_path: Path, spec: dict[str, Any], why: str
) -> None:
    git, old, new = history(tmp_path / "infra")
    url = "https://git.example.com/acme/infra"
    staging, source, user = await fed(place, url, old, **spec)
    delivery = await reviewed(engine(staging, checkouts={url: str(git.folder)}), source, user, new)
    (said,) = delivery.unread
    assert delivery.parts == () and why in said


async def test_only_what_the_source_takes_out_is_built(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git, old, new = history(tmp_path / "infra")
    url = "https://git.example.com/acme/infra"
    staging, source, user = await fed(place, url, old, ignore="clusters/eu/kustomization.yaml")
    running = engine(staging, checkouts={url: str(git.folder)})
    judged(await reviewed(running, source, user, new), user, new)  # all manifests of the folder
    sparse, source, user = await fed(place, url, old, sparseCheckout=["other"])
    running = engine(sparse, checkouts={url: str(git.folder)})
    (part,) = (await reviewed(running, source, user, new)).parts
    assert "clusters/eu" in part.compared.error, "that folder is in no file that is taken"
