"""GitRepositories by fluxtui's Reconciler and by source-controller: same inputs, same status.

One Git host serves both: source-controller works on a real control plane, the Reconciler on the
World's API. Of each case revision, path, files, what was observed and conditions are compared.
Skipped where the programs are not built; the cases alone are in tests/reconciler.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.control_plane import ControlPlane
from tests.contract.fleet.controllers import Controllers, define_kinds
from tests.contract.fleet.servers import LOGIN, TOKEN, GitRepository, Shop
from tests.contract.programs import CONTROL_PLANE, program_or_skip
from tests.contract.server import Server, wait_until
from tests.world.apiserver.client import Client

Json = dict[str, Any]
FOLDER = "/apis/source.toolkit.fluxcd.io/v1/namespaces/apps/gitrepositories"
REQUEST = "reconcile.fluxcd.io/requestedAt"
FILES = {
    "apps/.sourceignore": "*.txt\n!keep.txt\n",
    "apps/a.yaml": "a: 1\n",
    "apps/a.txt": "x",
    "apps/keep.txt": "x",
    "appsets/b.yaml": "b: 1\n",
    ".github/ci.yaml": "ci: 1\n",
    "logo.png": "x",
    ".gitignore": "x\n",
}
LOCKED = "locked/deploy.git"
OLD, NEW = "{old}", "{new}"
CASES: dict[str, Json] = {
    "branch": {"ref": {"branch": "main"}},
    "slashed": {"ref": {"branch": "feature/x"}},
    "tag": {"ref": {"tag": "v1.0.0"}},
    "annotated": {"ref": {"tag": "v1.1.0"}},
    "semver": {"ref": {"semver": ">=1.0.0"}},
    "prerelease": {"ref": {"semver": ">=2.0.0-0"}},
    "ties": {"ref": {"semver": "3.x"}},
    "name": {"ref": {"name": "refs/heads/feature/x"}},
    "tag-name": {"ref": {"name": "refs/tags/v1.1.0"}},
    "commit": {"ref": {"commit": OLD}},
    "commit-of-branch": {"ref": {"commit": OLD, "branch": "main"}},
    "commit-with-name": {"ref": {"commit": OLD, "name": "refs/heads/main"}},
    "tag-over-semver": {"ref": {"tag": "v1.0.0", "semver": ">=9"}},
    "ignored": {"ref": {"branch": "main"}, "ignore": "/*\n!/apps\n"},
    "sparse": {"ref": {"branch": "main"}, "sparseCheckout": ["./apps"]},
    "including": {
        "ref": {"branch": "main"},
        "include": [{"repository": {"name": "tag"}, "fromPath": "appsets", "toPath": "in/it"}],
    },
    "including-all": {"ref": {"branch": "main"}, "include": [{"repository": {"name": "sparse"}}]},
    "basic": {"path": LOCKED, "ref": {"branch": "main"}, "secretRef": {"name": "basic"}},
    "bearer": {"path": LOCKED, "ref": {"branch": "main"}, "secretRef": {"name": "bearer"}},
    "suspended": {"ref": {"branch": "main"}, "suspend": True},
}
FAILING: dict[str, Json] = {
    "no-branch": {"ref": {"branch": "release-9"}},
    "no-ref": {},
    "no-tag": {"ref": {"tag": "v7"}},
    "no-version": {"ref": {"semver": ">=7"}},
    "no-range": {"ref": {"semver": "new"}},
    "no-name": {"ref": {"name": "refs/pull/1/head"}},
    "no-commit": {"ref": {"commit": "0" * 40}},
    "commit-of-another": {"ref": {"commit": NEW, "branch": "feature/x"}},
    "no-password": {"path": LOCKED, "ref": {"branch": "main"}},
    "no-user": {"ref": {"branch": "main"}, "secretRef": {"name": "no-user"}},
    "no-secret": {"ref": {"branch": "main"}, "secretRef": {"name": "absent"}},
    "no-repository": {"path": "other/deploy.git", "ref": {"branch": "main"}},
    "no-folder": {"ref": {"branch": "main"}, "sparseCheckout": ["nowhere"]},
    "no-include": {"ref": {"branch": "main"}, "include": [{"repository": {"name": "absent"}}]},
    "empty-include": {"ref": {"branch": "main"}, "include": [{"repository": {"name": "no-tag"}}]},
    "include-over": {
        "ref": {"branch": "main"},
        "include": [{"repository": {"name": "tag"}, "toPath": "apps"}],
    },
}
# What a library says behind the words that are the same.
ENDS = ("improper constraint", "does not exist in repository", "include from", "not found")
SECRETS = {
    "basic": dict(zip(("username", "password"), LOGIN, strict=True)),
    "bearer": {"bearerToken": TOKEN},
    "no-user": {"password": "x"},
}


@dataclass(frozen=True, slots=True)
class Side:
    """One controller's: its API, and the packed files of an artifact."""

    api: Client
    stored: Callable[[Json], bytes]

    def until(self, name: str, good: Callable[[Json], bool]) -> Json:
        return wait_until(self.api, f"{FOLDER}/{name}", good, 120)


