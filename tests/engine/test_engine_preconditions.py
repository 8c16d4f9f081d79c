"""A Plan acts on what it was made from: not on a namesake, nor over what somebody set meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from engine_stage import MakeEngine, MakePlace, Place, Registry, definition, flux, got

from fluxtui.cluster.port import ApiResource, Json
from fluxtui.domain import kinds
from fluxtui.domain.config import Config
from fluxtui.domain.errors import RefusedError
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.plan import (
    ApplyStep,
    AwaitStep,
    Outcome,
    PatchStep,
    Plan,
    RequestReconcile,
    Until,
)
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.writes import Writes, Written
from fluxtui.engine.publication.store import Store
from fluxtui.kit.clock import Clock

PATIENCE = 30.0
SUSPEND = {"spec": {"suspend": True}}


async def made_again(place: Place, name: str) -> None:
    """The same object once more: nothing differs but who it is."""
    spec = {"interval": "1m", "url": "oci://registry.test/web", "ref": {"tag": "main"}}
    type_ = await place.api.find("source.toolkit.fluxcd.io/v1", "OCIRepository")
    await place.api.delete(type_, "apps", name)
    await place.create(flux("source.toolkit.fluxcd.io/v1", "OCIRepository", name, spec))


@pytest.mark.parametrize("as_input", [True, False])
async def test_a_namesake_made_since_is_not_what_the_plan_was_about(
    place: MakePlace, registry: Registry, engine: MakeEngine, as_input: bool
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")
    running = engine(staging)
    seen = await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    first = seen.get(key)
    version = seen.as_of(key)
    await made_again(staging, "web")
    await got(running.wait_for(lambda s: (r := s.get(key)) is not None and r.uid != first.uid, 30))

    step = PatchStep("s", "suspend it", target=key, patch=SUSPEND, resource_version=version)
    inputs = {str(key): version} if as_input else {}
    plan = Plan("suspend", "suspend web", (step,), ("staging",), inputs=inputs)
    if as_input:
        with pytest.raises(RefusedError, match="was deleted and made again"):
            await got(running.run(plan, confirmed=YES))
    else:
        (receipt,) = await got(running.run(plan, confirmed=YES))
        assert receipt.outcome is Outcome.REFUSED
        assert receipt.message == "it was deleted and made again"
    assert (await staging_object(staging, key))["spec"].get("suspend") is None


async def staging_object(place: Place, key: Key) -> Json:
    type_ = await place.api.find("source.toolkit.fluxcd.io/v1", key.kind)
    return await place.api.get(type_, key.namespace, key.name)


class Contested:
    """A real Cluster on which somebody else is a moment quicker at each of our patches."""

    def __init__(self, place: Place, rivals: list[Callable[[], Awaitable[None]]]) -> None:
        self._api = place.api
        self._rivals = rivals
        self.tried: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    async def patch(
        self, type_: ApiResource, namespace: str, name: str, body: Mapping[str, Any], **more: Any
    ) -> Json:
        self.tried.append(str(body["metadata"]["resourceVersion"]))
        if self._rivals:
            await self._rivals.pop(0)()
        return await self._api.patch(type_, namespace, name, body, **more)


async def test_what_somebody_sets_between_two_tries_is_not_overwritten(place: MakePlace) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")

    async def elsewhere() -> None:
        await staging.patch(key, {"metadata": {"labels": {"seen": "yes"}}})

    async def same_field() -> None:
        await staging.patch(key, {"spec": {"ref": {"tag": "theirs"}}})

    contested = Contested(staging, [elsewhere, same_field])
    store = Store(Config(environments=(staging.environment,)))
    clusters: Any = {"staging": contested}
    writes = Writes(store, clusters, Written(), lambda _environment: None, Clock())
    step = PatchStep(
        "s", "name it", target=key, patch={"spec": {"ref": {"tag": "ours"}}}, resource_version=""
    )
    outcome, message = await writes.patch(step)
    assert outcome is Outcome.REFUSED and message.startswith("it keeps changing")
    assert len(contested.tried) == len(set(contested.tried)) == 2, "each try under its own version"
    now = await staging_object(staging, key)
    assert now["spec"]["ref"] == {"tag": "theirs"} and now["metadata"]["labels"] == {"seen": "yes"}


async def test_what_somebody_set_just_before_is_not_overwritten_either(place: MakePlace) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")

    async def same_field() -> None:
        await staging.patch(key, {"spec": {"ref": {"tag": "theirs"}}})

    contested = Contested(staging, [same_field])
    clusters: Any = {"staging": contested}
    store = Store(Config(environments=(staging.environment,)))
    writes = Writes(store, clusters, Written(), lambda _environment: None, Clock())
    patch = {"spec": {"ref": {"tag": "ours"}}}
    step = PatchStep("s", "name it", target=key, patch=patch, resource_version="")
    outcome, message = await writes.patch(step)
    assert outcome is Outcome.REFUSED and message.startswith("somebody else changed ")
    assert len(contested.tried) == 1, "it is not tried again"
    assert (await staging_object(staging, key))["spec"]["ref"] == {"tag": "theirs"}
    theirs = {"spec": {"ref": {"tag": "theirs"}}}
    same = PatchStep("s", "name it", target=key, patch=theirs, resource_version="")
    assert await writes.patch(same) == (Outcome.UNCHANGED, "already so")
    assert len(contested.tried) == 1, "nothing is written where it is so"


async def test_a_field_that_was_set_since_the_plan_is_not_overwritten(
    place: MakePlace, registry: Registry, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")
    running = engine(staging)
    seen = await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    version = seen.as_of(key)
    await staging.patch(key, {"spec": {"suspend": False}})
    await got(running.wait_for(lambda s: s.as_of(key) not in ("", version), PATIENCE))
    step = PatchStep("s", "suspend it", target=key, patch=SUSPEND, resource_version=version)
    plan = Plan("suspend", "suspend web", (step,), ("staging",))
    (receipt,) = await got(running.run(plan, confirmed=YES))
    assert receipt.outcome is Outcome.REFUSED and receipt.message.startswith("changed since: ")
    assert (await staging_object(staging, key))["spec"]["suspend"] is False
    label = PatchStep(
        "s", "name it", target=key, patch={"spec": {"ref": {"tag": "x"}}}, resource_version=version
    )
    (other,) = await got(running.run(Plan("x", "x", (label,), ("staging",)), confirmed=YES))
    assert other.outcome is Outcome.DONE, "another field was changed"


def writes_of(place: Place, new_kinds: list[str]) -> Writes:
    """Writes of a Plan that the Engine remembers nothing of."""
    store = Store(Config(environments=(place.environment,)))
    clusters: Any = {"staging": place.api}
    return Writes(store, clusters, Written(), new_kinds.append, Clock())


async def test_what_nobody_remembers_is_written_under_its_own_version_alone(
    place: MakePlace,
) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")
    version = (await staging_object(staging, key))["metadata"]["resourceVersion"]
    step = PatchStep("s", "suspend it", target=key, patch=SUSPEND, resource_version=version)
    outcome, _message = await writes_of(staging, []).patch(step)
    assert outcome is Outcome.DONE
    now = (await staging_object(staging, key))["metadata"]["resourceVersion"]
    outcome, message = await writes_of(staging, []).patch(step)
    assert outcome is Outcome.REFUSED
    assert message == f"changed since: resourceVersion {version} -> {now}"


async def test_what_the_act_wrote_before_was_changed_by_nobody_else(
    place: MakePlace, registry: Registry, engine: MakeEngine
) -> None:
    """A release is suspended, its controller says so, and it is resumed in the same act."""
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")
    running = engine(staging)
    seen = await got(running.wait_for(lambda s: s.get(key) is not None, PATIENCE))
    version, go_on = seen.as_of(key), {"spec": {"suspend": None}}
    steps = (
        PatchStep("stop", "stop it", target=key, patch=SUSPEND, resource_version=version),
        AwaitStep("see", "see it stopped", ("stop",), target=key, until=Until.PICKED, value="1.0"),
        PatchStep("go", "go on", ("see",), target=key, patch=go_on, resource_version=version),
    )
    act = running.run(Plan("x", "x", steps, ("staging",)), confirmed=YES)
    stopped = await got(
        running.wait_for(lambda s: s.get(key).spec.get("suspend") is True, PATIENCE)
    )
    await staging.stored("web", "1.0@sha256:" + "0" * 64)
    receipts = await got(act)
    assert [receipt.outcome for receipt in receipts] == [Outcome.DONE] * 3, receipts
    assert stopped.as_of(key) != version
    assert "suspend" not in (await staging_object(staging, key))["spec"]


async def test_a_definition_makes_new_kinds_and_other_objects_make_none(place: MakePlace) -> None:
    staging = await place("staging")
    await staging.namespace()
    fresh: list[str] = []
    writes = writes_of(staging, fresh)
    kind = kinds.by_short("hr")
    assert kind is not None
    meta = {"name": "env", "namespace": "apps"}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}
    target = Key("staging", "", "ConfigMap", "apps", "env")
    outcome, _message = await writes.apply(ApplyStep("a", "a", target=target, object=config))
    assert outcome is Outcome.DONE and fresh == []
    body = definition(kind)
    group, name = "apiextensions.k8s.io", body["metadata"]["name"]
    target = Key("staging", group, "CustomResourceDefinition", "", name)
    outcome, _message = await writes.apply(ApplyStep("d", "d", target=target, object=body))
    assert outcome is Outcome.DONE and fresh == ["staging"]


async def test_what_is_demanded_is_asked_of_who_knows_it(place: MakePlace) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.serve("hr")
    await staging.source("web", "oci://registry.test/web", tag="main")
    release, source = await staging.put("hr", "web", {}), staging.source_key("web")
    writes, at = writes_of(staging, []), "2026-11-23T18:00:00.000000001Z"

    def ask(key: Key) -> RequestReconcile:
        return RequestReconcile("r", "ask", target=key, at=at, demands=("force",))

    outcome, _message = await writes.reconcile(ask(release))
    type_ = await staging.api.find("helm.toolkit.fluxcd.io/v2", release.kind)
    notes = (await staging.api.get(type_, "apps", "web"))["metadata"]["annotations"]
    assert outcome is Outcome.DONE
    assert notes == {REQUESTED_AT: at, "reconcile.fluxcd.io/forceAt": at}
    strange = Key("staging", "example.com", "Widget", "apps", "web")
    for key in (source, strange):
        assert await writes.reconcile(ask(key)) == (
            Outcome.REFUSED, f"a {key.kind} cannot be asked to force",
        )  # fmt: skip
    assert "annotations" not in (await staging_object(staging, source))["metadata"]
