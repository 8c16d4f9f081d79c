"""Somebody means harm, or a machine wrote nonsense: an error in bounded time, never a crash."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize import build, load_manifests
from fluxtui.kustomize.files import LARGEST_FILE, FolderFiles, MemoryFiles

BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n".encode()
    for i in range(8)
)
OBJECT = b"apiVersion: v1\nkind: A\nmetadata: {name: a}\n"
TEXTS: list[Any] = [
    pytest.param(BOMB, "alias bomb", 1, id="alias bomb"),
    pytest.param(b"a: &a [*a]\n", "nested", 1, id="an anchor in itself"),
    pytest.param(b"a: " + b"[" * 100_000, "nested", 1, id="open brackets"),
    pytest.param(b"- " * 100_000 + b"a", "nested", 1, id="dashes"),
    pytest.param(b"a: " + b"{b: " * 3000 + b"1" + b"}" * 3000, "nested", 1, id="deep mappings"),
    pytest.param(b"x" * (LARGEST_FILE + 1), "larger than", 1, id="a large file"),
    pytest.param(b"a: b\nc: \xff\n", "UTF-8", 2, id="invalid UTF-8"),
    pytest.param(b"a:\n  b: c\n\td: e\n", "not valid YAML", 3, id="a tab"),
    pytest.param(b"a: 1\nb: 2\na: 3\n", "defined twice", 3, id="doubled keys"),
    pytest.param(b"kind: A\n---\na: {b: 1,\n  b: 2}\n", "defined twice", 4, id="in a 2nd document"),
    pytest.param(b"a: b\n--- nonsense\nc: d\n", "separator", 2, id="a bad separator"),
    pytest.param(b"? [a]\n: b\n", "must be a scalar", 1, id="a list as key"),
    pytest.param(b"a: {1: b}\n", "not a string", 1, id="a number as key"),
    pytest.param(b"a: !!int x\n", "cannot decode", 1, id="a tag"),
    pytest.param(OBJECT + b"data: .inf\n", "JSON", 4, id="infinity"),
    pytest.param(b"a: *b\n", "not valid YAML", 1, id="an unknown alias"),
    pytest.param(b"a: {<<: [1]}\n", "<<", 1, id="a bad merge"),
    pytest.param(b"a: \x00\n", "not valid YAML", 1, id="a control character"),
]


@pytest.mark.parametrize(("data", "what", "line"), TEXTS)
def test_a_hostile_file_is_refused_by_file_and_line(data: bytes, what: str, line: int) -> None:
    began = monotonic()
    with pytest.raises(BuildError) as caught:
        build(MemoryFiles({"kustomization.yaml": b"resources: [bad.yaml]", "bad.yaml": data}))
    assert caught.value.file == "bad.yaml"
    assert what in str(caught.value)
    assert not line or caught.value.line == line
    assert monotonic() - began < 30


def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources:\n- huge.yaml\n")
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(BuildError, match="larger than 20 MiB") as caught:
        build(FolderFiles(tmp_path))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found = caught.value
    assert (found.file, found.line, found.field) == ("huge.yaml", 1, "resources[0]")
    assert peak < 5 * 1024 * 1024


ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
TWICE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: z}\ndata: {x: w}\n"


@pytest.mark.parametrize("field", ["patches: [{path: p.yaml}]", "patchesStrategicMerge: [p.yaml]"])
def test_doubled_keys_in_a_patch_are_refused(field: str) -> None:
    files = {"kustomization.yaml": f"resources: [a.yaml]\n{field}\n", "a.yaml": ONE}
    with pytest.raises(BuildError, match="defined twice") as caught:
        build(MemoryFiles({k: v.encode() for k, v in {**files, "p.yaml": TWICE}.items()}))
    assert (caught.value.file, caught.value.line) == ("p.yaml", 5)


def test_of_doubled_keys_in_a_kustomization_the_last_counts_and_a_finding_says_so() -> None:
    text = "namePrefix: a-\nresources: [a.yaml]\nnamePrefix: b-\n"
    files = MemoryFiles({"x/kustomization.yaml": text.encode(), "x/a.yaml": ONE.encode()})
    built = build(files, "x")
    assert built.objects[0]["metadata"]["name"] == "b-a"
    assert built.findings == (
        "x/kustomization.yaml:3: namePrefix is defined twice; the last one counts",
    )


def test_links_are_followed_inside_and_refused_outside(tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("kind: A\nmetadata: {name: a}\n")
    (root / "real.yaml").write_text("kind: A\nmetadata: {name: a}\n")
    (root / "kustomization.yaml").write_text("resources: [link.yaml]\n")
    (root / "link.yaml").symlink_to("real.yaml")
    assert len(build(FolderFiles(root)).objects) == 1
    (root / "link.yaml").unlink()
    (root / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(BuildError, match="out of the bundle"):
        build(FolderFiles(root))


def test_a_link_to_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [loop]\n")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(BuildError):
        build(FolderFiles(tmp_path))


@pytest.mark.parametrize("path", ["..", "../x", "/etc", "a/../../x"])
def test_no_path_leads_above_the_root(path: str, tmp_path: Path) -> None:
    for files in (MemoryFiles({"a": b""}), FolderFiles(tmp_path)):
        with pytest.raises(BuildError):
            files.read(path)
        with pytest.raises(BuildError):
            files.is_file(path)


VALUES = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "", "x", "$patch", "[", "../..", "a=b", "web"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "kind", "path", "patch", "target", "pairs", "source", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
FIELDS = [
    "resources",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "images",
    "replicas",
    "labels",
    "commonLabels",
    "commonAnnotations",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "vars",
    "replacements",
    "transformers",
    "generators",
    "validators",
    "configurations",
    "crds",
    "openapi",
    "sortOptions",
    "buildMetadata",
    "namespace",
    "namePrefix",
    "nameSuffix",
    "metadata",
]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4),
    st.dictionaries(st.sampled_from(["metadata", "spec", "data", "subjects"]), VALUES, max_size=3),
)
def test_nonsense_in_any_field_is_an_error_and_no_crash(
    fields: dict[str, Any], body: dict[str, Any]
) -> None:
    import json

    obj = {"apiVersion": "apps/v1", "kind": "Deployment", **body}
    obj["metadata"] = {"labels": body.get("metadata"), "name": "web"}
    files = {
        "kustomization.yaml": json.dumps({"resources": ["x"], **fields}).encode(),
        "x": json.dumps(obj).encode(),
    }
    try:
        build(MemoryFiles(files))
    except BuildError as problem:
        assert str(problem)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_objects_or_an_error(data: bytes) -> None:
    try:
        load_manifests(data, file="any")
    except BuildError as problem:
        assert problem.file == "any"
