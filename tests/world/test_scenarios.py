"""The demo's delivery: it renders, its versions differ, and publishing is what a pipeline does."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxtui.artifacts import RegistryClient, RegistrySettings, unpack_files
from fluxtui.domain.errors import UsageError
from fluxtui.domain.selection import Policy
from fluxtui.domain.versions import select
from fluxtui.world.description import INFRA
from fluxtui.world.registry import RegistryServer
from fluxtui.world.scenarios import publisher
from fluxtui.world.scenarios.releases import (
    FILES,
    lay_out,
    load_service,
    service_names,
)

STAGING = Policy(semver=">=0.0.0-0", semver_filter=".*-staging-test-deploy-.*")
PRODUCTION = Policy(semver=">=0.0.0")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeded() -> Iterator[RegistryClient]:
    """A registry as it stands when the story begins, reached by the name the manifests use."""
    with RegistryServer() as server:
        login = (server.username, server.password)
        settings = RegistrySettings(
            mirrors={publisher.HOST: server.address},
            credentials={publisher.HOST: login, server.address: login},
        )
        with RegistryClient(settings, environ={}) as client:
            publisher.seed(client, now=NOW)
            yield client


def tags_of(client: RegistryClient, service: str) -> list[str]:
    return client.list_tags(publisher.reference_of(load_service(service)))


def published_of(client: RegistryClient, service: str) -> dict[str, str]:
    """When each tag was pushed, as its manifest says."""
    reference = publisher.reference_of(load_service(service))
    return {
        tag: client.manifest(reference.with_tag(tag)).annotations[
            "org.opencontainers.image.created"
        ]
        for tag in client.list_tags(reference)
    }


def bundle_of(client: RegistryClient, service: str, tag: str) -> dict[str, bytes]:
    pulled = client.pull(publisher.reference_of(load_service(service), tag))
    return unpack_files(pulled.layer)


def documents(*paths: Path) -> Iterator[dict[str, Any]]:
    for path in paths:
        yield from (
            d for d in yaml.safe_load_all(path.read_text(encoding="utf-8")) if isinstance(d, dict)
        )


def fingerprint(folder: Path) -> str:
    """Changes with any name or byte below the folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def roots(folder: Path) -> list[Path]:
    """Every folder that kustomize builds on its own."""
    found = [path.parent for path in sorted(folder.rglob("kustomization.yaml"))]
    return [p for p in found if "kind: Component" not in (p / "kustomization.yaml").read_text()]


# -- the files


