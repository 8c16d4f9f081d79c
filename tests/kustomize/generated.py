"""Trees of kustomizations that nobody wrote: what the differential tests and the fuzz draw from.

A tree is a mapping of path to text. Every folder is right by itself as far as kustomize's types
go; whether it builds is for both builders to agree on. Only what `kubectl kustomize` 5.5.0 and the
kustomize inside Flux understand alike is drawn.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.kustomize.generated_fields import FIELDS, PLUGINS
from tests.kustomize.generated_files import EXTRA, FILES
from tests.kustomize.generated_patches import patch, written

Draw = st.DrawFn


@st.composite
def layer(draw: Draw, files: dict[str, str], folder: str, few: frozenset[str]) -> dict[str, Any]:
    """One to three of `few` fields of a kustomization; files they need are added to `files`."""
    names = draw(st.lists(st.sampled_from(sorted(few)), min_size=1, max_size=3, unique=True))
    fields = {name: draw(FIELDS[name]) for name in names if name in FIELDS}
    if "patches" in names:
        fields["patches"] = [draw(patch(files, folder)) for _ in range(draw(st.integers(1, 2)))]
    if "transformers" in names:
        fields["transformers"] = [json.dumps(draw(PLUGINS))]
    return fields


@st.composite
def trees(draw: Draw, fields: frozenset[str]) -> tuple[dict[str, str], str]:
    """(files, folder to build): one or two bases, maybe a component, overlays on top."""
    files = {**FILES, **EXTRA}
    chosen = draw(st.lists(st.sampled_from(sorted(FILES)), min_size=2, max_size=7, unique=True))
    cut = draw(st.integers(0, len(chosen))) if draw(st.booleans()) else len(chosen)
    parts = [part for part in (chosen[:cut], chosen[cut:]) if part]
    below = []
    for number, part in enumerate(parts):
        folder = f"base{number}"
        body = {"resources": [f"../{name}" for name in part], **draw(layer(files, folder, fields))}
        files[f"{folder}/kustomization.yaml"] = draw(written(body))
        below.append(f"../{folder}")
    for number in range(draw(st.integers(0 if len(below) == 1 else 1, 2))):
        folder = f"top{number}"
        body = {"resources": below, **draw(layer(files, folder, fields))}
        if draw(st.integers(0, 3)) == 0:
            part_of = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
            name = f"component{number}"
            inner = {**part_of, "namePrefix": "c-", **draw(layer(files, name, fields))}
            files[f"{name}/kustomization.yaml"] = draw(written(inner))
            body["components"] = [f"../{name}"]
        files[f"{folder}/kustomization.yaml"] = draw(written(body))
        below = [f"../{folder}"]
    return files, below[0][3:]
