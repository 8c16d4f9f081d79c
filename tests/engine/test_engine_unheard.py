"""A write whose answer never came is read back: it is said to be done only when it is."""

from __future__ import annotations

from typing import Any

from engine_stage import MakePlace, Place

from fluxtui.domain.config import Config
from fluxtui.domain.errors import Unreachable
from fluxtui.domain.plan import ApplyStep, Outcome, RequestReconcile
from fluxtui.domain.resource import Key
from fluxtui.engine.acts.writes import APPLY_MANAGER, Writes, Written
from fluxtui.engine.publication.store import Store
from fluxtui.kit.clock import Clock

KEY = Key("staging", "", "ConfigMap", "apps", "env")
AT = "2026-11-23T18:00:00.000000001Z"


class Deaf:
    """A real Cluster whose answers to an apply are lost, after it or before."""

    def __init__(self, place: Place, *, arrives: bool) -> None:
        self._api, self._arrives = place.api, arrives

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    async def apply(self, type_: Any, obj: Any, **more: Any) -> Any:
        if self._arrives:
            await self._api.apply(type_, obj, **more)
        raise Unreachable("no answer")


def wanted(value: str) -> dict[str, Any]:
    meta = {"name": "env", "namespace": "apps"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"a": value}}


async def applied(place: Place, value: str, *, arrives: bool) -> tuple[Outcome, str]:
    clusters: Any = {"staging": Deaf(place, arrives=arrives)}
    store = Store(Config(environments=(place.environment,)))
    writes = Writes(store, clusters, Written(), lambda _environment: None, Clock())
    return await writes.apply(ApplyStep("a", "apply it", target=KEY, object=wanted(value)))


async def test_an_apply_is_done_only_when_what_is_there_is_ours_and_as_wanted(
    place: MakePlace,
) -> None:
    staging = await place("staging")
    await staging.namespace()
    lost = await applied(staging, "1", arrives=False)
    assert lost[0] is Outcome.FAILED and "nothing was written" in lost[1]
    heard = await applied(staging, "1", arrives=True)
    assert heard == (Outcome.DONE, "no answer came, but read back it is so")
    type_ = await staging.api.find("v1", "ConfigMap")
    await staging.api.apply(
        type_, {**wanted("1"), "data": {"b": "theirs"}}, field_manager="somebody"
    )
    again = await applied(staging, "1", arrives=False)
    assert again == heard, "what somebody else has in it is no concern of ours"
    other = await applied(staging, "2", arrives=False)
    assert other[0] is Outcome.UNKNOWN and "not as wanted" in other[1], "ours, but of before"
    await staging.api.delete(type_, "apps", "env")
    await staging.create(wanted("3"))
    theirs = await applied(staging, "3", arrives=False)
    assert theirs[0] is Outcome.UNKNOWN, "as wanted, but made by somebody else"
    assert APPLY_MANAGER != "test"


async def test_a_request_that_was_made_already_is_not_made_again(place: MakePlace) -> None:
    staging = await place("staging")
    await staging.namespace()
    await staging.source("web", "oci://registry.test/web", tag="main")
    key = staging.source_key("web")
    clusters: Any = {"staging": staging.api}
    store = Store(Config(environments=(staging.environment,)))
    written = Written()
    writes = Writes(store, clusters, written, lambda _environment: None, Clock())
    ask = RequestReconcile("r", "ask", target=key, at=AT)
    outcome, _message = await writes.reconcile(ask)
    version = written.versions[key]
    assert outcome is Outcome.DONE and written.requests[key] == AT
    assert await writes.reconcile(ask) == (Outcome.UNCHANGED, "already requested")
    type_ = await staging.api.find("source.toolkit.fluxcd.io/v1", key.kind)
    now = await staging.api.get(type_, "apps", "web")
    assert now["metadata"]["resourceVersion"] == version, "nothing was written"