def test_every_folder_renders_with_kubectl(tmp_path: Path) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not on this machine")
    folders = roots(FILES / "infra")
    for name in service_names():
        service = load_service(name)
        lay_out(service, service.releases[0].version, tmp_path / name)
        folders += [*roots(service.config), *roots(tmp_path / name)]
    failed = {
        str(folder): result.stderr
        for folder in folders
        if (
            result := subprocess.run(
                ["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False
            )
        ).returncode
        or not result.stdout.strip()
    }
    assert len(folders) > 25
    assert failed == {}


def test_bootstrap_creates_the_two_roots_and_their_namespace_only() -> None:
    for environment in ("staging", "production"):
        objects = list(documents(FILES / "bootstrap" / f"{environment}.yaml"))
        assert [(o["kind"], o["metadata"]["name"]) for o in objects] == [
            ("Namespace", "flux-system"),
            ("GitRepository", "flux-system"),
            ("Kustomization", "flux-system"),
        ]
        assert objects[1]["spec"]["url"] == INFRA
        assert (FILES / "infra" / objects[2]["spec"]["path"] / "kustomization.yaml").is_file()


def test_every_path_of_a_kustomization_exists_in_what_it_is_taken_from() -> None:
    of_flux = [
        document
        for document in documents(*(FILES / "infra").rglob("*.yaml"))
        if document.get("apiVersion") == "kustomize.toolkit.fluxcd.io/v1"
    ]
    assert len(of_flux) > 6, "more than one service's"
    for document in of_flux:
        spec, source = document["spec"], document["spec"]["sourceRef"]["name"]
        root = FILES / "infra" if source == "flux-system" else load_service(source).config
        assert (root / spec["path"]).is_dir(), document["metadata"]["name"]
        for component in spec.get("components", ()):
            assert (root / spec["path"] / component).resolve().is_dir()


def test_the_service_is_a_chain_of_six_in_the_order_of_the_story() -> None:
    folder = FILES / "infra" / "apps" / "activity-system"
    needs = {
        d["metadata"]["name"]: [n["name"] for n in d["spec"].get("dependsOn", ())]
        for d in documents(*folder.rglob("*.yaml"))
        if d.get("apiVersion") == "kustomize.toolkit.fluxcd.io/v1"
    }
    assert needs == {
        "clickhouse-keeper": ["clickhouse-operator"],
        "clickhouse-database": ["clickhouse-keeper"],
        "clickhouse-migrations": ["clickhouse-database"],
        "activity-apiserver": ["clickhouse-migrations"],
        "activity-processor": ["activity-apiserver"],
        "activity-ui": ["activity-processor"],
    }


def test_the_ui_is_not_deployed_in_production() -> None:
    overlays = FILES / "infra" / "apps" / "activity-system" / "overlays"
    staging, production = (
        next(documents(overlays / name / "kustomization.yaml"))
        for name in ("staging", "production")
    )
    assert staging["components"] == ["../../components/ui"]
    assert "components" not in production


def test_each_service_has_the_workflow_that_publishes_it() -> None:
    for name in service_names():
        workflow = FILES / "services" / name / ".github" / "workflows" / "publish.yaml"
        text = workflow.read_text(encoding="utf-8")
        assert load_service(name).repository in text
        assert "flux push artifact" in text


# -- what the registry holds when the story begins


def test_production_takes_the_highest_stable_version_and_staging_the_latest_build(
    seeded: RegistryClient,
) -> None:
    tags = tags_of(seeded, "activity")
    assert select(tags, PRODUCTION).chosen == "v1.4.2"
    assert select(tags, STAGING).chosen == "v0.0.0-staging-test-deploy-0041"


def test_in_one_service_the_newest_build_is_not_the_one_picked(seeded: RegistryClient) -> None:
    tags, published = tags_of(seeded, "notifications"), published_of(seeded, "notifications")
    selection = select(tags, STAGING, published)
    assert selection.chosen == "v0.0.0-staging-test-deploy-9"
    assert selection.published_last == "v0.0.0-staging-test-deploy-10"


def test_every_version_says_where_it_comes_from(seeded: RegistryClient) -> None:
    reference = publisher.reference_of(load_service("activity"), "v1.4.1")
    annotations = seeded.manifest(reference).annotations
    assert annotations["org.opencontainers.image.source"] == "https://git.example.com/acme/activity"
    assert annotations["org.opencontainers.image.revision"].startswith("v1.4.1@sha1:")
    assert annotations["org.opencontainers.image.created"] == "2026-10-29T00:00:00Z"


def test_versions_really_differ(seeded: RegistryClient) -> None:
    """Image tag, environment, a configuration value, one object more and one less."""
    old = bundle_of(seeded, "activity", "v1.4.2")
    new = bundle_of(seeded, "activity", "v0.0.0-staging-test-deploy-0041")
    assert set(old) - set(new) == {"base/legacy-export.yaml"}
    assert set(new) - set(old) == {
        "base/poddisruptionbudget.yaml",
        "components/clickhouse-migrations/sql/004-retention.sql",
    }
    assert b'query_timeout = "30s"' in old["base/apiserver.toml"]
    assert b'query_timeout = "45s"' in new["base/apiserver.toml"]
    assert b"STREAMING" not in old["base/deployment.yaml"]
    assert b"STREAMING" in new["base/deployment.yaml"]
    assert b'newTag: "v1.4.2"' in old["base/kustomization.yaml"]
    oldest = bundle_of(seeded, "activity", "v1.4.0")
    assert "components/clickhouse-migrations/sql/003-search-index.sql" not in oldest
    assert b'value: "2"' in oldest["components/processor/deployment.yaml"]


# -- publishing


def test_publishing_sets_the_image_in_the_bundle_and_leaves_the_working_tree_alone(
    seeded: RegistryClient,
) -> None:
    service = load_service("activity")
    before = fingerprint(service.folder)
    release = replace(service.releases[-1], version="v1.5.0-rc.1")
    publisher.publish(seeded, service, release, datetime(2026, 11, 1, tzinfo=UTC))
    bundle = bundle_of(seeded, "activity", "v1.5.0-rc.1")
    for path in ("base/kustomization.yaml", "components/processor/kustomization.yaml"):
        assert b'newTag: "v1.5.0-rc.1"' in bundle[path]
    assert fingerprint(service.folder) == before


def test_a_service_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"no service 'billing'.*activity-ui"):
        load_service("billing")
