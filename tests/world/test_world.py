"""A World starts as a whole, is found by others, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings
from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.gitremote import GitRemote
from fluxtui.artifacts.gitwire import Patience
from fluxtui.cli.commits import push
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource
from fluxtui.domain.errors import RegistryDenied, Unreachable, UsageError
from fluxtui.domain.gitreference import GitReference
from fluxtui.domain.health import Status, reader_status
from fluxtui.world.processes import Child
from fluxtui.world.scenarios.publisher import reference_of
from fluxtui.world.scenarios.rehearsals import MARKERS
from fluxtui.world.scenarios.releases import load_service
from fluxtui.world.simulator.kinds import DEPLOYMENT
from fluxtui.world.world import World
from tests.world.waiting import LONGEST, connections_closed, until_one

pytestmark = [pytest.mark.world, pytest.mark.xdist_group("world")]
ROOT = Path(__file__).parents[2]
NAMESPACE = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.start(speed=40, folder=tmp_path_factory.mktemp("world") / "demo") as running:
        yield running
        assert running.ended() == ()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def wait_for_end(pids: list[int]) -> list[int]:
    """Wait until these processes are gone; returns those that are not."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("waiting for a process that is no child needs pidfd_open (Linux)")
    left = []
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        with os.fdopen(handle):
            readable, _, _ = select.select([handle], [], [], LONGEST)
            if not readable:
                left.append(pid)
    return left


# -- where things are


def test_one_private_kubeconfig_leads_to_every_environment(world: World) -> None:
    config = json.loads(world.kubeconfig.read_text())
    assert [context["name"] for context in config["contexts"]] == ["staging", "production"]
    assert config["current-context"] == "staging"
    assert mode(world.kubeconfig) == 0o600
    assert mode(world.description.registry_credentials) == 0o600
    assert mode(world.kubeconfig.parent) == 0o700
    servers = [cluster["cluster"]["server"] for cluster in config["clusters"]]
    assert all(server.startswith("https://127.0.0.1:") for server in servers)


def test_others_find_the_world_by_its_description(world: World) -> None:
    text = (world.kubeconfig.parent / "world.json").read_text()
    read = json.loads(text)
    assert read["mirrors"] == {"registry.example.com": world.registry_address}
    assert read["infra"] == world.description.infra
    assert (Path(read["services"]) / "activity" / "config").is_dir()
    logins = json.loads(world.description.registry_credentials.read_text())["auths"]
    secret = logins[world.registry_address]
    assert secret["auth"] not in text
    login = urlsplit(world.description.infra_credentials.read_text().strip())
    assert login.password and login.password not in text


def test_images_that_break_are_in_the_registry_and_the_missing_one_is_not(world: World) -> None:
    """A review asks for them: only where the image is what is wrong may it say so."""
    service = load_service("activity")
    version = service.releases[-1].version
    with world.registry_client() as client:
        there = {
            way: client.exists(reference_of(service, f"{version}-{marker}"))
            for way, marker in MARKERS.items()
        }
        listed = client.list_tags(reference_of(service))
    assert there == {way: way != "missing image" for way in MARKERS}
    assert version in listed and not any(tag.endswith(tuple(MARKERS.values())) for tag in listed)


def test_a_folder_with_files_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    treasure = tmp_path / "delivery" / "notes.txt"
    treasure.parent.mkdir()
    treasure.write_text("mine")
    with pytest.raises(UsageError, match="is no World's"):
        World.start(environments=("staging",), folder=tmp_path)
    assert treasure.read_text() == "mine"


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)  # as if it were not installed
    with pytest.raises(UsageError, match="trustme") as refused:
        World.start(environments=("staging",), folder=tmp_path / "demo")
    assert refused.value.next == "pip install 'fluxtui[demo]'"
    assert not (tmp_path / "demo").exists()


# -- what it does


@pytest.mark.parametrize("environment", ["staging", "production"])
async def test_workloads_live_in_every_environment(world: World, environment: str) -> None:
    cluster = await connect(str(world.kubeconfig), environment, name=environment)
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    await cluster.create(NAMESPACE, space, field_manager="test")
    labels = {"app": "web"}
    deployment: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": "example.com/web:v1"}]},
            },
        },
    }
    await cluster.create(DEPLOYMENT, deployment, field_manager="test")
    done = await until_one(
        cluster,
        DEPLOYMENT,
        "shop",
        "web",
        lambda one: (
            one.get("status", {}).get("observedGeneration") == one["metadata"]["generation"]
            and reader_status(one).status is Status.CURRENT
        ),
    )
    assert done["status"]["readyReplicas"] == 2
    await cluster.close()
    await connections_closed()


