"""Whatever encoding stdout has: no traceback, and what programs read stays what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORDS = "Grüße → 日本 \U0001f600"
ENCODINGS = ["ascii", "latin-1", "cp1252", "utf-8"]


def run(tmp_path: Path, encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    environ = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "KUBECONFIG": str(tmp_path / "kubeconfig"),
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONIOENCODING": encoding,
    }
    done = subprocess.run(
        [sys.executable, "-m", "fluxtui", *words],
        cwd=ROOT, env=environ, capture_output=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "app"
    made.mkdir()
    (made / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    text = yaml.safe_dump({**data, "data": {"words": WORDS}}, allow_unicode=True)
    (made / "a.yaml").write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", ["table", "json", "yaml"])
def test_what_a_build_prints_is_the_same_in_every_encoding(
    tmp_path: Path, folder: Path, encoding: str, form: str
) -> None:
    """Manifests, JSON and YAML are UTF-8, or ASCII, by definition."""
    done = run(tmp_path, encoding, "build", str(folder), "-o", form)
    assert done.returncode == 0
    text = done.stdout.decode("utf-8")
    if form == "table":
        assert yaml.safe_load(text)["data"]["words"] == WORDS
    else:
        data = json.loads(text) if form == "json" else yaml.safe_load(text)
        assert WORDS in str(data)
        assert encoding == "utf-8" or text.isascii()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_tables_and_errors_are_spelled_in_what_there_is(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "kubeconfig").write_text("contexts: []")
    config = tmp_path / "fluxtui.yaml"
    config.write_text(
        json.dumps({"environments": {"büro→日本": {"context": "büro", "stage": "…"}}})
    )
    done = run(tmp_path, encoding, "--config", str(config), "config", "check")
    shown = done.stdout.decode(encoding)
    assert ("büro" if encoding != "ascii" else "b\\u00fcro") in shown
    assert ("→" if encoding == "utf-8" else "->") in shown
    done = run(tmp_path, encoding, "versions", "--context", "büro", "-o", "json")
    assert done.returncode == 2
    assert "büro" in json.dumps(json.loads(done.stdout), ensure_ascii=False)
    assert b"ro" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_name_that_is_no_text_is_no_traceback(tmp_path: Path, encoding: str) -> None:
    """A byte of an argument that no encoding knows comes as half a surrogate pair."""
    (tmp_path / "kubeconfig").write_text("contexts: []")
    name = b"x\xff".decode("utf-8", "surrogateescape")
    for form in ("table", "json"):
        done = run(tmp_path, encoding, "versions", "--context", name, "-o", form)
        assert done.returncode == 2
        if form == "json":
            json.loads(done.stdout)
    assert run(tmp_path, encoding, name).returncode == 2
