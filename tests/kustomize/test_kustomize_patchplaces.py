"""Who wants to edit what a patch sets is led to the patch, not to the entry that names it."""

from __future__ import annotations

import pytest

from fluxtui.kustomize import MemoryFiles, patch_place

MERGE = "# web\nkind: Web\nspec:\n  ref:\n    semver: '1'\n---\nkind: Api\nspec: {size: 2}\n"
OPS = "- op: replace\n  path: /spec/ref/semver\n  value: '2'\n- {op: remove, path: /spec/size}\n"
INLINE = (
    "patches:\n- path: one.yaml\n- target: {kind: Web}\n  patch: |\n    # why\n"
    "    kind: Web\n    spec:\n      ref: {semver: '1'}\n- patch: |-\n    - op: add\n"
    "      path: /spec/ref/semver\n      value: '3'\n"
)
FILES = {
    "eu/kustomization.yaml": "patches:\n- path: ../patches/web.yaml\n- path: ops.yaml\n",
    "patches/web.yaml": MERGE,
    "eu/ops.yaml": OPS,
    "in/kustomization.yaml": INLINE,
    "old/kustomization.yaml": "patchesStrategicMerge: [a.yaml]\npatches: [{path: a.yaml}]\n",
    "old/a.yaml": MERGE,
    "bad/kustomization.yaml": "patches: [\n",
    "odd/kustomization.yaml": "patches: [{path: away.yaml}, {patch: 'kind: Web'}, 7]\n",
}


@pytest.mark.parametrize(
    ("by", "field", "place"),
    [
        ("patch 1 of eu/kustomization.yaml", "spec.ref.semver", ("patches/web.yaml", 5)),
        ("patch 1 of eu/kustomization.yaml", "spec.size", ("patches/web.yaml", 8)),
        ("patch 2 of eu/kustomization.yaml", "spec.ref.semver", ("eu/ops.yaml", 3)),
        ("patch 2 of eu/kustomization.yaml", "spec.size", ("eu/ops.yaml", 4)),
        ("patch 2 of in/kustomization.yaml", "spec.ref.semver", ("in/kustomization.yaml", 8)),
        ("patch 3 of in/kustomization.yaml", "spec.ref.semver", ("in/kustomization.yaml", 12)),
    ],
)
def test_the_line_of_the_patch(by: str, field: str, place: tuple[str, int]) -> None:
    assert patch_place(MemoryFiles(_bytes(FILES)), by, field) == place
    file, line = place
    assert any(
        word in FILES[file].splitlines()[line - 1] for word in ("semver", "size", "value")
    ), "that line is about it"


@pytest.mark.parametrize(
    ("by", "field"),
    [
        ("patch 1 of eu/kustomization.yaml", "spec.none"),
        ("patch 9 of eu/kustomization.yaml", "spec.size"),
        ("patch 0 of eu/kustomization.yaml", "spec.size"),
        ("patch 1 of Kustomization infra/eu", "spec.size"),
        ("patch 1 of gone/kustomization.yaml", "spec.size"),
        ("patch 1 of old/kustomization.yaml", "spec.ref.semver"),
        ("patch 1 of bad/kustomization.yaml", "spec.size"),
        ("patch 1 of odd/kustomization.yaml", "spec.size"),
        ("patch 2 of odd/kustomization.yaml", "kind"),
        ("patch 3 of odd/kustomization.yaml", "kind"),
        ("transformer images", "spec.size"),
        ("", "spec.size"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(by: str, field: str) -> None:
    assert patch_place(MemoryFiles(_bytes(FILES)), by, field) == ("", 0)


def _bytes(files: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}
