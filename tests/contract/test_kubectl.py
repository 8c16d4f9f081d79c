"""An unmodified kubectl cannot tell the World from a real cluster: it shows the same of both.

Each story is played on both servers in a namespace of the same name; the transcripts must be
equal, exit codes and errors included, but for times and ids.
"""

from __future__ import annotations

import difflib
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.kubectl import Terminal
from tests.contract.server import Server
from tests.world.apiserver.client import config_map, deployment, kustomization

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on PATH")

Json = dict[str, Any]
Play = Callable[..., str]


@pytest.fixture
def play(world: Server, real: Server, tmp_path: Path) -> Play:
    """Play a story on both; returns what was seen, which is the same."""

    def both(story: Callable[[Terminal], None], *, read_only: bool = False) -> str:
        ns = f"k-{uuid.uuid4().hex[:10]}"
        told = []
        for server in (real, world):
            folder = tmp_path / server.name
            folder.mkdir()
            terminal = Terminal(server, ns, folder, read_only=read_only)
            terminal.api.post("/api/v1/namespaces", {"metadata": {"name": ns}}).ok()
            story(terminal)
            terminal.close()
            told.append("\n\n".join(terminal.seen))
        first, second = (text.splitlines() for text in told)
        differences = "\n".join(
            difflib.unified_diff(first, second, "real", "world", lineterm="", n=6)
        )
        assert not differences, differences
        return told[0]

    return both


def progress(kubectl: Terminal, name: str, **status: Any) -> Json:
    """Write a Deployment's status as its controller would."""
    path = f"/apis/apps/v1/namespaces/{kubectl.ns}/deployments/{name}"
    now = kubectl.api.get(path).ok()
    seen = {"observedGeneration": now["metadata"]["generation"], **status}
    return kubectl.api.patch(f"{path}/status", {"status": seen}).ok()


def available(kubectl: Terminal, name: str, count: int) -> None:
    moment = "2026-01-02T03:04:05Z"
    condition = {
        "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
        "message": "Deployment has minimum availability.", "lastUpdateTime": moment,
        "lastTransitionTime": moment,
    }  # fmt: skip
    counts = dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas"), count)
    progress(kubectl, name, **counts, availableReplicas=count, conditions=[condition])


WEB = deployment("web", replicas=2)


def test_a_day_with_a_deployment(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("apply", "-f", "-", given=[WEB, config_map("settings", {"a": "1"})])
        kubectl("apply", "-f", "-", given=[WEB, config_map("settings", {"a": "1"})])
        kubectl("apply", "-f", "-", given=config_map("settings", {"a": "2"}))
        kubectl("get", "deployments,configmaps", "-o", "wide")
        kubectl("get", "deploy", "web", "-o", "yaml")
        kubectl("get", "cm/settings", "-o", "json")
        kubectl("get", "cm/settings", "-o", "jsonpath={.data.a}")
        kubectl("get", "deploy", "-o", "name", "-l", "app=web")
        kubectl("get", "deploy", "--show-labels", "--field-selector", "metadata.name=web")
        kubectl("scale", "deploy/web", "--replicas=3")
        kubectl("set", "image", "deploy/web", "app=nginx:1.28")
        kubectl("label", "deploy/web", "tier=front")
        kubectl("label", "deploy/web", "tier=back")
        kubectl("label", "--overwrite", "deploy/web", "tier=back")
        kubectl("annotate", "deploy/web", "note=seen")
        kubectl("set", "env", "deploy/web", "A=1")
        kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers}")
        kubectl("delete", "deploy/web", "cm/settings")
        kubectl("get", "deploy")

    seen = play(story)
    assert "deployment.apps/web created" in seen
    assert "No resources found in" in seen


