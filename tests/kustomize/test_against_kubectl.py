"""The same generated trees, built by us and by `kubectl kustomize`: the same objects come out.

FLUXTUI_TREES sets how many trees are tried (the acceptance asks for 200).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import build, load_manifests
from fluxtui.kustomize.files import FolderFiles
from tests.kustomize.trees import ALWAYS

KUBECTL = shutil.which("kubectl")
TREES = int(os.environ.get("FLUXTUI_TREES", "12"))
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed here")

PAIRS = st.dictionaries(
    st.sampled_from(["app", "team", "a.io/b"]), st.sampled_from(["x", "5", "web"]), min_size=1,
    max_size=2,
)  # fmt: skip
RESOURCES = st.lists(st.sampled_from(sorted(ALWAYS)), min_size=2, max_size=6, unique=True)
CONTAINER = st.fixed_dictionaries(
    {"name": st.sampled_from(["web", "side"])},
    optional={
        "image": st.sampled_from(["ghcr.io/acme/web:3", "busybox"]),
        "env": st.lists(
            st.fixed_dictionaries(
                {"name": st.sampled_from(["A", "COLOUR", "NEW"])},
                optional={"value": st.sampled_from(["1", 2, True, None, "x"])},
            ),
            max_size=2,
            unique_by=lambda e: e["name"],
        ),
        "ports": st.lists(
            st.fixed_dictionaries(
                {"containerPort": st.sampled_from([80, 81])},
                optional={"protocol": st.sampled_from(["TCP", "UDP"])},
            ),
            max_size=2,
            unique_by=lambda p: (p["containerPort"], p.get("protocol")),
        ),
        "$patch": st.sampled_from(["delete", "replace"]),
    },
)
POD_SPEC = st.fixed_dictionaries(
    {},
    optional={
        "containers": st.lists(CONTAINER, max_size=2, unique_by=lambda c: c["name"]),
        "serviceAccountName": st.sampled_from(["runner", None, "other"]),
        "volumes": st.sampled_from([None, [{"name": "conf", "emptyDir": {}, "configMap": None}]]),
        "nodeSelector": st.dictionaries(st.sampled_from("ab"), st.sampled_from(["1", None])),
    },
)
MERGE = POD_SPEC.map(
    lambda spec: json.dumps(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"template": {"spec": spec}},
        }
    )
)
OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["add", "replace"]),
            "path": st.sampled_from(["/metadata/labels", "/spec/x", "/data/size"]),
            "value": st.sampled_from([{"a": "b"}, 1, "2", 1.5]),
        }
    ),
    min_size=1,
    max_size=2,
).map(json.dumps)
TARGET = st.sampled_from(
    [{"kind": "Deployment"}, {"name": "web"}, {"kind": "ConfigMap|Service"}, {"name": "s.*"}]
)
PATCHES = st.lists(
    st.one_of(
        st.fixed_dictionaries({"patch": MERGE}),
        st.fixed_dictionaries({"patch": MERGE, "target": st.just({"kind": "Deployment"})}),
        st.fixed_dictionaries({"patch": OPERATIONS, "target": TARGET}),
    ),
    max_size=2,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "namespace": st.sampled_from(["prod", "default"]),
    "namePrefix": st.sampled_from(["p-", "x1-"]),
    "nameSuffix": st.just("-s"),
    "commonLabels": PAIRS,
    "commonAnnotations": PAIRS,
    "labels": st.lists(
        st.fixed_dictionaries(
            {"pairs": PAIRS},
            optional={"includeSelectors": st.booleans(), "includeTemplates": st.booleans()},
        ),
        max_size=2,
    ),
    "images": st.just([{"name": "ghcr.io/acme/web", "newTag": "2"}]),
    "replicas": st.just([{"name": "web", "count": 3}]),
    "configMapGenerator": st.lists(
        st.fixed_dictionaries(
            {"name": st.sampled_from(["settings", "made"]), "literals": st.just(["colour=red"])},
            optional={"behavior": st.sampled_from(["merge", "replace", "create"])},
        ),
        max_size=2,
    ),
    "secretGenerator": st.just([{"name": "s", "literals": ["a=b"]}]),
    "patches": PATCHES,
    "replacements": st.just(
        [
            {
                "source": {"kind": "Deployment", "fieldPath": "metadata.name"},
                "targets": [{"select": {"kind": "Service"}, "fieldPaths": ["spec.selector.app"]}],
            }
        ]
    ),
}
OVERLAY = st.fixed_dictionaries({}, optional=FIELDS)


def write(root: Path, resources: list[str], layers: list[dict[str, Any]]) -> Path:
    """A chain of overlays in folders 0, 1, ...; the last one is returned."""
    for name, text in ALWAYS.items():
        (root / name).write_text(text)
    for index, layer in enumerate(layers):
        folder = root / str(index)
        folder.mkdir()
        below = [f"../{r}" for r in resources] if index == 0 else [f"../{index - 1}"]
        (folder / "kustomization.yaml").write_text(json.dumps({"resources": below, **layer}))
    return root / str(len(layers) - 1)


def by_identity(objects: Any) -> list[str]:
    return sorted(json.dumps(obj, sort_keys=True) for obj in objects)


@settings(
    max_examples=TREES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(RESOURCES, st.lists(OVERLAY, min_size=1, max_size=3))
def test_both_build_the_same_objects(resources: list[str], layers: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as name:
        folder = write(Path(name), resources, layers)
        command = [str(KUBECTL), "kustomize", "--load-restrictor", "LoadRestrictionsNone"]
        theirs = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=60)
        try:
            ours = build(FolderFiles(Path(name)), folder.name)
        except BuildError as problem:
            assert theirs.returncode != 0, f"we refuse what kubectl builds: {problem}"
            return
        assert theirs.returncode == 0, f"we build what kubectl refuses: {theirs.stderr}"
        assert by_identity(ours.objects) == by_identity(load_manifests(theirs.stdout))