def test_the_registry_is_filled_and_asks_for_a_login(world: World) -> None:
    repository = Reference.parse("oci://registry.example.com/acme/activity")
    with world.registry_client() as client:
        assert "v1.4.2" in client.list_tags(repository)
    stranger = RegistrySettings(
        mirrors=world.description.mirrors,
        credentials={world.registry_address: ("somebody", "else")},
    )
    with RegistryClient(stranger, environ={}) as client, pytest.raises(RegistryDenied):
        client.list_tags(repository)


# -- the infra repository


def git(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The git program, as a person on this machine has it but without their configuration."""
    own = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    who = {f"GIT_{role}_{k}": f"me{k}@example.com" for role in ("AUTHOR", "COMMITTER")
           for k in ("NAME", "EMAIL")}  # fmt: skip
    return subprocess.run(
        ["git", *words], cwd=folder, env={**own, **who, **environ}, capture_output=True, text=True
    )


def refs(world: World) -> dict[str, str]:
    login, settings = GitLogin(), RegistrySettings()
    remote = GitRemote(world.description.infra, login, settings, Patience(30), environ={})
    head = remote.head(GitReference(branch="main"))
    remote.close()
    return {} if head is None else {"main": head.commit}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
def test_the_git_program_clones_changes_and_pushes(world: World, tmp_path: Path) -> None:
    login = f"store --file {world.description.infra_credentials}"
    clone = ("clone", "-c", f"credential.helper={login}", world.description.infra, "infra")
    done = git(tmp_path, *clone)
    assert done.returncode == 0, done.stderr
    infra = tmp_path / "infra"
    assert (infra / "clusters" / "staging" / "kustomization.yaml").is_file()
    assert git(infra, "branch", "--show-current").stdout.strip() == "main"
    (infra / "NOTE.md").write_text("changed\n")
    git(infra, "add", "-A")
    assert git(infra, "commit", "-qm", "Say something").returncode == 0
    done = git(infra, "push")
    assert done.returncode == 0, done.stderr
    assert refs(world) == {"main": git(infra, "rev-parse", "HEAD").stdout.strip()}
    # Of a history that is not its own nothing is taken, and nothing without the password.
    git(infra, "commit", "-q", "--amend", "-m", "Another history")
    assert "rejected" in git(infra, "push").stderr
    git(infra, "config", "--unset", "credential.helper")
    assert "could not read Username" in git(infra, "push", "--force").stderr


def test_a_commit_can_be_pushed_by_a_program(world: World) -> None:
    before = refs(world)
    made = push(world.description, lambda files: files.update({"NOTE.md": b"x"}), "Add a note")
    assert refs(world) == {"main": made} != before


# -- life and death


def test_stopping_ends_every_process(tmp_path: Path) -> None:
    world = World.start(environments=("staging",), speed=40, folder=tmp_path)
    pids = world.pids()
    assert len(pids) == 2
    world.stop()
    assert wait_for_end(pids) == []
    assert world.ended() == ()
    edited = tmp_path / "delivery" / "services" / "activity" / "config" / "extra.yaml"
    edited.write_text("kind: Extra\n")
    with World.start(environments=("staging",), speed=40, folder=tmp_path):
        assert not edited.exists(), "the next World in the folder begins anew"


def test_everything_ends_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from fluxtui.world.world import World\n"
        "world = World.start(environments=('staging',), folder=Path(sys.argv[1]))\n"
        "print(*world.pids(), flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(signal.SIGKILL)
    assert wait_for_end(pids) == []


def test_a_process_that_does_not_come_up_is_named_with_its_last_words(tmp_path: Path) -> None:
    child = Child("broken", "fluxtui.no_such_module", [], log=tmp_path / "broken.log")
    with pytest.raises(Unreachable, match=r"World, broken: ended with code 1: .*no_such_module"):
        child.ready(LONGEST)
    child.end()


def test_a_process_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    child = Child("silent", "http.server", ["--help"], log=tmp_path / "silent.log")
    with pytest.raises(Unreachable, match="ended with code 0"):
        child.ready(LONGEST)
    child.end()
    stuck = Child("stuck", "code", ["-q"], log=tmp_path / "stuck.log")
    with pytest.raises(Unreachable, match="was not ready within 0 s"):
        stuck.ready(0)
    stuck.end()
    assert not stuck.is_alive
