"""Deleting at a registry: the tag alone where it can, never a sibling, and read back after."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from engine_stage import Registry

from fluxtui.artifacts.client import RegistryClient
from fluxtui.artifacts.manifest import digest_of, flux_manifest
from fluxtui.artifacts.packing import pack
from fluxtui.artifacts.publish import config_of, put_blob
from fluxtui.artifacts.reference import Reference
from fluxtui.artifacts.unpacking import tar_of
from fluxtui.domain.errors import RegistryUnreachable
from fluxtui.domain.plan import DeleteStep, Outcome, PushStep
from fluxtui.domain.pushcontent import content_of
from fluxtui.engine.acts.tagging import Tagging
from fluxtui.engine.registries import RegistryDoor
from fluxtui.kit.clock import Clock

BUNDLE = {"kustomization.yaml": "resources: []\n"}


def connected(registry: Registry) -> RegistryDoor:
    return RegistryDoor(
        lambda: RegistryClient(registry.settings, environ={}, pause=lambda _seconds: None)
    )


def delete(registry: Registry, digest: str, tag: str, *shared: str) -> DeleteStep:
    url = registry.url("web")
    return DeleteStep("d", "delete", repository=url, digest=digest, tag=tag, shared=shared)


async def test_a_tag_goes_alone_and_a_digest_with_all_of_them(registry: Registry) -> None:
    registries, url = connected(registry), registry.url("web")
    tagging = Tagging(registries, Clock())
    digest = registry.push("web", "1.4.0", BUNDLE)
    await registries.tag(url, digest, "stable")
    outcome, said = await tagging.delete(delete(registry, digest, "1.4.0", "stable"))
    assert (outcome, said) == (Outcome.DONE, "read back: 1.4.0 is gone")
    assert await registries.list_tags(url) == ("stable",)
    outcome, said = await tagging.delete(delete(registry, digest, "1.4.0", "stable"))
    assert outcome is Outcome.UNCHANGED and "not there" in said
    await registries.tag(url, digest, "again")
    assert (await tagging.delete(delete(registry, digest, "")))[0] is Outcome.DONE
    assert await registries.digest(url, digest) == ""
    registries.close()


async def test_by_digest_only_nothing_goes_that_somebody_else_names(registry: Registry) -> None:
    registries, url = connected(registry), registry.url("web")
    tagging = Tagging(registries, Clock())
    registry.server.turn(delete_by_tag=False)
    digest = registry.push("web", "1.4.0", BUNDLE)
    outcome, said = await tagging.delete(delete(registry, digest, "1.4.0", "stable"))
    assert outcome is Outcome.REFUSED and "stable; nothing was deleted" in said
    assert await registries.digest(url, "1.4.0") == digest
    assert (await tagging.delete(delete(registry, digest, "1.4.0")))[0] is Outcome.DONE
    assert await registries.digest(url, digest) == ""
    registries.close()


async def test_a_tag_that_moved_since_is_left_alone(registry: Registry) -> None:
    registries = connected(registry)
    old = registry.push("web", "1.4.0", BUNDLE)
    new = registry.push("web", "1.4.0", BUNDLE | {"a": "other"})
    outcome, said = await Tagging(registries, Clock()).delete(delete(registry, old, "1.4.0"))
    assert outcome is Outcome.REFUSED and new[:15] in said
    registries.close()


@pytest.mark.parametrize(("arrived", "outcome"), [(True, Outcome.DONE), (False, Outcome.FAILED)])
async def test_without_an_answer_what_is_read_back_decides(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, arrived: bool, outcome: Outcome
) -> None:
    registries = connected(registry)
    digest = registry.push("web", "1.4.0", BUNDLE)
    real = registries.delete_tag

    async def lost(url: str, tag: str) -> bool:
        if arrived:
            await real(url, tag)
        raise RegistryUnreachable("no answer in time")

    monkeypatch.setattr(registries, "delete_tag", lost)
    found = await Tagging(registries, Clock()).delete(delete(registry, digest, "1.4.0"))
    assert found[0] is outcome and "no answer came" in found[1]
    registries.close()


async def test_what_a_push_left_behind_is_known_by_its_tar(
    registry: Registry, tmp_path: Path
) -> None:
    """Another compressor's layer has another digest and still is the same content."""
    registries, url = connected(registry), registry.url("web")
    (tmp_path / "a.yaml").write_text("a: 1\n" * 100)
    packed = pack(tmp_path)
    layer = gzip.compress(tar_of(packed.data), 1, mtime=0)
    assert digest_of(layer) != packed.digest
    reference = Reference.parse(f"{url}:1.4.0")
    config = config_of(packed)
    raw, descriptor = flux_manifest(config, layer, {})
    put_blob(registry.client, reference, config, digest_of(config))
    put_blob(registry.client, reference, layer, descriptor.digest)
    registry.client.put_manifest(reference, raw, "application/vnd.oci.image.manifest.v1+json")
    step = PushStep("p", "p", repository=url, tag="1.4.0", folder=str(tmp_path), images={})
    assert await registries.holds(content_of(step))
    (tmp_path / "a.yaml").write_text("a: 2\n")
    assert not await registries.holds(content_of(step))
    registries.close()
