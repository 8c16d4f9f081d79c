"""Real bundles, where they are at hand: packed, pushed, pulled and compared without loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxtui.artifacts import (
    Packed,
    Reference,
    RegistryClient,
    apply_source_ignore,
    diff_files,
    pack,
    pack_files,
    unpack,
    unpack_files,
)

from .conftest import publish

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
BUNDLES = sorted(DATA.glob("*/bundles/*.tar.gz"))

pytestmark = pytest.mark.skipif(not BUNDLES, reason="../shared/data is not on this machine")


def read(path: Path) -> dict[str, bytes]:
    return unpack_files(path.read_bytes())


@pytest.mark.parametrize("path", BUNDLES, ids=lambda p: f"{p.parts[-3]}-{p.name}")
def test_a_real_bundle_goes_through_the_registry_unharmed(
    path: Path, client: RegistryClient, reference: Reference, tmp_path: Path
) -> None:
    files = read(path)
    assert len(files) > 5
    unpack(path.read_bytes(), tmp_path)
    packed: Packed = pack(tmp_path, ignore=())
    assert unpack_files(packed.data) == files
    publish(client, reference, packed)
    assert unpack_files(client.pull(reference).layer) == files
    assert publish(client, reference, pack(tmp_path, ignore=())).unchanged
    kept = apply_source_ignore(files)
    assert kept and kept.items() <= files.items()


def test_a_real_image_is_set_and_nothing_else_moves(tmp_path: Path) -> None:
    path = next(p for p in BUNDLES if p.parts[-3] == "activity")
    unpack(path.read_bytes(), tmp_path)
    before = unpack_files(pack(tmp_path).data)
    name = _an_image(before)
    packed = pack(tmp_path, images={name: ":v9.9.9"})
    changes = diff_files(before, unpack_files(packed.data))
    assert changes and all(c.path.endswith("kustomization.yaml") for c in changes)
    assert all('"v9.9.9"' in "\n".join(c.lines) for c in changes)
    assert all(sum(x.startswith("+") for x in c.lines) <= 4 for c in changes), changes
    assert pack_files(before).tar_digest != packed.tar_digest


def _an_image(files: dict[str, bytes]) -> str:
    """The name of some `images:` entry."""
    import yaml

    for path, data in files.items():
        if path.endswith("kustomization.yaml"):
            for entry in (yaml.safe_load(data) or {}).get("images") or ():
                return str(entry["name"])
    raise AssertionError("no images: entry in the bundle")
