"""A chain of Kustomizations from one bundle, from nothing to ready, in order."""

from __future__ import annotations

from reconciler_stage import NS, Stage, condition, config_map, kustomization, source

BUNDLE = {
    "one/cm.yaml": config_map("one", version="1"),
    "two/cm.yaml": config_map("two", version="1"),
    "three/cm.yaml": config_map("three", version="1"),
}


async def test_a_chain_is_applied_in_order_from_the_picked_version(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.push("acme/app", "1.1.0", BUNDLE)
    digest = await stage.push("acme/app", "1.2.0", BUNDLE)
    await stage.push("acme/app", "2.0.0-rc.1", BUNDLE)
    await stage.apply(
        kustomization("three", after=("two",), path="./three"),
        kustomization("two", after=("one",), path="./two"),
        kustomization("one", path="./one"),
        source(),
    )
    await stage.start()
    last = await stage.until_ready("Kustomization", "three")
    revision = f"1.2.0@{digest}"
    assert last["status"]["lastAppliedRevision"] == revision
    assert condition(last, "Ready")["message"] == f"Applied revision: {revision}"
    assert condition(last, "Ready")["reason"] == "ReconciliationSucceeded"
    times = []
    for name in ("one", "two", "three"):
        found = await stage.get("ConfigMap", name)
        assert found is not None
        assert found["metadata"]["labels"] == {
            "kustomize.toolkit.fluxcd.io/name": name,
            "kustomize.toolkit.fluxcd.io/namespace": NS,
        }
        times.append(int(found["metadata"]["resourceVersion"]))
    assert times == sorted(times)
    assert last["status"]["inventory"] == {"entries": [{"id": f"{NS}_three__ConfigMap", "v": "v1"}]}