@dataclass(frozen=True, slots=True)
class Both:
    real: Side
    ours: Side
    git: GitRepository

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.real, self.ours


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, world: Server) -> Iterator[Both]:
    programs = {name: program_or_skip(name) for name in (*CONTROL_PLANE, "source-controller")}
    if shutil.which("git") is None:
        pytest.skip("git is not on this machine")
    folder = tmp_path_factory.mktemp("git-sources")
    git = GitRepository(folder / "git")
    names = history(git)
    plane = ControlPlane(folder / "plane", "git")
    with Shop(git) as shop, contextlib.ExitStack() as ends:
        ends.callback(plane.stop)
        server = plane.start()
        theirs = ends.enter_context(contextlib.closing(Client(server)))
        mine = ends.enter_context(contextlib.closing(Client(world)))
        define_kinds(theirs, None)
        for api in (theirs, mine):
            prepare(api, shop, names)
        only = {"source-controller": programs["source-controller"]}
        controllers = ends.enter_context(Controllers(server, folder / "controllers", only))
        storage = ends.enter_context(reconciling(world, folder / "ours"))
        yield Both(
            Side(theirs, lambda artifact: fetched(controllers.storage, artifact)),
            Side(mine, lambda artifact: kept(storage, artifact)),
            git,
        )
        controllers.alive()


def history(git: GitRepository) -> dict[str, str]:
    """The commits by the words of CASES."""
    old = git.commit(FILES, "Old")
    git.tag("v1.0.0")
    git.tag("3.0.0+b")
    new = git.commit({"apps/a.yaml": "a: 2\n"}, "New", when="2026-01-02T00:00:00Z")
    git.tag("v1.1.0", "-a", "-m", "annotated")
    git.tag("v2.0.0-rc.1")
    git.tag("3.0.0+a")
    git.tag("latest")
    git.branch("feature/x", old)
    return {OLD: old, NEW: new}


def prepare(api: Client, shop: Shop, names: dict[str, str]) -> None:
    api.post("/api/v1/namespaces", {"metadata": {"name": "apps"}}).ok()
    for name, values in SECRETS.items():
        data = {k: base64.b64encode(v.encode()).decode() for k, v in values.items()}
        body: Json = {"metadata": {"name": name}, "data": data}
        api.post("/api/v1/namespaces/apps/secrets", body).ok()
    for name, told in (CASES | FAILING).items():
        text = json.dumps(told)
        for word, commit in names.items():
            text = text.replace(word, commit)
        spec = json.loads(text)
        url = f"{shop.url}/{spec.pop('path', 'git/deploy.git')}"
        body = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": name},
            "spec": {"interval": "10m", "url": url, **spec},
        }
        api.post(FOLDER, body).ok()


