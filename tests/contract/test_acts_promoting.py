"""Promotion, rollback and unpinning on Flux's own controllers: what the review says comes true.

Two environments of one real control plane are delivered to by Flux; a person types verbs, and once
keys in a terminal. Each story goes on where the one before ended; after each act the controllers'
own status is what is compared. Skipped where they are not built.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.contract.fleet.cases import met
from tests.contract.fleet.delivery import (
    PARENT,
    Delivery,
    Json,
    bundle,
    delivery,
)
from tests.contract.programs import CONTROL_PLANE, FLUX, program_or_skip

SHOP, APPLIES = "OCIRepository/production/shop", "Kustomization/production/shop"
TILL, TILL_KEY = "hr/production/till", "HelmRelease/production/till"
INFRA = "Kustomization/production/infra"
ROLLBACK = "\x0c"
SLACK = timedelta(seconds=5)  # of a busy machine, and of times in whole seconds
INTERVAL = timedelta(seconds=int(PARENT.rstrip("s")))
YES = ("--yes", "--confirm", "production")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    for name in (*CONTROL_PLANE, *FLUX):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: the delivery's infra is read from it")
    with delivery(tmp_path_factory.mktemp("acts")) as found:
        yield found


def revision(found: Json) -> str:
    return str((found["status"].get("artifact") or {}).get("revision"))


def applied(found: Json) -> str:
    return str(found["status"].get("lastAppliedRevision"))


def image(shop: Delivery, environment: str) -> str:
    pod = shop.get(f"Deployment/{environment}/web")["spec"]["template"]["spec"]
    return str(pod["containers"][0]["image"]).rpartition(":")[2]


def runs_of_parent(shop: Delivery, environment: str) -> int:
    """How often Flux has put back there what Git says, since that changed last."""
    parent = shop.get(f"Kustomization/{environment}/infra")
    return int(parent["status"]["history"][0]["totalReconciliations"])


def rounds(shop: Delivery, environment: str, count: int = 2) -> None:
    """That many whole runs of a parent go by."""
    wanted = runs_of_parent(shop, environment) + count
    shop.wait(
        f"Kustomization/{environment}/infra",
        lambda found: found["status"]["history"][0]["totalReconciliations"] >= wanted,
    )


def test_the_target_picks_and_applies_the_digest_that_was_promoted(shop: Delivery) -> None:
    digest = shop.push("shop", "v1.2.0-rc.1", bundle("1.2.0"))
    shop.wait("Kustomization/staging/shop", lambda found: digest in applied(found))
    assert applied(shop.get(APPLIES)).startswith("v1.1.0@")  # no pre-release comes there by itself

    review = shop("promote", "shop", "-e", "staging", "--version", "v1.2.0", "--dry-run")
    parts = {
        part["environment"]: [image["to"] for image in part["images"]]
        for part in review.document["delivery"]["kustomizations"]
    }
    assert parts == {"production": ["registry.example.com/web:1.2.0"], "staging": []}
    assert revision(shop.get(SHOP)).startswith("v1.1.0@")  # a dry run moves nothing

    done = shop("promote", "shop", "-e", "staging", "--version", "v1.2.0", *YES)
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    for environment in ("production", "staging"):
        source = shop.get(f"OCIRepository/{environment}/shop")
        applier = shop.get(f"Kustomization/{environment}/shop")
        assert revision(source) == applied(applier) == f"v1.2.0@{digest}"
        assert met(("Ready=True ReconciliationSucceeded",), applier)
        assert image(shop, environment) == "1.2.0"


def test_by_keys_a_promotion_fails_in_its_rollout_and_is_rolled_back(shop: Delivery) -> None:
    good = revision(shop.get(SHOP)).partition("@")[2]
    bad = shop.push("shop", "v1.3.0-rc.1", bundle("1.3.0-crashloop"))
    failed = ("Ready=False HealthCheckFailed",)
    shop.wait("Kustomization/staging/shop", lambda found: met(failed, found))
    with shop.screen() as screen:
        screen.sees("acme/shop in staging", "CrashLoopBackOff", "would pick v1.3.0-rc.1")
        screen.types("m")
        screen.sees("As which version?", "v1.3.0")
        screen.types("\r")
        screen.sees("production is protected", "v1.3.0-rc.1 failed in staging")
        screen.types("production\r")
        screen.sees("failed", "roll back shop in production")
        assert revision(shop.get(SHOP)) == f"v1.3.0@{bad}"
        assert met(failed, shop.get(APPLIES))
        screen.types(ROLLBACK)
        screen.sees("Why?", "HealthCheckFailed", "v1.2.0")
        screen.types("\r")
        screen.sees("production is protected", "goes to v1.2.0")
        screen.types("production\r")
        screen.sees("✓ done")
    held = shop.get(SHOP)
    assert held["spec"]["ref"] == {"semver": "1.x", "digest": good}
    assert revision(held) == applied(shop.get(APPLIES)) == good
    assert met(("Ready=True",), shop.get(APPLIES)) and image(shop, "production") == "1.2.0"
    reason = held["metadata"]["annotations"]["fluxtui.dev/pinned-reason"]
    assert reason.startswith("v1.3.0: CrashLoopBackOff"), "what failed then, by the board"


def test_headless_the_offered_command_rolls_back(shop: Delivery) -> None:
    """Staging picked the bad build by itself, and by the tag again."""
    again = ("promote", "shop", "-e", "staging", "--from", "v1.3.0-rc.1", "--version", "v1.3.1")
    failed = shop(*again, *YES)
    assert failed.code == 1 and "failed" in failed.outcomes
    commands = re.findall("^fluxtui: to roll it back: (.*)$", failed.beside, re.MULTILINE)
    (command,) = (text for text in commands if "-e staging" in text)
    assert len(commands) == 1, "production is pinned and takes nothing"
    done = shop(*shlex.split(command)[1:], "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    source = shop.get("OCIRepository/staging/shop")
    assert revision(source) == source["spec"]["ref"]["digest"] == revision(shop.get(SHOP))
    assert image(shop, "staging") == "1.2.0"
    assert met(("Ready=True",), shop.get("Kustomization/staging/shop"))


def test_a_rollback_survives_the_parent_and_the_next_tag_until_it_is_unpinned(
    shop: Delivery,
) -> None:
    held = shop.get(SHOP)["spec"]["ref"]
    newest = shop.push("shop", "v1.4.0", bundle("1.4.0"))
    rounds(shop, "production")
    shop.ask(SHOP)
    assert shop.get(SHOP)["spec"]["ref"] == held
    assert revision(shop.get(SHOP)) == held["digest"]

    review = shop("unpin", "ocirepo/production/shop", "--dry-run").document
    effects = " ".join(review["effects"])
    assert "v1.4.0" in effects and "v1.3.0: CrashLoopBackOff" in effects, "and why it is pinned"
    (part,) = review["delivery"]["kustomizations"]
    assert [i["to"] for i in part["images"]] == ["registry.example.com/web:1.4.0"]
    done = shop("unpin", "ocirepo/production/shop", *YES)
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    assert shop.get(SHOP)["spec"]["ref"] == {"semver": "1.x"}
    assert applied(shop.get(APPLIES)) == revision(shop.get(SHOP)) == f"v1.4.0@{newest}"


def test_the_parent_takes_a_rollback_back_as_the_review_says(shop: Delivery) -> None:
    _upgrade(shop)
    review = shop("rollback", TILL, "--reason", "slow", "--dry-run").document
    (warning,) = (text for text in review["warnings"] if "puts it back" in text)
    assert f"{INFRA} declares spec.chart.spec.version" in warning
    assert f"within {PARENT}" in warning

    rounds(shop, "production", 1)  # all of an interval is before us
    done = shop("rollback", TILL, "--reason", "slow", *YES)
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    written = shop.get(TILL_KEY)["metadata"]["annotations"]["fluxtui.dev/pinned-at"]
    back = shop.wait(TILL_KEY, lambda found: version(found) == "1.1.0")
    (entry,) = (
        entry
        for entry in back["metadata"]["managedFields"]
        if "f:version" in json.dumps(entry.get("fieldsV1")) and "subresource" not in entry
    )
    assert entry["manager"] == "kustomize-controller"
    at = datetime.fromisoformat(entry["time"].replace("Z", "+00:00"))
    assert at - datetime.fromisoformat(written.replace("Z", "+00:00")) < INTERVAL * 1.1 + SLACK


def test_a_rollback_lasts_where_its_parent_is_suspended_first(shop: Delivery) -> None:
    shop.wait(TILL_KEY, lambda found: newest(found) == "1.1.0" and met(("Ready=True",), found))
    assert "fluxtui.dev/pinned-by" in shop.get(TILL_KEY)["metadata"]["annotations"]
    review = shop("rollback", TILL, "--reason", "slow", "--keep", "--dry-run").document
    assert not [text for text in review["warnings"] if "puts it back" in text]
    assert any(f"{INFRA} is suspended too" in text for text in review["effects"])

    done = shop("rollback", TILL, "--reason", "slow", "--keep", *YES)
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    parent = shop.get(INFRA)
    assert parent["spec"]["suspend"] is True
    rounds(shop, "staging")  # its parent has the same interval, and goes on
    assert version(shop.get(TILL_KEY)) == newest(shop.get(TILL_KEY)) == "1.0.0"
    assert shop.get(INFRA)["status"]["history"] == parent["status"]["history"]

    resumed = shop("resume", INFRA.replace("Kustomization", "ks"), *YES)
    assert resumed.code == 0, resumed
    shop.wait(TILL_KEY, lambda found: version(found) == "1.1.0" and newest(found) == "1.1.0")


def _upgrade(shop: Delivery) -> None:
    """From 1.0.0 to 1.1.0, by Git."""
    shop.till("1.1.0")
    shop.ask("GitRepository/production/infra")
    shop.wait(TILL_KEY, lambda found: version(found) == "1.1.0" and newest(found) == "1.1.0")


def version(found: Json) -> str:
    """What is asked of the release."""
    return str(found["spec"]["chart"]["spec"]["version"])


def newest(found: Json) -> str:
    """What Helm made last."""
    entry = max(found["status"]["history"], key=lambda entry: int(entry["version"]))
    return str(entry["chartVersion"])
