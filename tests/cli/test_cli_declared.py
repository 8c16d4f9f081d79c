"""An act that a parent takes back says by verb in which file and line it is done for good."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from cli_delivery import Shell
from cli_objects import SOURCE, ks, put
from documents import checked
from test_cli_git_remote import source

from fluxtui.cluster.client import connect

URL = "https://git.example.com/acme/platform"
COMMIT = "1" * 40
APP = {
    "apiVersion": SOURCE,
    "kind": "GitRepository",
    "metadata": {"name": "app", "namespace": "apps"},
    "spec": {"interval": "1m", "url": "https://git.example.com/acme/app", "ref": {"semver": "^1"}},
}
TEXT = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: app, namespace: apps}
spec:
  interval: 1m
  url: https://git.example.com/acme/app
  ref:
    semver: ^1
"""
RANGE = ("range", "gitrepo/app", "-e", "staging", "--semver", "^2", "--reason", "x", "--dry-run")


@pytest.fixture
def declared(shell: Shell, tmp_path: Path) -> Shell:
    """Staging, where `infra` has applied a Git source out of a folder of its own repository."""
    folder = tmp_path / "platform"
    folder.mkdir()
    (folder / "app.yaml").write_text(TEXT)
    shell.cluster("staging")
    infra = ks("infra", f"main@sha1:{COMMIT}", of="platform", kind="GitRepository")
    put(shell, "staging", [source(URL, COMMIT), infra])
    asyncio.run(applied(shell))
    shell.settings["git"] = {"checkouts": {"git@git.example.com:acme/platform.git": str(folder)}}
    return shell


async def applied(shell: Shell) -> None:
    """As Flux's Kustomization `infra` applies it."""
    labels = {f"kustomize.toolkit.fluxcd.io/{k}": v for k, v in
              (("name", "infra"), ("namespace", "apps"))}  # fmt: skip
    body: dict[str, Any] = {**APP, "metadata": {**APP["metadata"], "labels": labels}}  # type: ignore[dict-item]
    cluster = await connect(str(shell.folder / "staging.kubeconfig"), "staging", name="test")
    try:
        type_ = await cluster.find(SOURCE, "GitRepository")
        await cluster.apply(type_, body, field_manager="kustomize-controller")
        stored = source(URL, "2" * 40)["status"]
        more = {"field_manager": "source-controller", "subresource": "status"}
        await cluster.patch(type_, "apps", "app", {"status": stored}, **more)  # type: ignore[arg-type]
    finally:
        await cluster.close()


def test_it_is_said_in_lines_beside_who_takes_it_back(declared: Shell, tmp_path: Path) -> None:
    said = declared(*RANGE)
    assert said.code == 0, said
    assert "Kustomization/apps/infra declares spec.ref.semver and puts it back" in said.out
    place = f"app.yaml:8 in {tmp_path / 'platform'}"
    line = f"  - for good spec.ref.semver of GitRepository/apps/app is edited in {place}\n"
    assert line in said.out, said.out


def test_it_is_a_document_by_its_schema(declared: Shell, tmp_path: Path) -> None:
    said = declared(*RANGE, "-o", "json")
    assert said.code == 0, said
    (one,) = checked(said.out, "Plan")["declared"]
    assert (one["file"], one["line"], one["in"]) == ("app.yaml", 8, str(tmp_path / "platform"))
    assert (one["field"], one["object"]["name"], one["parent"]["name"]) == (
        "spec.ref.semver", "app", "infra",
    )  # fmt: skip


def test_what_is_not_in_the_checkout_was_not_found(declared: Shell, tmp_path: Path) -> None:
    (tmp_path / "platform/app.yaml").write_text("")
    said = declared(*RANGE, "-o", "json")
    assert said.code == 0, said
    plan = checked(said.out, "Plan")
    (one,) = plan["declared"]
    assert one["file"] is None and f"not found in {tmp_path / 'platform'}" in one["fileReason"]
    assert any("is declared: not found in" in text for text in plan["unseen"]), plan["unseen"]


def test_where_nothing_is_configured_nothing_is_said_of_it(declared: Shell) -> None:
    del declared.settings["git"]
    said = declared(*RANGE, "-o", "json")
    assert checked(said.out, "Plan")["declared"] == [], said