@contextlib.contextmanager
def reconciling(server: Server, folder: Path) -> Iterator[Path]:
    """fluxtui's Reconciler as a process; the folder of what it stores."""
    words = ("--kubeconfig", str(server.kubeconfig), "--storage", str(folder), "--speed", "10")
    with subprocess.Popen(
        [sys.executable, "-m", "fluxtui.reconciler", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None and b"running" in process.stdout.readline()
            yield folder / "default"
        finally:
            process.terminate()


def fetched(host: str, artifact: Json) -> bytes:
    with urllib.request.urlopen(f"http://{host}/{artifact['path']}", timeout=30) as answer:
        data: bytes = answer.read()
    return data


def kept(folder: Path, artifact: Json) -> bytes:
    return (folder / f"{artifact['digest'].removeprefix('sha256:')}.tar.gz").read_bytes()


def files(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name.removeprefix("./"): file.read() for name, file in found.items() if file}


def conditions(obj: Json) -> list[tuple[str, str, str, str]]:
    return sorted(
        (c["type"], c["status"], c["reason"], begin(c["message"]))
        for c in obj["status"]["conditions"]
    )


def begin(message: str) -> str:
    """Up to where a library's own words begin."""
    for end in ENDS:
        head, found, _rest = message.partition(end)
        if found:
            return head + found
    return message


def ready(status: str) -> Callable[[Json], bool]:
    def good(obj: Json) -> bool:
        """And nothing of its run is still to come; the rest of a status comes after conditions."""
        told = obj.get("status") or {}
        found = {c["type"]: c for c in told.get("conditions") or ()}
        if found.get("Ready", {}).get("status") != status:
            return False
        if status == "False":
            return found.get("Reconciling", {}).get("reason") == "ProgressingWithRetry"
        return bool(told.get("observedGeneration") == obj["metadata"]["generation"])

    return good


def observed(obj: Json) -> Json:
    status = obj["status"]
    artifact = status.get("artifact") or {}
    return {
        "revision": artifact.get("revision"),
        "path": artifact.get("path"),
        "included": [
            {k: a[k] for k in ("revision", "path")} for a in status.get("includedArtifacts", ())
        ],
        "generation": status["observedGeneration"],
        **{k: v for k, v in status.items() if k.startswith("observed")},
    }


@pytest.mark.parametrize("name", sorted(set(CASES) - {"suspended"}))
def test_what_is_fetched_is_the_same(name: str, both: Both) -> None:
    real, ours = (side.until(name, ready("True")) for side in both.sides)
    assert observed(ours) == observed(real)
    assert conditions(ours) == conditions(real)
    theirs, mine = (
        files(side.stored(obj["status"]["artifact"]))
        for side, obj in zip(both.sides, (real, ours), strict=True)
    )
    assert mine == theirs and theirs


@pytest.mark.parametrize("name", sorted(FAILING))
def test_what_fails_is_told_alike(name: str, both: Both) -> None:
    def good(obj: Json) -> bool:
        """Where the included one is there, its first fetch is waited for; both try again."""
        is_first = name == "include-over" and conditions(obj)[0][2] == "NoArtifact"
        return ready("False")(obj) and not is_first

    real, ours = (side.until(name, good) for side in both.sides)
    assert observed(ours) == observed(real)
    assert conditions(ours) == conditions(real)


def test_what_is_suspended_is_left_alone_by_both(both: Both) -> None:
    real, ours = (
        side.until("suspended", lambda obj: bool(obj["metadata"].get("finalizers")))
        for side in both.sides
    )
    assert real["status"] == ours["status"] == {"observedGeneration": -1}


def test_a_commit_is_taken_by_both_and_a_lost_branch_told_by_both(both: Both) -> None:
    """Last: it changes the history that the others look at."""
    name = "branch"
    before = both.real.until(name, ready("True"))["status"]["artifact"]["revision"]
    commit = both.git.commit({"apps/a.yaml": "a: 3\n"}, "Newest")
    found = []
    for side in both.sides:
        patch = {"metadata": {"annotations": {REQUEST: "again"}}}
        side.api.patch(f"{FOLDER}/{name}", patch).ok()
        found.append(
            side.until(
                name,
                lambda obj: (
                    obj["status"]["artifact"]["revision"] != before
                    and obj["status"].get("lastHandledReconcileAt") == "again"
                    and ready("True")(obj)
                ),
            )
        )
    real, ours = found
    assert observed(ours) == observed(real)
    assert observed(real)["revision"] == f"main@sha1:{commit}"
    assert conditions(ours) == conditions(real)
    for side in both.sides:
        side.api.patch(f"{FOLDER}/{name}", {"spec": {"ref": {"branch": "gone"}}}).ok()
    real, ours = (side.until(name, ready("False")) for side in both.sides)
    assert observed(ours) == observed(real)
    assert conditions(ours) == conditions(real)
