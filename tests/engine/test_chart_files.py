"""What a chart consists of: images as charts write them, and files of every sort."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fluxtui.engine.builds.chartfiles import changed_files, changed_images, chart_files
from tests.helm_storage import chart

ABOUT = b"name: web\nversion: 1.0.0\nappVersion: '7.1'\n"
DIGEST = "sha256:" + "a" * 64


def images(values: str = "", **files: str) -> dict[str, Any]:
    """Every image that such a chart names, with its tag."""
    paths = {name.replace("__", "/"): text.encode() for name, text in files.items()}
    after = {"Chart.yaml": ABOUT, "values.yaml": values.encode(), **paths}
    return {c.id.name: dict(c.after or {}).get("tag", "") for c in changed_images({}, after)}


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ("image: {repository: acme/web, tag: '1.2'}", {"acme/web": "1.2"}),
        ("image: {registry: r.example, repository: web, tag: 1}", {"r.example/web": "1"}),
        ("image: {repository: acme/web, tag: ''}", {"acme/web": "7.1"}),
        (f"image: {{repository: web, tag: x, digest: '{DIGEST}'}}", {"web": DIGEST}),
        ("image: r.example:5000/web:1.2", {"r.example:5000/web": "1.2"}),
        ("sidecar: {image: 'acme/side'}", {"acme/side": "latest"}),
        (f"initImage: acme/init@{DIGEST}", {"acme/init": DIGEST}),
        ("repository: git@example/no-image", {}),
        ("image: web", {}),
        ("images: [{repository: a/b, tag: 2}]", {"a/b": "2"}),
    ],
)
def test_images_in_values(values: str, named: dict[str, str]) -> None:
    assert images(values) == named


def test_images_in_annotations_templates_and_subcharts() -> None:
    notes = "annotations:\n  artifacthub.io/images: |\n    - {name: a, image: acme/a:1}\n"
    found = images(
        **{
            "charts__db__Chart.yaml": "name: db\nappVersion: '16'\n" + notes,
            "charts__db__values.yaml": "image: {repository: acme/db, tag: null}",
            "templates__pod.yaml": "spec:\n- image: acme/literal:3\n- image: {{ .Values.x }}\n",
            "README.md": "image: acme/nothing:1\n",
        },
    )
    assert found == {"acme/a": "1", "acme/db": "16", "acme/literal": "3"}


def test_a_comment_alone_is_a_change_of_lines_and_what_is_no_yaml_is_a_text() -> None:
    before = {"values.yaml": b"a: 1\n", "Chart.yaml": ABOUT}
    (change,) = changed_files(before, {**before, "values.yaml": b"# why\na: 1\n"})
    assert [(f.path, f.before, f.after) for f in change.fields] == [("lines", 1, 2)]
    (change,) = changed_files(before, {**before, "values.yaml": b"a: [\n"})
    assert [f.path for f in change.fields] == ["lines"] and change.after == {"text": "a: [\n"}


def test_what_is_no_text_or_too_long_is_its_digest() -> None:
    files = {"a.png": b"\xff\x00", "long.txt": b"x" * (600 << 10)}
    assert [sorted(dict(c.after or {})) for c in changed_files({}, files)] == [
        ["bytes", "sha256"]
    ] * 2


def test_a_hostile_template_takes_no_time() -> None:
    begun = time.process_time()
    images(**{"templates__x.yaml": "\n" * 200_000 + "image: " + "a:" * 100_000})
    assert time.process_time() - begun < 5


def test_files_are_named_from_the_charts_own_folder() -> None:
    assert set(chart_files(chart("1.0.0", {"templates/a.yaml": "x"}))) == {
        "Chart.yaml",
        "templates/a.yaml",
    }
