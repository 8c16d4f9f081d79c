"""A World starts as a whole, is found by others, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings, unpack_files
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource
from fluxtui.domain.errors import ConfigError, RegistryDenied, Unreachable, UsageError
from fluxtui.domain.health import Status, reader_status
from fluxtui.world.description import Description
from fluxtui.world.processes import Child
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
    assert mode(world.registry_credentials) == 0o600
    assert mode(world.kubeconfig.parent) == 0o700
    servers = [cluster["cluster"]["server"] for cluster in config["clusters"]]
    assert all(server.startswith("https://127.0.0.1:") for server in servers)


def test_others_find_the_world_by_its_description(world: World) -> None:
    read = Description.read(world.kubeconfig.parent / "world.json")
    assert read == world.description
    assert read.mirrors == {"registry.example.com": world.registry_address}
    assert (read.services / "activity" / "config").is_dir()
    secret = json.loads(world.registry_credentials.read_text())["auths"][world.registry_address]
    assert secret["auth"] not in (world.kubeconfig.parent / "world.json").read_text()


def test_a_folder_without_a_world_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="fluxtui demo"):
        Description.read(tmp_path / "world.json")


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


def test_publishing_takes_the_files_a_person_may_have_edited(world: World) -> None:
    settings = world.description.services / "activity" / "config" / "base" / "apiserver.toml"
    settings.write_text(settings.read_text().replace("45s", "99s"))
    steps: list[str] = []
    pushed = world.publish("activity", step=steps.append)
    assert pushed.reference.tag == "v0.0.0-staging-test-deploy-0042"
    with world.registry_client() as client:
        bundle = unpack_files(client.pull(pushed.reference).layer)
    assert b'query_timeout = "99s"' in bundle["base/apiserver.toml"]
    assert steps[-1] == f"push {pushed.reference}"
    assert world.publish("activity").reference.tag == "v0.0.0-staging-test-deploy-0043"


def test_publishing_what_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="no service 'shop'"):
        world.publish("shop")


def test_a_new_infra_artifact_moves_the_tags_that_are_named(world: World) -> None:
    infra = Reference.parse("oci://registry.example.com/platform/infra")
    note = world.description.infra / "NOTE.md"
    note.write_text("changed\n")
    pushed = world.publish_infra(tags=["staging"])
    with world.registry_client() as client:
        assert client.resolve(infra.with_tag("staging")).digest == pushed.digest
        assert client.resolve(infra.with_tag("production")).digest != pushed.digest


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
