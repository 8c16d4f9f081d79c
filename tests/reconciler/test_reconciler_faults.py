"""When the API says no, or comes late: nothing is lost, and what was not done is remembered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml
from reconciler_stage import NS, Stage, condition, config_map, deployment, kustomization, source

from fluxtui.world.apiserver.status import forbidden
from fluxtui.world.faults import Rule

ONE = {"one.yaml": config_map("one", a="1"), "two.yaml": config_map("two")}


def deny(stage: Stage, operation: str, name: str) -> None:
    """Let the API refuse one kind of write to one ConfigMap (dry-runs of creates included)."""

    def admission(kind: Any, op: str, old: Any, new: Any) -> Any:
        obj = new or old
        if kind.kind == "ConfigMap" and op == operation and obj["metadata"]["name"] == name:
            raise forbidden(kind.named(name), "a policy says no")
        return new

    stage.api.state.admission = (admission,)


def allow(stage: Stage) -> None:
    stage.api.state.admission = ()


async def test_what_could_not_be_pruned_stays_in_the_inventory(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    await stage.start()
    await stage.until_ready("Kustomization", "app")
    deny(stage, "DELETE", "two")
    await stage.push("acme/app", "1.1.0", {"one.yaml": ONE["one.yaml"]})
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until_condition("Kustomization", "app", "Ready", "False", "PruneFailed")
    message = condition(found, "Ready")["message"]
    assert message.startswith(f"delete failed, errors: ConfigMap/{NS}/two delete failed: ")
    assert [e["id"] for e in found["status"]["inventory"]["entries"]] == [
        f"{NS}_one__ConfigMap",
        f"{NS}_two__ConfigMap",
    ]
    allow(stage)
    await stage.pass_time(61)
    found = await stage.until_ready("Kustomization", "app")
    assert len(found["status"]["inventory"]["entries"]) == 1
    assert await stage.get("ConfigMap", "two") is None


async def test_what_could_not_be_deleted_keeps_the_kustomization(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    await stage.start()
    await stage.until_ready("Kustomization", "app")
    deny(stage, "DELETE", "two")
    await stage.delete("Kustomization", "app")
    await stage.until("ConfigMap", "one", lambda o: o is None)
    assert await stage.get("Kustomization", "app") is not None
    allow(stage)
    await stage.pass_time(10)  # the back-off, even if it was tried twice meanwhile
    await stage.until("Kustomization", "app", lambda o: o is None)
    assert await stage.get("ConfigMap", "two") is None


async def test_a_write_refused_half_way_leaks_nothing(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    writes = []

    def admission(kind: Any, op: str, old: Any, new: Any) -> Any:
        name = (new or old)["metadata"]["name"]
        if kind.kind == "ConfigMap" and name == "two":
            writes.append(op)
            if len(writes) > 1:  # the dry-run passes, the write does not
                raise forbidden(kind.named(name), "a policy says no")
        return new

    stage.api.state.admission = (admission,)
    await stage.start()
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    assert "apply failed" in condition(found, "Ready")["message"]
    assert await stage.get("ConfigMap", "one") is not None
    ids = {e["id"] for e in found["status"]["inventory"]["entries"]}
    assert ids == {f"{NS}_one__ConfigMap", f"{NS}_two__ConfigMap"}
    await stage.delete("Kustomization", "app")
    await stage.until("Kustomization", "app", lambda o: o is None)
    assert await stage.get("ConfigMap", "one") is None


async def test_deleting_ends_a_health_wait(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", {"app.yaml": deployment("app")})
    await stage.apply(source(), kustomization(wait=True))
    await stage.start()
    await stage.until_condition("Kustomization", "app", "Healthy", "Unknown")
    await stage.delete("Kustomization", "app")
    await stage.until("Kustomization", "app", lambda o: o is None)
    assert await stage.get("Deployment", "app") is None


async def test_an_encrypted_secret_is_not_applied(stage: Stage) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "data": {"a": "ENC[...]"},
        "sops": {"version": "3"},
    }
    await stage.push("acme/app", "1.0.0", {"secret.yaml": yaml.safe_dump(secret)})
    await stage.apply(source(), kustomization())
    await stage.start()
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    assert f"Secret/{NS}/s is SOPS encrypted" in condition(found, "Ready")["message"]
    assert "inventory" not in found["status"]


async def test_an_object_without_namespace_is_named(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", {"one.yaml": config_map("one")})
    bare = kustomization()
    del bare["spec"]["targetNamespace"]
    await stage.apply(source(), bare)
    await stage.start()
    found = await stage.until_condition(
        "Kustomization", "app", "Ready", "False", "ReconciliationFailed"
    )
    message = condition(found, "Ready")["message"]
    assert message.startswith("ConfigMap/one namespace not specified: ")


async def test_a_vanished_artifact_is_fetched_again_for_its_users(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization(suspend=True))
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    for path in (stage.folder / "storage").glob("*.tar.gz"):
        path.unlink()
    await stage.patch("Kustomization", "app", {"spec": {"suspend": None}})
    await stage.until_ready("Kustomization", "app")


@pytest.mark.parametrize("writes", range(1, 15, 2))
async def test_a_crash_at_any_write_leaks_nothing(stage: Stage, writes: int) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    await stage.start()
    await stage.until_ready("Kustomization", "app")
    await stage.settled()
    await stage.push(
        "acme/app", "1.1.0", {"one.yaml": config_map("one", a="2"), "x.yaml": config_map("three")}
    )
    await stage.request("OCIRepository", "app", "now")
    loop, dead, left = asyncio.get_running_loop(), asyncio.Event(), [writes]

    def admission(kind: Any, op: str, old: Any, new: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            loop.call_soon_threadsafe(dead.set)
            raise forbidden(kind.named("any"), "the writer is dead")
        return new

    stage.api.state.admission = (admission,)
    done = asyncio.create_task(stage.settled())
    crashed = asyncio.create_task(dead.wait())
    await asyncio.wait({done, crashed}, return_when=asyncio.FIRST_COMPLETED)
    await stage.stop()
    for task in (done, crashed):
        task.cancel()
    await asyncio.gather(done, crashed, return_exceptions=True)
    allow(stage)
    await stage.start()
    found = await stage.until(
        "Kustomization",
        "app",
        lambda o: (
            o
            and o["status"].get("lastAppliedRevision", "").startswith("1.1.0")
            and condition(o, "Ready")["status"] == "True"
        ),
    )
    listing = await stage.cluster.list(
        await stage.type("ConfigMap"), NS, label_selector="kustomize.toolkit.fluxcd.io/name=app"
    )
    assert {o["metadata"]["name"] for o in listing.items} == {"one", "three"}
    ids = {e["id"] for e in found["status"]["inventory"]["entries"]}
    assert ids == {f"{NS}_one__ConfigMap", f"{NS}_three__ConfigMap"}


@pytest.mark.parametrize("end", ["cut_watches", "expire_watches"])
async def test_it_goes_on_when_its_watches_end(stage: Stage, end: str) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    await stage.start()
    await stage.until_ready("Kustomization", "app")
    await stage.settled()
    getattr(stage.api.faults, end)()
    await stage.push("acme/app", "1.1.0", {"one.yaml": config_map("one", a="2")})
    await stage.request("OCIRepository", "app", "now")

    async def time_passes() -> None:
        while True:
            await stage.clock.until_awaited(30.0)  # a feed that waits before it asks again
            stage.clock.advance(30.0)

    passing = asyncio.create_task(time_passes())
    await stage.until("ConfigMap", "one", lambda o: o and o["data"] == {"a": "2"})
    passing.cancel()
    await asyncio.gather(passing, return_exceptions=True)
    await stage.until("ConfigMap", "two", lambda o: o is None)


async def test_an_api_that_asks_for_patience_gets_it(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    rule = Rule(methods=("PATCH",), status=429, reason="TooManyRequests", count=3)
    stage.api.faults.set_rules(rule)
    await stage.start()

    async def time_passes() -> None:
        while True:
            await stage.clock.until_awaited(60.0)
            stage.clock.advance(60.0)

    passing = asyncio.create_task(time_passes())
    await stage.until_ready("Kustomization", "app")
    passing.cancel()
    await asyncio.gather(passing, return_exceptions=True)


async def test_an_api_that_is_down_at_the_start_is_waited_for(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", ONE)
    await stage.apply(source(), kustomization())
    stage.api.faults.set_rules(Rule(path="/deployments/", status=503, count=1))
    starting = asyncio.create_task(stage.start())
    await stage.clock.until_awaited(1.0)
    stage.clock.advance(1.0)
    await starting
    await stage.until_ready("Kustomization", "app")
