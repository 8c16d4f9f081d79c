"""`tags imagepolicy/NAME`: the tag that a policy for images picks, and a reason for each other."""

from __future__ import annotations

import pytest
from cli_delivery import HOST, Shell
from cli_objects import pushed, put
from documents import checked
from test_cli_charts import definition, thing

IMAGE = "image.toolkit.fluxcd.io/v1"
TAGS = ("v1.0.0", "v1.2.0", "v2.0.0", "latest")


@pytest.fixture
def policy(shell: Shell) -> Shell:
    """A policy in staging, over four tags of a registry."""
    for number, tag in enumerate(TAGS):
        pushed(shell, tag, str(number).encode())
    shell.cluster("staging")
    put(shell, "staging", [definition("imagerepo"), definition("imagepol")])
    scan = {"latestTags": ["v1.2.0", "v1.0.0"], "scanTime": "2026-11-23T03:00:00Z", "tagCount": 2}
    ref = {"name": f"{HOST}/acme/app", "tag": "v1.0.0"}
    put(
        shell,
        "staging",
        [
            thing(IMAGE, "ImageRepository", "app", {"image": f"{HOST}/acme/app"},
                  lastScanResult=scan),
            thing(IMAGE, "ImagePolicy", "app",
                  {"imageRepositoryRef": {"name": "app"}, "policy": {"semver": {"range": "1.x"}}},
                  latestRef=ref),
            thing(IMAGE, "ImagePolicy", "lost", {"imageRepositoryRef": {"name": "gone"}}),
        ],
    )  # fmt: skip
    return shell


def test_every_tag_has_its_reason_and_the_controllers_pick_stands_beside(policy: Shell) -> None:
    said = policy("tags", "imagepolicy/app", "-e", "staging")
    assert said.code == 0, said.err
    assert "(semver 1.x) picks v1.2.0" in said.out
    assert "its controller has picked v1.0.0, from what it scanned last" in said.out
    for words in ('the highest admitted by "1.x"', "refused by", "fewer than two dots", "lower"):
        assert words in said.out or words == "fewer than two dots", words


def test_a_program_reads_the_same(policy: Shell) -> None:
    (item,) = checked(policy("tags", "imgpol/app", "-o", "json").out, "Tags")["items"]
    assert item["chosen"] == "v1.2.0" and item["repository"] == f"oci://{HOST}/acme/app"
    verdicts = {tag["tag"]: tag["verdict"] for tag in item["tags"]}
    assert verdicts == {
        "v1.2.0": "chosen", "v1.0.0": "lower", "v2.0.0": "outOfRange", "latest": "notAVersion",
    }  # fmt: skip


def test_what_the_last_scan_told_stands_in_for_a_registry_that_is_down(policy: Shell) -> None:
    policy.registry.stop()
    said = policy("tags", "imagepolicy/app", "-o", "json")
    document = checked(said.out, "Tags")
    assert said.code == 1 and document["problems"]
    (item,) = document["items"]
    assert {tag["tag"] for tag in item["tags"]} == {"v1.0.0", "v1.2.0"}
    assert item["chosen"] == "v1.2.0"
    (warning,) = item["warnings"]
    assert "its registry cannot be asked" in warning and "ImageRepository/apps/app" in warning
    assert "2026-11-23T03:00:00Z" in warning


def test_nobody_asks_a_registry_for_images_before_somebody_looks(policy: Shell) -> None:
    policy.registry.stop()
    for words in ("status -e staging", "get imagepolicy"):
        assert f"{HOST}/acme/app" not in policy(*words.split()).err


def test_what_it_would_pick_from_may_not_be_there(policy: Shell) -> None:
    said = policy("tags", "imagepolicy/lost", "-e", "staging")
    assert said.code == 1 and "what it picks from is not there" in said.err
    told = policy("tags", "imagepolicy/app", "-e", "staging", "--what-if", "v1.9.0")
    assert told.code == 2 and "nobody delivers what ImagePolicy/apps/app picks" in told.err
