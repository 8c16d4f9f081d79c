"""A person renders a folder offline: outside of git, as it is generated, or as Flux would."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxtui.cli.main import FINE, NOT, USAGE, main

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: %s}
data:
  colour: '%s'
  n: ${SIZE:-1}
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: vault}
stringData:
  password: ENC[AES256_GCM,data:3kQ=,iv:AAAA,tag:BBBB,type:str]
sops:
  mac: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]
"""
Capture = pytest.CaptureFixture[str]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def flux(name: str = "shop", **spec: Any) -> str:
    """A Flux Kustomization's manifest."""
    return yaml.safe_dump(
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": "flux-system"},
            "spec": {"interval": "10m", "prune": True, **spec},
        }
    )


def objects(capture: Capture) -> list[Any]:
    return list(yaml.safe_load_all(capture.readouterr().out))


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """An overlay whose base lies beside it, in no git work tree."""
    return write(
        tmp_path,
        {
            "a/over/kustomization.yaml": "resources: [../../base]\nnamePrefix: desk-\n",
            "base/kustomization.yaml": "resources: [cm.yaml]\n",
            "base/cm.yaml": CONFIG % ("lamp", "red"),
        },
    )


def test_a_base_may_lie_beside_the_folder_outside_of_git(beside: Path, capsys: Capture) -> None:
    assert main(["build", str(beside / "a/over")]) == FINE
    (lamp,) = objects(capsys)
    assert lamp["metadata"]["name"] == "desk-lamp"


def test_root_bounds_what_a_build_may_use(beside: Path, capsys: Capture) -> None:
    assert main(["build", str(beside / "a/over"), "--root", str(beside)]) == FINE
    capsys.readouterr()
    assert main(["build", str(beside / "a/over"), "--root", str(beside / "a")]) == NOT
    err = capsys.readouterr().err
    assert "over/kustomization.yaml:1" in err and "leads out" in err and "--root" in err
    assert main(["build", str(beside / "a/over"), "--root", str(beside / "base")]) == USAGE
    assert main(["build", str(beside / "a/over"), "--root", str(beside / "gone")]) == USAGE


def test_a_base_may_lie_outside_of_the_git_work_tree(beside: Path, capsys: Capture) -> None:
    (beside / "a/.git").mkdir()
    assert main(["build", str(beside / "a/over")]) == FINE
    assert objects(capsys)[0]["metadata"]["name"] == "desk-lamp"


def test_a_link_may_lead_out_of_the_folder(beside: Path, capsys: Capture) -> None:
    (beside / "linked").mkdir()
    (beside / "linked/kustomization.yaml").write_text("resources: [cm.yaml]\n")
    (beside / "linked/cm.yaml").symlink_to(beside / "base/cm.yaml")
    assert main(["build", str(beside / "linked")]) == FINE
    assert objects(capsys)[0]["metadata"]["name"] == "lamp"


def test_a_missing_base_is_an_error_and_not_searched_for_ever(
    tmp_path: Path, capsys: Capture
) -> None:
    write(tmp_path, {"o/kustomization.yaml": f"resources: [{'../' * 40}nowhere]\n"})
    assert main(["build", str(tmp_path / "o")]) == NOT
    assert "nowhere" in capsys.readouterr().err


def test_a_folder_without_kustomization_is_built_as_flux_generates_one(
    tmp_path: Path, capsys: Capture
) -> None:
    write(
        tmp_path,
        {
            "b.yaml": CONFIG % ("b", "red"),
            "sub/a.yml": CONFIG % ("a", "blue"),
            "own/kustomization.yaml": "resources: [c.yaml]\nnamePrefix: own-\n",
            "own/c.yaml": CONFIG % ("c", "green"),
            "notes.txt": "no manifest",
            ".github/workflows/w.yaml": "on: push\n",
            ".sops.yaml": "creation_rules: []\n",
        },
    )
    assert main(["build", str(tmp_path)]) == FINE
    out, err = capsys.readouterr()
    names = [obj["metadata"]["name"] for obj in yaml.safe_load_all(out)]
    assert names == ["b", "own-c", "a"]
    assert err == f"fluxtui: {tmp_path} has no kustomization.yaml: built as Flux generates one\n"


