"""What a Plan rests on is read again before anything is done, and each difference is named."""

from __future__ import annotations

from typing import Any

import pytest
from engine_stage import PATIENCE, MakeEngine, MakePlace, Registry, got

from fluxtui.domain.errors import Conflict, RefusedError
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.plan import Outcome, PatchStep, Plan
from fluxtui.domain.protection import YES
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.acts.inputs import explain, key_of, meaning

BUNDLE = {"kustomization.yaml": "resources: []\n"}
SUSPEND = {"spec": {"suspend": True}}
OCI = "source.toolkit.fluxcd.io"


async def test_a_plan_whose_world_stands_as_it_was_is_run_and_one_that_moved_says_all(
    place: MakePlace, registry: Registry, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    url = registry.url("web")
    first = registry.push("web", "1.0.0", {**BUNDLE, "x": "1"})
    await staging.source("web", url, semver="1.x")
    await staging.source("other", url, semver="1.x")
    key, other = staging.source_key("web"), staging.source_key("other")
    gone = staging.source_key("gone")
    running = engine(staging)
    seen = await got(
        running.wait_for(lambda s: s.get(key) is not None and s.get(other) is not None, PATIENCE)
    )
    step = PatchStep("s", "hold it", target=key, patch=SUSPEND, resource_version=seen.as_of(key))

    def plan(**inputs: str) -> Plan:
        return Plan("suspend", "hold web", (step,), ("staging",), inputs=inputs)

    moved = plan(
        **{
            url: tags_hash(["0.9.0"]),
            f"{url}:1.0.0": "sha256:other",
            f"{url}:2.0.0": first,
            str(gone): "7",
            str(other): "",
            "nowhere: OCIRepository/apps/web": "7",
            "staging: nonsense": "7",
        }
    )
    with pytest.raises(RefusedError) as refused:
        await got(running.run(moved, confirmed=YES))
    told = refused.value.what.split("; ")
    assert len(told) == 7 and refused.value.next == "make the Plan again"
    assert told[0].startswith(f"{url}: its list of tags is {tags_hash(['1.0.0'])}, was ")
    assert told[1] == f"{url}:1.0.0: the digest of the tag is {first}, was sha256:other"
    assert told[2] == f"{url}:2.0.0: the digest of the tag is gone, was {first}"
    assert told[3] == f"{gone} is gone" and told[4] == f"{other} is there now"
    assert told[5] == "nowhere: OCIRepository/apps/web cannot be read again: it is not known here"
    assert told[6].startswith("staging: nonsense cannot be read again")
    assert (await got(running.wait_for(lambda s: True, PATIENCE))).get(key) is not None

    still = plan(
        **{
            url: tags_hash(["1.0.0"]),
            f"{url}:1.0.0": first,
            f"{url}:2.0.0": "",
            str(key): seen.as_of(key),
            str(gone): "",
        }
    )
    (receipt,) = await got(running.run(still, confirmed=YES))
    assert receipt.outcome is Outcome.DONE


async def test_an_object_of_any_kind_that_is_served_can_be_written_and_is_read_again(
    place: MakePlace, registry: Registry, engine: MakeEngine
) -> None:
    staging = await place("staging")
    await staging.namespace()
    url = registry.url("web")
    registry.push("web", "1.0.0", BUNDLE)
    meta = {"name": "env", "namespace": "apps"}
    await staging.source("web", url, semver="1.x")
    made = await staging.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})
    running = engine(staging)
    web = staging.source_key("web")
    await got(running.wait_for(lambda s: s.get(web) is not None, PATIENCE))
    env = Key("staging", "", "ConfigMap", "apps", "env")
    widget = Key("staging", "example.com", "Widget", "apps", "w")

    def plan(target: Key, **inputs: str) -> Plan:
        step = PatchStep("s", "x", target=target, patch={"data": {"a": "b"}}, resource_version="")
        return Plan("x", "write it", (step,), ("staging",), inputs=inputs)

    with pytest.raises(RefusedError, match=r"is gone.*was not there"):
        await got(
            running.run(plan(widget, **{str(widget): "7", f"{url}:1.0.0": ""}), confirmed=YES)
        )
    (lost,) = await got(running.run(plan(widget, **{str(widget): ""}), confirmed=YES))
    assert lost.outcome is Outcome.FAILED and "the kind Widget is not served" in lost.message
    same = {str(env): made["metadata"]["resourceVersion"]}
    (done,) = await got(running.run(plan(env, **same), confirmed=YES))
    assert done.outcome is Outcome.DONE
    with pytest.raises(RefusedError, match="changed: resourceVersion"):
        await got(running.run(plan(env, **same), confirmed=YES))


