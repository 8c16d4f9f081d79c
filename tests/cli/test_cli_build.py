"""A person renders a folder: objects on one stream, findings on the other, explained if asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from fluxtui.cli.main import FINE, NOT, USAGE, main

KUSTOMIZATION = """\
resources: [web.yaml]
namePrefix: p-
patches:
- target: {kind: ConfigMap}
  patch: '[{"op": "add", "path": "/data/added", "value": "yes"}]'
- target: {kind: Deployment}
  patch: '[{"op": "remove", "path": "/spec"}]'
"""
WEB = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  kept: "1"
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: hunter2}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kustomization.yaml").write_text(KUSTOMIZATION)
    (tmp_path / "web.yaml").write_text(WEB)
    return tmp_path


def test_a_folder_is_printed_as_kustomize_prints_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(folder)]) == FINE
    out, err = capsys.readouterr()
    config, secret = yaml.safe_load_all(out)
    assert config["metadata"]["name"] == "p-web"
    assert config["data"] == {"kept": "1", "added": "yes"}
    assert secret["stringData"] == {"password": "hunter2"}
    assert err == "fluxtui: patch 2 of kustomization.yaml matches no object\n"


def test_explained_every_value_says_who_set_it_and_no_secret_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(folder), "--explain"]) == FINE
    out = capsys.readouterr().out
    remarks = {
        line.partition("  # ")[0].strip(): line.partition("  # ")[2] for line in out.splitlines()
    }
    assert remarks['kept: "1"'] == "web.yaml:6"
    assert remarks['added: "yes"'] == "patch 1 of kustomization.yaml line 4"
    assert remarks["name: p-web"] == "transformer namePrefix (kustomization.yaml:2)"
    assert remarks["password: secret /p-login#password"].endswith("secret")
    assert "hunter2" not in out
    assert len(list(yaml.safe_load_all(out))) == 2


def test_a_program_gets_objects_origins_and_findings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(folder), "--explain", "-o", "json"]) == FINE
    data = json.loads(capsys.readouterr().out)
    assert data["findings"] == ["patch 2 of kustomization.yaml matches no object"]
    first = data["items"][0]
    assert first["object"]["metadata"]["name"] == "p-web"
    by_path = {origin["path"]: origin for origin in first["origins"]}
    assert by_path["data.added"] == {
        "path": "data.added",
        "by": "patch 1 of kustomization.yaml",
        "file": "kustomization.yaml",
        "line": 4,
        "secret": False,
    }
    assert main(["build", str(folder), "-o", "yaml"]) == FINE
    plain = yaml.safe_load(capsys.readouterr().out)
    assert [item["object"]["kind"] for item in plain["items"]] == ["ConfigMap", "Secret"]


def test_a_mistake_is_told_by_file_and_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "kustomization.yaml").write_text("resources:\n- nope.yaml\n")
    assert main(["build", str(folder)]) == NOT
    assert "kustomization.yaml:2 resources[0]: nope.yaml" in capsys.readouterr().err
    assert main(["build", str(folder / "nowhere")]) == USAGE


def test_a_folder_in_a_work_tree_may_use_bases_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".git").mkdir()
    (folder / "overlay").mkdir()
    (folder / "overlay" / "kustomization.yaml").write_text("nameSuffix: -s\nresources: [../base]\n")
    (folder / "base").mkdir()
    (folder / "base" / "kustomization.yaml").write_text("resources: [../web.yaml]\n")
    assert main(["build", str(folder / "overlay"), "--explain"]) == FINE
    out = capsys.readouterr().out
    assert "transformer nameSuffix (overlay/kustomization.yaml:1)" in out


def test_a_clusters_own_types_tell_what_a_custom_resource_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From its OpenAPI: merge keys of lists, and that the kind lives outside namespaces."""
    dial = {"group": "example.com", "version": "v1", "kind": "Dial"}
    part = {"type": "object", "properties": {"name": {"type": "string"}}}
    parts = {
        "type": "array",
        "items": part,
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "name",
    }
    body = {"properties": {"parts": parts}, "x-kubernetes-group-version-kind": [dial]}
    get = {"get": {"x-kubernetes-group-version-kind": dial}}
    paths = {"/apis/example.com/v1/dials/{name}": get}
    types = tmp_path / "types.json"
    types.write_text(json.dumps({"definitions": {"Dial": body}, "paths": paths}))
    head = "apiVersion: example.com/v1\nkind: Dial\nmetadata: {name: d}\n"
    (tmp_path / "dial.yaml").write_text(head + "parts: [{name: a, x: 1}, {name: b}]\n")
    (tmp_path / "patch.yaml").write_text(head + "parts: [{name: a, x: 2}]\n")
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [dial.yaml]\nnamespace: prod\npatches: [{path: patch.yaml}]\n"
    )
    assert main(["build", str(tmp_path), "--openapi", str(types)]) == FINE
    known = yaml.safe_load(capsys.readouterr().out)
    assert known["parts"] == [{"name": "a", "x": 2}, {"name": "b"}]
    assert "namespace" not in known["metadata"]
    assert main(["build", str(tmp_path)]) == FINE
    unknown = yaml.safe_load(capsys.readouterr().out)
    assert unknown["parts"] == [{"name": "a", "x": 2}]
    assert unknown["metadata"]["namespace"] == "prod"
    types.write_text("[")
    assert main(["build", str(tmp_path), "--openapi", str(types)]) == USAGE
    assert "types.json: no JSON" in capsys.readouterr().err


def test_a_mistake_is_named_by_a_path_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files are looked at from as far up as the root of the file system."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "kustomization.yaml").write_text("resources: [../base, nope.yaml]\n")
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "kustomization.yaml").write_text("resources: [gone.yaml]\n")
    for here, shown in (
        (tmp_path, "base/kustomization.yaml"),
        (tmp_path / "web", f"{tmp_path}/base/kustomization.yaml"),
        (tmp_path / "base", "kustomization.yaml"),
    ):
        monkeypatch.chdir(here)
        assert main(["build", str(tmp_path / "web")]) == 1
        assert f"fluxtui: {shown}:1 " in capsys.readouterr().err