def test_a_file_that_is_no_manifest_is_named(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, {"values.yaml": "replicas: 1\n"})
    assert main(["build", str(tmp_path)]) == NOT
    assert "values.yaml:1" in capsys.readouterr().err


def test_an_empty_folder_says_that_nothing_would_be_applied(
    tmp_path: Path, capsys: Capture
) -> None:
    assert main(["build", str(tmp_path)]) == FINE
    out, err = capsys.readouterr()
    assert out == "" and "holds no manifests" in err


FULL: dict[str, Any] = {
    "targetNamespace": "shop",
    "namePrefix": "p-",
    "nameSuffix": "-s",
    "commonMetadata": {"labels": {"team": "a"}, "annotations": {"who": "b"}},
    "images": [{"name": "web", "newTag": "2"}],
    "components": ["../comp"],
    "patches": [
        {
            "patch": "- {op: add, path: /data/patched, value: 'yes'}",
            "target": {"kind": "ConfigMap"},
        }
    ],
    "postBuild": {"substitute": {"SIZE": "7", "EMPTY": None}},
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
        "spec: {containers: [{name: a, image: web:1}]}\n"
    )
    return write(
        tmp_path,
        {
            "app/kustomization.yaml": "resources: [cm.yaml, pod.yaml]\n",
            "app/cm.yaml": CONFIG % ("lamp", "${EMPTY:-red}"),
            "app/pod.yaml": pod,
            "comp/kustomization.yaml": "kind: Component\ncommonAnnotations: {by: comp}\n",
            "ks.yaml": flux(path="./app", **FULL),
        },
    )


@pytest.mark.parametrize("target", [".", "app"])
def test_everything_that_the_manifest_says_is_done(
    shop: Path, target: str, capsys: Capture
) -> None:
    """PATH is what holds `spec.path`, or that folder itself."""
    assert main(["build", str(shop / target), "--kustomization", str(shop / "ks.yaml")]) == FINE
    lamp, web = objects(capsys)
    assert lamp["metadata"] == {
        "name": "p-lamp-s",
        "namespace": "shop",
        "annotations": {"by": "comp", "who": "b"},
        "labels": {
            "team": "a",
            "kustomize.toolkit.fluxcd.io/name": "shop",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        },
    }
    assert lamp["data"] == {"colour": "red", "n": 7, "patched": "yes"}
    assert web["spec"]["containers"][0]["image"] == "web:2"


def test_a_path_that_is_not_there_is_said_and_path_itself_is_built(
    shop: Path, capsys: Capture
) -> None:
    (shop / "ks.yaml").write_text(flux(path="./clusters/prod"))
    assert main(["build", str(shop / "app"), "--kustomization", str(shop / "ks.yaml")]) == FINE
    out, err = capsys.readouterr()
    assert len(list(yaml.safe_load_all(out))) == 2
    assert "spec.path ./clusters/prod is not in" in err


FROM = {
    "substituteFrom": [
        {"kind": "ConfigMap", "name": "settings"},
        {"kind": "Secret", "name": "tokens"},
        {"kind": "ConfigMap", "name": "maybe", "optional": True},
    ]
}
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {EMPTY: blue}\n"
TOKENS = (
    "apiVersion: v1\nkind: Secret\nmetadata: {name: tokens, namespace: flux-system}\n"
    f"data: {{SIZE: {base64.b64encode(b'9').decode()}}}\n"
)


def test_variables_come_from_the_manifests_file_and_from_further_files(
    shop: Path, capsys: Capture
) -> None:
    ks = flux(path="./app", postBuild=FROM)
    write(shop, {"ks.yaml": f"{ks}---\n{SETTINGS}", "vars/tokens.yaml": TOKENS})
    words = ["build", str(shop), "--kustomization", str(shop / "ks.yaml")]
    assert main([*words, "--variables", str(shop / "vars")]) == FINE
    assert objects(capsys)[0]["data"] == {"colour": "blue", "n": 9}


