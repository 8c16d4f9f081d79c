"""Setting an image while packing, without touching the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxtui.artifacts import pack, unpack_files
from fluxtui.artifacts.images import set_images
from fluxtui.domain.errors import BuildError, UsageError

DIGEST = "sha256:" + "b" * 64
WITH_ENTRY = b"""\
# the service
resources:
  - deployment.yaml
images:
  # set by the workflow
  - name: activity
    newName: ghcr.io/acme/activity
    newTag: latest  # moving
"""


def test_the_tag_of_an_entry_is_set_and_comments_stay() -> None:
    changed = set_images({"base/kustomization.yaml": WITH_ENTRY}, {"activity": ":v1.2.0"})
    text = changed["base/kustomization.yaml"].decode()
    assert 'newTag: "v1.2.0"' in text
    assert "newName: ghcr.io/acme/activity" in text
    assert "# the service" in text and "# set by the workflow" in text


def test_name_tag_and_digest_are_set_together() -> None:
    changed = set_images(
        {"kustomization.yaml": WITH_ENTRY}, {"activity": f"r.example:5000/x/y:1.0@{DIGEST}"}
    )
    text = changed["kustomization.yaml"].decode()
    assert "newName: r.example:5000/x/y" in text
    assert 'newTag: "1.0"' in text and f'digest: "{DIGEST}"' in text


def test_an_old_tag_does_not_outlive_a_digest() -> None:
    text = set_images({"kustomization.yaml": WITH_ENTRY}, {"activity": f"@{DIGEST}"})
    assert b"newTag" not in text["kustomization.yaml"]


def test_every_entry_of_that_name_is_set_and_other_files_are_untouched() -> None:
    files = {
        "a/kustomization.yaml": WITH_ENTRY,
        "b/kustomization.yml": WITH_ENTRY,
        "c/kustomization.yaml": b"resources: []\n",
        "notes.yaml": b"images: [{name: activity}]\n",
    }
    assert sorted(set_images(files, {"activity": ":v2"})) == [
        "a/kustomization.yaml", "b/kustomization.yml",
    ]  # fmt: skip


def test_an_image_without_entry_gets_one_in_the_nearest_kustomization() -> None:
    files = {
        "kustomization.yaml": b"resources: [ui]\n",
        "ui/kustomization.yaml": b"resources:\n- parts/d.yaml\n",
        "ui/parts/d.yaml": b"spec:\n  containers:\n  - image: ghcr.io/acme/ui:latest\n",
    }
    changed = set_images(files, {"ghcr.io/acme/ui": ":v3"})
    assert list(changed) == ["ui/kustomization.yaml"]
    assert b'images:\n- name: ghcr.io/acme/ui\n  newTag: "v3"\n' in changed["ui/kustomization.yaml"]


@pytest.mark.parametrize("name", ["other", "ctivity", "ghcr.io/acme/activity"])
def test_a_name_that_is_nowhere_is_an_error_that_names_it(name: str) -> None:
    files = {"kustomization.yaml": WITH_ENTRY, "d.yaml": b"image: activity:1\n"}
    with pytest.raises(UsageError, match=name):
        set_images(files, {name: ":v1"})


@pytest.mark.parametrize("ref", ["", ":", "a:b c", "x@sha256:12", ":" + "v" * 200, "a b:v1"])
def test_a_malformed_reference_is_refused(ref: str) -> None:
    with pytest.raises(UsageError):
        set_images({"kustomization.yaml": WITH_ENTRY}, {"activity": ref})


def test_a_kustomization_that_does_not_parse_is_named() -> None:
    with pytest.raises(BuildError, match=r"x/kustomization\.yaml"):
        set_images({"x/kustomization.yaml": b"images: [\n"}, {"activity": ":v1"})


def test_packing_sets_the_image_in_the_archive_only(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_bytes(WITH_ENTRY)
    packed = pack(tmp_path, images={"activity": ":v9"})
    assert b'newTag: "v9"' in unpack_files(packed.data)["kustomization.yaml"]
    assert (tmp_path / "kustomization.yaml").read_bytes() == WITH_ENTRY
    assert packed.digest != pack(tmp_path).digest