def test_apply_on_the_servers_side(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        apply = ("apply", "--server-side", "-f", "-")
        kubectl(*apply, given=[WEB, kustomization("app", path="./a")])
        kubectl(*apply, given=[WEB, kustomization("app", path="./a")])
        changed = deployment("web", "nginx:2", replicas=2)
        kubectl(*apply, "--field-manager=other", given=changed)
        kubectl(*apply, "--field-manager=other", "--force-conflicts", given=changed)
        kubectl("get", "deploy/web", "-o", "yaml", "--show-managed-fields")
        kubectl(*apply, "--dry-run=server", given=config_map("later", {"a": "1"}))
        kubectl("get", "cm", "later")
        kubectl(*apply, given=config_map("both", {"a": "1"}))
        kubectl("apply", "-f", "-", given=config_map("both", {"a": "2"}))

    seen = play(story)
    assert "conflict with" in seen


def test_diff(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("diff", "-f", "-", given=config_map("settings", {"a": "1"}))
        kubectl("apply", "-f", "-", given=[WEB, config_map("settings", {"a": "1", "b": "2"})])
        kubectl("diff", "-f", "-", given=[WEB, config_map("settings", {"a": "1", "b": "2"})])
        changed = deployment("web", "nginx:2", replicas=5)
        kubectl("diff", "-f", "-", given=[changed, config_map("settings", {"a": "9"})])

    assert '+ a: "9"' in play(story)


def test_errors_say_the_same(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("get", "cm", "nope")
        kubectl("get", "gizmos")
        kubectl("create", "-f", "-", given=config_map("x", {"a": "1"}))
        kubectl("create", "-f", "-", given=config_map("x", {"a": "1"}))
        kubectl("delete", "cm", "nope")
        kubectl("delete", "--ignore-not-found", "cm", "nope")
        wrong = deployment("wrong", replicaz=3)
        kubectl("apply", "-f", "-", given=wrong)
        kubectl("apply", "--validate=warn", "-f", "-", given=wrong)
        kubectl("apply", "-f", "-", given=config_map("Not_A_Name"))
        kubectl("apply", "-f", "-", given=kustomization("bad", prune="maybe", colour="red"))
        kubectl("apply", "-f", "-", given=deployment("neg", replicas=-1))
        kubectl("replace", "-f", "-", given=config_map("absent", {"a": "1"}))
        kubectl("scale", "deploy/nope", "--replicas=1")

    seen = play(story)
    assert 'unknown field "spec.replicaz"' in seen


def test_the_reader_is_refused(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        maps = f"/api/v1/namespaces/{kubectl.ns}/configmaps"
        kubectl.api.post(maps, config_map("x", {"a": "1"})).ok()
        kubectl("get", "cm")
        kubectl("delete", "cm", "x")
        kubectl("label", "cm", "x", "a=b")
        kubectl("apply", "--server-side", "-f", "-", given=config_map("x"))

    assert "cannot patch resource" in play(story, read_only=True)


def test_patches_and_replacement(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("create", "-f", "-", given=WEB)
        kubectl("patch", "deploy/web", "-p", '{"spec":{"template":{"spec":{"containers":'
                '[{"name":"side","image":"busybox"}]}}}}')  # fmt: skip
        kubectl("get", "deploy/web", "-o", "jsonpath={.spec.template.spec.containers[*].name}")
        kubectl("patch", "deploy/web", "--type=json",
                "-p", '[{"op":"test","path":"/spec/replicas","value":9}]')  # fmt: skip
        kubectl("patch", "deploy/web", "--type=json",
                "-p", '[{"op":"replace","path":"/spec/replicas","value":4}]')  # fmt: skip
        kubectl("patch", "deploy/web", "--type=merge", "-p", '{"metadata":{"labels":{"a":"b"}}}')
        kubectl("patch", "deploy/web", "--subresource=status", "--type=merge",
                "-p", '{"status":{"replicas":4}}')  # fmt: skip
        kubectl("get", "deploy/web", "-o", "yaml")
        kubectl("replace", "-f", "-", given=deployment("web", "nginx:3", replicas=1))
        kubectl("get", "deploy/web", "-o", "jsonpath={.spec.replicas} {.metadata.generation}")
        kubectl("delete", "deploy", "-l", "app=web")
        kubectl("delete", "deploy", "--all")

    play(story)


def test_rollout(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("create", "-f", "-", given=WEB, quiet=True)
        kubectl("rollout", "status", "deploy/web", "--watch=false")
        progress(kubectl, "web", replicas=2, updatedReplicas=1)
        kubectl("rollout", "status", "deploy/web", "--watch=false")
        ready = dict.fromkeys(("readyReplicas", "availableReplicas"), 1)
        progress(kubectl, "web", replicas=2, updatedReplicas=2, **ready)
        kubectl("rollout", "status", "deploy/web", "--watch=false")
        available(kubectl, "web", 2)
        kubectl("rollout", "status", "deploy/web", "--timeout=60s")
        kubectl("rollout", "pause", "deploy/web")
        kubectl("rollout", "resume", "deploy/web")
        kubectl("rollout", "history", "deploy/web")
        kubectl("rollout", "undo", "deploy/web")

    assert 'deployment "web" successfully rolled out' in play(story)


def test_describe(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("create", "-f", "-", given=[WEB, config_map("settings", {"a": "1\n2"})], quiet=True)
        made = kubectl.api.get(f"/apis/apps/v1/namespaces/{kubectl.ns}/deployments/web").ok()
        available(kubectl, "web", 2)
        moment = "2026-01-02T03:04:05Z"
        event = {
            "metadata": {"name": "web.1"}, "type": "Normal", "reason": "ScalingReplicaSet",
            "message": "Scaled up replica set web-1 from 0 to 2", "count": 2,
            "firstTimestamp": moment, "lastTimestamp": moment,
            "source": {"component": "deployment-controller"},
            "involvedObject": {
                "apiVersion": "apps/v1", "kind": "Deployment", "namespace": kubectl.ns,
                "name": "web", "uid": made["metadata"]["uid"],
            },
        }  # fmt: skip
        kubectl.api.post(f"/api/v1/namespaces/{kubectl.ns}/events", event).ok()
        kubectl("describe", "deploy/web")
        kubectl("describe", "cm", "settings")
        kubectl("create", "-f", "-", given=kustomization("app", path="./a"), quiet=True)
        kubectl("describe", "kustomization/app")
        kubectl("get", "events")
        kubectl("events", "--for", "deploy/web")
        kubectl("describe", "ns", kubectl.ns)

    assert "MinimumReplicasAvailable" in play(story)


def test_cascades(play: Play) -> None:
    def story(kubectl: Terminal) -> None:
        kubectl("create", "-f", "-", given=config_map("top"), quiet=True)
        uid = kubectl("get", "cm", "top", "-o", "jsonpath={.metadata.uid}", quiet=True)
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "top", "uid": uid}
        kubectl("create", "-f", "-", given=config_map("leaf", ownerReferences=[owner]), quiet=True)
        kubectl("delete", "cm/top", "--cascade=foreground")
        kubectl("get", "cm")

    play(story)