def thing(
    kind: str = "OCIRepository", group: str = OCI, name: str = "web", **parts: Any
) -> Resource:
    meta = {"name": name, "namespace": "apps", **parts.pop("meta", {})}
    api = f"{group}/v1" if group else "v1"
    return Resource.from_object(
        "staging", {"apiVersion": api, "kind": kind, "metadata": meta, **parts}
    )


def known(*resources: Resource) -> Snapshot:
    tables: dict[str, Any] = {"staging": {}}
    for one in resources:
        tables["staging"].setdefault((one.key.group, one.key.kind), {})[one.key] = one
    return Snapshot(resources=tables)


def test_an_input_is_found_by_its_text_as_a_target_as_an_object_or_as_a_kind() -> None:
    nothing = Plan("x", "x", (), ())
    widget = Key("staging", "example.com", "Widget", "apps", "w")
    step = PatchStep("s", "x", target=widget, patch={}, resource_version="")
    of_step = Plan("x", "x", (step,), ())
    assert key_of(str(widget), of_step, Snapshot()) == widget
    assert key_of(str(widget), nothing, Snapshot()) is None, "its group is nowhere known"
    web = thing()
    assert key_of(str(web.key), nothing, Snapshot()) == web.key, "a kind of Flux's"
    assert key_of(str(web.key), of_step, Snapshot()) == web.key
    own, other = thing("Widget", "a.example.com"), thing("Widget", "b.example.com", "x")
    assert key_of(str(own.key), nothing, known(own, other)) == own.key
    assert key_of(str(other.key), nothing, known(own, other)) == other.key
    space = Resource.from_object(
        "staging", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}}
    )
    assert key_of("staging: Namespace/apps", nothing, known(space)) == space.key
    assert key_of("staging: Namespace", nothing, known(space)) is None
    foreign = thing("OCIRepository", "other.example.com")
    assert key_of(str(foreign.key), nothing, known(foreign)) == foreign.key
    odd = thing(name="a/b")
    assert key_of("staging: OCIRepository/apps/a/b", nothing, known(odd)) == odd.key


def test_only_what_a_plan_may_rest_on_is_compared() -> None:
    asked = thing(meta={"annotations": {REQUESTED_AT: "now"}})
    assert meaning(asked) == meaning(thing()), "a request changes nothing"
    noted = thing(meta={"annotations": {"a": "b"}})
    assert meaning(noted) != meaning(thing())
    assert meaning(thing(meta={"labels": {"a": "b"}})) != meaning(thing())
    assert meaning(thing(spec={"suspend": True})) != meaning(thing(spec={"suspend": False}))
    assert meaning(thing(spec={"ref": {"tag": "1"}}))["spec.ref.tag"] == "1"
    assert meaning(thing(spec={"ref": {}}))["spec.ref"] == {}
    leaving = thing(meta={"deletionTimestamp": "now"})
    assert meaning(leaving)["deleting"] is True and meaning(thing())["deleting"] is False
    stored = thing(status={"artifact": {"revision": "1.0.0"}, "observedGeneration": 7})
    assert meaning(stored) == {**meaning(thing()), "status.artifact.revision": "1.0.0"}


def test_an_error_is_explained_with_its_causes() -> None:
    plain = Conflict("it moved", where="web")
    assert explain(plain) == "web: it moved"
    caused = Conflict("it moved", causes=(("spec.x", "is theirs"), ("spec.y", "too")))
    assert explain(caused) == "it moved [spec.x: is theirs; spec.y: too]"
