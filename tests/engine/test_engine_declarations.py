"""Who would have an act last is told the file and the line that a parent takes the field from."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, Registry, got

from fluxtui.domain.ask import ReviewDeclared
from fluxtui.domain.declared import Declaration, DeclaredField
from fluxtui.domain.resource import Key
from fluxtui.engine.engine import Engine
from tests.contract.fleet.servers import GitRepository, Shop

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
URL = "https://git.example.com/acme/infra"
WEB = """\
# what web runs
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: web
spec:
  url: oci://r.example.com/web
  ref:
    semver: ">=1.0.0"  # keep it wide
"""
TREE = {
    "clusters/eu/kustomization.yaml": "resources: [../../apps]\nnamespace: apps\n",
    "apps/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/web.yaml": WEB,
}
PATCHED = (
    "resources: [../../apps]\nnamespace: apps\npatches:\n- patch: |\n"
    "    apiVersion: source.toolkit.fluxcd.io/v1\n    kind: OCIRepository\n"
    "    metadata: {name: web}\n    spec: {ref: {semver: '~1.4'}}\n"
)
STORED_AT = "2026-01-01T00:00:00Z"


async def fed(place: MakePlace, at: str, url: str = URL, **spec: Any) -> tuple[Place, Key]:
    """A cluster whose Kustomization `infra` takes clusters/eu of a Git repository."""
    staging = await place("staging")
    await staging.namespace()
    artifact = {"revision": f"main@sha1:{at}", "digest": "sha256:" + "a" * 64, "path": "p"}
    stored = {"artifact": {**artifact, "url": "http://s/p", "lastUpdateTime": STORED_AT}}
    await staging.put("gitrepo", "infra", {"url": url, "interval": "1m"}, stored)
    reference = {"kind": "GitRepository", "name": "infra"}
    user = {"sourceRef": reference, "path": "./clusters/eu", "prune": True, "interval": "1m"}
    return staging, await staging.put("ks", "infra", {**user, **spec})


def field(parent: Key, path: str = "spec.ref.semver", name: str = "web") -> DeclaredField:
    about = Key("staging", "source.toolkit.fluxcd.io", "OCIRepository", "apps", name)
    return DeclaredField(parent, about, path)


async def asked(running: Engine, *fields: DeclaredField) -> tuple[Declaration, ...]:
    parent = fields[0].parent
    await got(running.wait_for(lambda s: s.get(parent) is not None and len(s.resources) > 0, 30))
    source = Key("staging", "source.toolkit.fluxcd.io", "GitRepository", "apps", "infra")
    tagged = Key("staging", "source.toolkit.fluxcd.io", "OCIRepository", "apps", "infra")
    await got(running.wait_for(lambda s: bool(s.get(source) or s.get(tagged)), 30))
    found: tuple[Declaration, ...] = await got(running.ask(ReviewDeclared(fields)))
    return found


@needs_git
async def test_a_checkout_says_file_and_line_behind_every_kustomization(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git = GitRepository(tmp_path / "infra")
    commit = git.commit(TREE, "One")
    staging, parent = await fed(place, commit)
    running = engine(staging, checkouts={"git@git.example.com:acme/infra.git": str(git.folder)})
    (found,) = await asked(running, field(parent))
    assert (found.file, found.line, found.by, found.remark) == ("apps/web.yaml", 9, "", "")
    assert WEB.splitlines()[found.line - 1].strip().startswith("semver:")
    assert found.says == (
        "for good spec.ref.semver of OCIRepository/apps/web is edited in"
        f" apps/web.yaml:9 in {git.folder}"
    )


@needs_git
async def test_a_line_is_that_of_the_checkout_as_it_lies_and_a_stale_one_says_so(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git = GitRepository(tmp_path / "infra")
    git.commit(TREE, "One")
    staging, parent = await fed(place, "f" * 40)
    running = engine(staging, checkouts={URL: str(git.folder / "clusters")})
    (first,) = await asked(running, field(parent))
    assert first.line == 9 and first.remark.endswith("and fffffff is applied")
    (git.folder / "apps/web.yaml").write_text("# one more\n" + WEB)
    (second,) = await asked(running, field(parent))
    assert second.line == 10, "what is edited is the file, not the commit"


@needs_git
async def test_a_patch_that_sets_it_is_named(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git = GitRepository(tmp_path / "infra")
    commit = git.commit({**TREE, "clusters/eu/kustomization.yaml": PATCHED}, "One")
    staging, parent = await fed(place, commit)
    running = engine(staging, checkouts={URL: str(git.folder)})
    (found,) = await asked(running, field(parent))
    assert found.place == "clusters/eu/kustomization.yaml:8" and "patch 1" in found.by, found


@needs_git
async def test_what_is_not_there_is_not_found_and_no_other_field_is_named(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git = GitRepository(tmp_path / "infra")
    commit = git.commit(TREE, "One")
    staging, parent = await fed(place, commit)
    running = engine(staging, checkouts={URL: str(git.folder)})
    other, bare = await asked(running, field(parent, name="api"), field(parent, "spec.suspend"))
    assert other.says == (
        f"where spec.ref.semver of OCIRepository/apps/api is declared: not found in {git.folder}"
    )
    assert bare.place == "apps/web.yaml:2" and "without the field" in bare.remark, bare
    git.commit({"apps/web.yaml": "a: [\n"}, "Broken")
    (broken,) = await asked(running, field(parent))
    assert f"not found in {git.folder}: it does not build" in broken.error and not broken.file


async def test_what_lies_in_a_checkout_leads_nowhere_else(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    """Links, and paths that leave it, are data of whoever wrote them."""
    folder = tmp_path / "infra"
    (folder / "clusters/eu").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text(WEB)
    (folder / "clusters/eu/link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "clusters/eu/kustomization.yaml").write_text("resources: [link.yaml]\n")
    staging, parent = await fed(place, "f" * 40)
    running = engine(staging, checkouts={URL: str(folder)})
    (found,) = await asked(running, field(parent))
    assert "it does not build" in found.error and not found.file
    (folder / "clusters/eu/kustomization.yaml").write_text("resources: [../../../secret.yaml]\n")
    (found,) = await asked(running, field(parent))
    assert "it does not build" in found.error and not found.file


@needs_git
async def test_without_a_checkout_the_commit_is_asked_for_where_that_is_allowed(
    place: MakePlace, engine: MakeEngine, tmp_path: Path
) -> None:
    git = GitRepository(tmp_path / "infra")
    commit = git.commit(TREE, "One")
    with Shop(git) as shop:
        url = f"{shop.url}/git/infra.git"
        staging, parent = await fed(place, commit, url)
        (found,) = await asked(engine(staging, ask_remotes=True), field(parent))
        assert await asked(engine(staging), field(parent)) == (), "nothing says where to look"
    assert found.place == "apps/web.yaml:9" and found.where == f"{url} at main@{commit[:7]}"


async def test_a_bundle_says_its_own_file_and_line(
    place: MakePlace, engine: MakeEngine, registry: Registry
) -> None:
    from fluxtui.artifacts.reference import Reference

    registry.push("infra", "1.0.0", TREE)
    staging = await place("staging")
    await staging.namespace()
    await staging.source("infra", registry.url("infra"), semver="1.x")
    reference = Reference.parse(f"{registry.url('infra')}:1.0.0")
    await staging.stored("infra", f"1.0.0@{registry.client.resolve(reference).digest}")
    await staging.kustomization("infra", "infra", path="./clusters/eu")
    parent = staging.kustomization_key("infra")
    (found,) = await asked(engine(staging), field(parent))
    assert (found.place, found.where) == ("apps/web.yaml:9", "bundle infra 1.0.0")
