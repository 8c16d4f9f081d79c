"""What the demo can rehearse is what the simulator can do, under names that people understand."""

from __future__ import annotations

from fluxtui.cli.demo import breaking
from fluxtui.cli.vocabulary import verb
from fluxtui.world.scenarios.rehearsals import MARKERS, MIGRATION, rehearsals_of
from fluxtui.world.scenarios.releases import load_service
from fluxtui.world.simulator.fates import CRASH, FAULTS, fault_of


def container_fault(image: str, *, owner: str = "ReplicaSet") -> str:
    pod = {"metadata": {"name": "p", "ownerReferences": [{"kind": owner}]}}
    return fault_of(pod, {"name": "app", "image": image})


def test_every_fault_of_a_container_can_be_rehearsed() -> None:
    broken = rehearsals_of(load_service("activity"))
    faults = {
        container_fault(f"{name}:{tag.replace('{version}', 'v1')}")
        for images in broken.values()
        for name, tag in images.items()
    }
    assert faults - {""} == set(FAULTS)


def test_a_migration_fails_and_the_database_on_its_image_does_not() -> None:
    ((name, tag),) = MIGRATION.items()
    assert container_fault(f"{name}:{tag}", owner="Job") == CRASH
    assert container_fault(f"{name}:{tag}", owner="StatefulSet") == ""
    assert "failing migration" in rehearsals_of(load_service("activity"))
    assert "failing migration" not in rehearsals_of(load_service("status-page"))


def test_the_demo_says_how_to_break_it() -> None:
    import argparse

    demo = verb("demo")
    assert demo is not None
    parser = argparse.ArgumentParser()
    demo.add(parser)
    for way in (*MARKERS, "failing migration"):
        assert way in breaking("fluxtui")
        assert way in " ".join(parser.format_help().split())


def test_the_migration_that_fails_leaves_a_log_to_read() -> None:
    """A Job that restarts in place loses its Pod at the back-off limit, and the log with it."""
    (job,) = load_service("activity").config.glob("components/*-migrations/job.yaml")
    assert "restartPolicy: Never" in job.read_text(encoding="utf-8")
