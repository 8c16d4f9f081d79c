"""Rings headless: a review says which earlier environment a build was not, or not long, well in."""

from __future__ import annotations

import pytest
from cli_delivery import Shell
from cli_objects import RELEASE, ks, oci, pushed, put
from documents import checked

NEXT = "v1.1.0"


@pytest.fixture
def rings(shell: Shell) -> Shell:
    """`canary` asks for a day and runs the next release; `live` runs the one before."""
    old, new = pushed(shell, RELEASE, b"1"), pushed(shell, NEXT, b"2")
    shell.cluster("canary")
    shell.cluster("live", protected=True)
    shell.environments["canary"]["soak"] = "24h"
    put(
        shell, "canary", (oci("app", f"{NEXT}@{new}", semver=">=1.0.0"), ks("web", f"{NEXT}@{new}"))
    )
    put(shell, "live", (oci("app", f"{RELEASE}@{old}", digest=old), ks("web", f"{RELEASE}@{old}")))
    return shell


def test_a_soak_that_nobody_noted_is_not_known_and_said(rings: Shell) -> None:
    said = rings("pin", "app", "-e", "live", "--version", NEXT, "--dry-run")
    assert said.code == 0, said
    says = f"how long {NEXT} has been well in canary is not known; 24h are asked for"
    assert says in said.out
    plan = rings("pin", "app", "-e", "live", "--version", NEXT, "--dry-run", "-o", "json")
    assert "soak-short" in plan.out and checked(plan.out, "Plan")


def test_a_build_that_skips_a_ring_is_told_with_the_ring(rings: Shell) -> None:
    digest = pushed(rings, "v1.2.0", b"3")
    put(rings, "live", (ks("second", f"v1.2.0@{digest}", of="elsewhere"),))
    said = rings("pin", "app", "-e", "live", "--version", "v1.2.0", "--dry-run")
    assert said.code == 0 and "v1.2.0 never ran" in said.out, said


def test_each_of_both_can_be_asked_what_it_means(rings: Shell) -> None:
    assert "five builds" in " ".join(rings("dangers", "ring-skipped").out.split())
    assert "anew after each failure" in " ".join(rings("dangers", "soak-short").out.split())


def test_a_soak_that_is_no_duration_is_refused_with_its_place(rings: Shell) -> None:
    rings.environments["canary"]["soak"] = "a day"
    said = rings("versions")
    assert said.code == 2 and "environments.canary.soak" in said.err and "a duration" in said.err
