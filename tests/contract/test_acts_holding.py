"""Suspending, freezing and chains on Flux's own controllers: what is held stays, who waits says it.

Staging and production of one real control plane are delivered to by Flux, and a person types verbs.
That nothing moves is seen by what does: `canary` follows the same tags at the same interval and is
held by nobody. After each act the controllers' own status is what is compared. Skipped where they
are not built.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import partial

import pytest

from tests.contract.fleet.cases import met
from tests.contract.fleet.delivery import (
    FAST,
    RANGE,
    Delivery,
    Json,
    bundle,
    delivery,
    kustomization,
    release,
    settings,
    source,
)
from tests.contract.programs import CONTROL_PLANE, FLUX, program_or_skip
from tests.contract.test_acts_promoting import applied, image, revision

SHOP, APPLIES = "OCIRepository/staging/shop", "Kustomization/staging/shop"
CANARY = "OCIRepository/production/canary"
NOTES = "fluxtui.dev/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    for name in (*CONTROL_PLANE, *FLUX):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: the delivery's infra is read from it")
    with delivery(tmp_path_factory.mktemp("acts")) as found:
        began(found)
        yield found


def began(shop: Delivery) -> None:
    """Something that moves by itself and is held by nobody."""
    of = source("production", "canary", shop.url("shop"), FAST, semver=RANGE["staging"])
    shop.create(of)
    shop.ready(CANARY)


def publish(shop: Delivery, *tags: str) -> None:
    """One after the other, each once the canary has seen the one before: whole intervals go by."""
    for tag in tags:
        shop.push("shop", tag, bundle(tag.removeprefix("v")))
        shop.wait(CANARY, partial(gives, tag))


def gives(tag: str, found: Json) -> bool:
    """Whether a source has stored that tag."""
    return revision(found).startswith(f"{tag}@")


def notes(found: Json) -> dict[str, str]:
    """What fluxtui has written on it."""
    each = (found["metadata"].get("annotations") or {}).items()
    return {name.removeprefix(NOTES): text for name, text in each if name.startswith(NOTES)}


def named(reference: Json) -> str:
    return f"{reference['kind']}/{reference['namespace']}/{reference['name']}"


def test_what_is_suspended_stays_and_is_resumed_with_what_waits(shop: Delivery) -> None:
    words = ("suspend", "ks/staging/shop", "--reason", "the database moves", "--until", "2h")
    done = shop(*words, "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    held = shop.get(APPLIES)
    assert held["spec"]["suspend"] is True
    assert notes(held)["suspended-reason"] == "the database moves"
    assert {"suspended-by", "suspended-at", "suspended-until"} <= notes(held).keys()

    publish(shop, "v1.2.0-a.1", "v1.2.0-a.2")
    shop.wait(SHOP, lambda found: revision(found).startswith("v1.2.0-a.2@"))  # its source goes on
    assert applied(shop.get(APPLIES)).startswith("v1.1.0@") and image(shop, "staging") == "1.1.0"
    (item,) = shop("holds", "-e", "staging").document["items"]
    assert (item["held"], named(item["object"])) == ("suspended", APPLIES)
    assert item["why"] == "the database moves" and item["until"] == notes(held)["suspended-until"]
    assert "v1.2.0-a.2" in item["behind"]

    review = shop("resume", "ks/staging/shop", "--dry-run").document
    (part,) = review["delivery"]["kustomizations"]
    assert [(i["from"], i["to"]) for i in part["images"]] == [
        ("registry.example.com/web:1.1.0", "registry.example.com/web:1.2.0-a.2")
    ]
    assert shop.get(APPLIES)["spec"]["suspend"] is True
    done = shop("resume", "ks/staging/shop", "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    free = shop.get(APPLIES)
    assert "suspend" not in free["spec"] and not notes(free)
    assert applied(free) == revision(shop.get(SHOP)) and image(shop, "staging") == "1.2.0-a.2"
    assert met(("Ready=True ReconciliationSucceeded",), free)


def test_nothing_moves_while_frozen_and_only_that_freeze_is_lifted(shop: Delivery) -> None:
    shop.push("lamp", "v1.0.0", settings("lamp"))
    shop.create(source("staging", "lamp", shop.url("lamp"), FAST, semver="1.x"))
    shop.create(kustomization("staging", "lamp", targetNamespace="staging"))
    shop.ready("Kustomization/staging/lamp")
    shop("suspend", "ks/staging/lamp", "--reason", "another story", "--yes")

    done = shop("freeze", "staging", "--reason", "audit", "--until", "1d", "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    frozen = {
        named(item["object"]): item["freeze"]
        for item in shop("holds", "-e", "staging").document["items"]
        if item["held"] == "frozen"
    }
    assert SHOP in frozen and "OCIRepository/staging/lamp" in frozen
    assert "Kustomization/staging/lamp" not in frozen
    (freeze,) = set(frozen.values())
    for key in frozen:
        live = shop.get(key)
        assert live["spec"]["suspend"] is True and notes(live)["freeze"] == freeze

    before = {key: shop.get(key)["status"] for key in (SHOP, APPLIES)}
    publish(shop, "v1.3.0-a.1", "v1.3.0-a.2")
    assert {key: shop.get(key)["status"] for key in (SHOP, APPLIES)} == before
    assert image(shop, "staging") == "1.2.0-a.2"

    # Somebody else lifts one by hand, and holds it again for reasons of their own.
    for suspend in (None, True):
        shop.patch("OCIRepository/staging/lamp", {"spec": {"suspend": suspend}}, "flux")
    lifted = shop("unfreeze", "staging", "--id", freeze, "--yes")
    assert lifted.code == 0 and set(lifted.outcomes) == {"done"}, lifted
    assert shop.get("OCIRepository/staging/lamp")["spec"]["suspend"] is True
    assert shop.get("Kustomization/staging/lamp")["spec"]["suspend"] is True
    for key in frozen.keys() - {"OCIRepository/staging/lamp"}:
        live = shop.get(key)
        assert "suspend" not in live["spec"] and not notes(live), key
    shop.wait(APPLIES, lambda found: applied(found).startswith("v1.3.0-a.2@"))
    assert revision(shop.get(SHOP)).startswith("v1.3.0-a.2@")


def test_the_root_blocker_is_the_one_that_the_controllers_name(shop: Delivery) -> None:
    shop.push("base", "v1.0.0", settings("base"))
    shop.create(
        source("production", "base", shop.url("base"), FAST, semver="1.x"),
        kustomization("production", "base", path="./absent"),
        kustomization("production", "middle", source="base", dependsOn=[{"name": "base"}]),
        kustomization("production", "top", source="base", dependsOn=[{"name": "middle"}]),
        release("production", "chartless", "9.9.9"),
        release("production", "behind", "1.0.0", dependsOn=[{"name": "chartless"}]),
    )
    waits = ("Ready=False DependencyNotReady",)
    for name in ("middle", "top"):
        shop.wait(f"Kustomization/production/{name}", lambda found: met(waits, found))
    shop.wait("HelmRelease/production/behind", lambda found: met(waits, found))
    # The release is not ready as soon as its chart is made, which has no status then.
    for key in (BASE, "HelmRelease/production/chartless", CHART):
        shop.wait(key, lambda found: met(("Ready=False",), found))

    roots = {name: root_by_status(shop, name) for name in BLOCKED}
    assert roots == BLOCKED  # what the controllers say; now the chain
    chain = shop("chain", "-e", "production").document["items"]
    said = {
        named(node["object"]): named(node["blocker"]["object"])
        for node in chain
        if named(node["object"]) in BLOCKED and "blocker" in node
    }
    assert said == BLOCKED


BASE, CHART = "Kustomization/production/base", "HelmChart/production/production-chartless"
BLOCKED = {
    "Kustomization/production/middle": BASE,
    "Kustomization/production/top": BASE,
    "HelmRelease/production/behind": CHART,
}


def root_by_status(shop: Delivery, key: str) -> str:
    """Along dependsOn and sources, as long as the controller says that it waits for them."""
    found = shop.get(key)
    ready = next(c for c in found["status"]["conditions"] if c["type"] == "Ready")
    if ready["reason"] == "SourceNotReady":
        named_source = re.match("([A-Z][A-Za-z]+) '([^']+)' is not ready", ready["message"])
        assert named_source is not None, ready
        return root_by_status(shop, "/".join(named_source.groups()))
    if ready["reason"] != "DependencyNotReady":
        return key
    kind, namespace, _name = key.split("/")
    (depends,) = found["spec"]["dependsOn"]
    assert f"{namespace}/{depends['name']}" in ready["message"], ready
    return root_by_status(shop, f"{kind}/{namespace}/{depends['name']}")