def test_sources_of_variables_that_are_missing_are_named(shop: Path, capsys: Capture) -> None:
    write(shop, {"ks.yaml": f"{flux(path='./app', postBuild=FROM)}---\n{SETTINGS}"})
    assert main(["build", str(shop), "--kustomization", str(shop / "ks.yaml")]) == NOT
    out, err = capsys.readouterr()
    assert next(yaml.safe_load_all(out))["data"] == {"colour": "blue", "n": "${SIZE}"}
    assert "not read: Secret flux-system/tokens is in no file: add --variables FILE" in err
    assert "settings" not in err and "maybe" not in err


@pytest.mark.parametrize(
    ("manifest", "what"),
    [
        (CONFIG % ("x", "y"), "holds no Flux Kustomization"),
        (f"{flux('a')}---\n{flux('b')}", "holds 2 Kustomizations: a, b"),
        (flux(postBuild={"substitute": {"SIZE": 5}}), "must be a string, not 5"),
        ("kind: Kustomization\napiVersion: kustomize.toolkit.fluxcd.io/v1\n", "no spec"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_a_usage_error(
    shop: Path, manifest: str, what: str, capsys: Capture
) -> None:
    (shop / "ks.yaml").write_text(manifest)
    assert main(["build", str(shop), "--kustomization", str(shop / "ks.yaml")]) == USAGE
    assert what in capsys.readouterr().err


def test_one_of_several_manifests_is_named(shop: Path, capsys: Capture) -> None:
    (shop / "ks.yaml").write_text(f"{flux('a', path='app')}---\n{flux('b', path='./app')}")
    assert main(["build", str(shop), "--kustomization", f"{shop / 'ks.yaml'}#b"]) == FINE
    labels = objects(capsys)[0]["metadata"]["labels"]
    assert labels["kustomize.toolkit.fluxcd.io/name"] == "b"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "kustomization.yaml": "resources: [s.yaml]\n",
            "s.yaml": SECRET,
            "ks.yaml": flux(decryption={"provider": "sops"}),
        },
    )


def test_an_encrypted_secret_is_printed_as_it_is_with_a_remark(
    sealed: Path, capsys: Capture
) -> None:
    assert main(["build", str(sealed)]) == FINE
    out, err = capsys.readouterr()
    assert "sops" in yaml.safe_load(out)
    assert err == "fluxtui: Secret vault is encrypted, left as it is: stringData.password\n"


def test_where_flux_decrypts_the_notes_of_sops_are_gone(sealed: Path, capsys: Capture) -> None:
    assert main(["build", str(sealed), "--kustomization", str(sealed / "ks.yaml")]) == FINE
    out, err = capsys.readouterr()
    assert "sops" not in yaml.safe_load(out)
    assert "is encrypted" in err


def test_findings_and_missing_inputs_are_in_json_too(sealed: Path, capsys: Capture) -> None:
    assert main(["build", str(sealed), "-o", "json"]) == FINE
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert findings == ["Secret vault is encrypted, left as it is: stringData.password"]


def test_flags_of_folders_are_refused_for_a_kustomization_of_an_environment(
    capsys: Capture,
) -> None:
    assert main(["build", "ks/web", "-e", "x", "--root", "."]) == USAGE
    assert "are for a folder" in capsys.readouterr().err


def test_a_small_build_imports_only_what_it_needs(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": CONFIG % ("a", "b")})
    code = (
        "import sys; from fluxtui.cli.main import main; main(sys.argv[1:]);"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, "build", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    rooms = ("commands", "engine", "cluster", "artifacts", "ui", "world", "reconciler")
    assert not [m for m in loaded if m.startswith(tuple(f"fluxtui.{room}" for room in rooms))]
    heavy = {"asyncio", "textual", "kubernetes", "difflib", "decimal", "tempfile", "zipfile"}
    assert not heavy & loaded
