"""Draw screenshots/ from the running demo: `python -m tests.screenshots FOLDER`.

The same person who tells the story in tests/end_to_end walks through the panes of the real app on
the real World; what stands on the screen is saved as SVG. Bundles and what stands on Git are the
demo's own and alive. Nothing in the demo applies charts: the releases beside them are objects as
Flux's controllers wrote them (tests/recordings), in the World's APIs, and their index is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import Embedded, embedded
from fluxtui.cluster.client import connect
from fluxtui.domain import kinds
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import Conflict
from fluxtui.domain.kinds.kind import Kind
from fluxtui.domain.resource import Resource
from tests.artifacts.scripted_registry import scripted_registry
from tests.contract.fleet.recordings import recorded
from tests.end_to_end.person import Person, at_the_screen

WIDE, SMALL = (120, 40), (80, 24)
APPS = "apps"
TIME, FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "%Y-%m-%dT%H:%M:%SZ"
# By Environment: what of the recorded fleet stands there.
RELEASES = {
    "staging": ("greeting", "by-reference", "no-retries"),
    "production": ("greeting", "by-reference"),
}
INDEX = b"""apiVersion: v1
entries:
  greeting:
  - {version: 2.0.0, created: "2026-11-20T00:00:00Z"}
  - {version: 1.1.0, created: "2026-11-12T00:00:00Z"}
  - {version: 1.0.0, created: "2026-11-02T00:00:00Z"}
"""


class Camera:
    """Saves what stands on the screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, person: Person, name: str) -> None:
        """One picture."""
        person.app.save_screenshot(f"{name}.svg", path=str(self.folder))
        print(f"{self.folder / name}.svg", flush=True)


# Releases ----------------------------------------------------------------------------------------


def definition(kind: Kind) -> dict[str, Any]:
    """A CRD that lets every object of the kind in."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": kind.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    names = {
        "plural": kind.plural,
        "singular": kind.kind.lower(),
        "kind": kind.kind,
        "listKind": f"{kind.kind}List",
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{kind.group}"},
        "spec": {
            "group": kind.group,
            "scope": "Namespaced",
            "names": names,
            "versions": [version],
        },
    }


def lately() -> dict[str, dict[str, Any]]:
    """What was recorded, as if that had ended a little while ago."""
    text = json.dumps(recorded())
    times = {time: datetime.strptime(time, FORM) for time in set(TIME.findall(text))}
    later = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=20) - max(times.values())
    moved: dict[str, dict[str, Any]] = json.loads(
        TIME.sub(lambda found: (times[found[0]] + later).strftime(FORM), text)
    )
    return moved


def releases(names: Iterable[str], address: str) -> list[dict[str, Any]]:
    """Recorded HelmReleases with what they stand on; their index is at `address`."""
    of = lately()
    repository = of["HelmRepository/apps/charts"]
    repository["spec"]["url"] = f"http://{address}/charts"
    chart = of["HelmChart/apps/greeting"]
    objects = [repository, chart]
    for name in names:
        release = of[f"HelmRelease/apps/{name}"]
        objects.append(release)
        wish = release["spec"].get("chart")
        if wish is not None:  # helm-controller makes a HelmChart of each
            status = {**chart["status"], "artifact": None}
            objects.append(
                {
                    **chart,
                    "metadata": {"name": f"apps-{name}", "namespace": APPS},
                    "spec": wish["spec"],
                    "status": {k: v for k, v in status.items() if v is not None},
                }
            )
    return objects


async def put(environment: Environment, objects: Iterable[dict[str, Any]]) -> None:
    """Create them, then write their status, as their controllers did."""
    cluster = await connect(environment.kubeconfig, environment.context, name=environment.name)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": APPS}}
    try:
        for obj in (namespace, *objects):
            type_ = await cluster.find(str(obj["apiVersion"]), str(obj["kind"]))
            kept = {k: obj["metadata"][k] for k in ("name", "namespace", "labels", "annotations")
                    if k in obj["metadata"]}  # fmt: skip
            body = {k: v for k, v in obj.items() if k != "status"} | {"metadata": kept}
            with contextlib.suppress(Conflict):  # the namespace may be there
                await cluster.create(type_, body, field_manager="recorded")
            if "status" in obj:
                status = {**obj["status"], "observedGeneration": 1}
                await cluster.patch(type_, APPS, kept["name"], {"status": status},
                                    field_manager="recorded", subresource="status")  # fmt: skip
    finally:
        await cluster.close()


def kinds_of(objects: Iterable[dict[str, Any]], environment: str) -> list[Kind]:
    """Their kinds, each once."""
    keys = (Resource.from_object(environment, obj).key for obj in objects)
    return [kind for kind in dict.fromkeys(map(kinds.of, keys)) if kind is not None]


async def add_releases(delivery: Embedded, address: str) -> None:
    """What was recorded, into every Environment of the demo."""
    for environment in delivery.config().environments:
        objects = releases(RELEASES[environment.name], address)
        await put(environment, map(definition, kinds_of(objects, environment.name)))
        await put(environment, objects)


# The walk ----------------------------------------------------------------------------------------


async def walk(delivery: Embedded, address: str, camera: Camera) -> None:
    """Board, reasons, patches, a bad build and what it blocks, the review of a promotion."""
    config = delivery.config()
    async with at_the_screen(config, WIDE) as person:
        await person.points_at("activity", "staging")
        await person.sees_settled("staging", "production")
    await add_releases(delivery, address)  # one of them never settles
    async with at_the_screen(config, WIDE) as person:
        await person.points_at("activity", "staging")
        await person.sees("greeting", "2.0.0", "main@")
        camera.shoot(person, "versions")
        await person.presses("7")
        await person.sees("MESSAGE", "no-retries")
        camera.shoot(person, "objects")
        await person.points_at("notifications", "staging")
        await person.presses("t")
        await person.sees("lower")
        camera.shoot(person, "tags")
        await person.points_at("activity", "production")
        await person.presses("4")
        await person.sees("spec.replicas")
        camera.shoot(person, "diff")
        await person.points_at("activity", "staging")
        await person.presses("m")
        await person.sees("As which version?")
        await person.presses("enter")
        await person.sees("is protected")
        camera.shoot(person, "promote")
        await person.presses("escape")
        await person.presses("b")
        await person.sees("Which image tag?")
        await person.presses("tab")
        await person.types("9.9.9-crashloop")
        await person.presses("enter")
        await person.agrees()
        await person.presses("W")
        await person.sees("STEPS")
        await person.presses("y")
        await person.sees("running")
        await person.presses("escape")
        await person.presses("3")
        await person.sees("CrashLoopBackOff", "blocked by activity-apiserver")
        camera.shoot(person, "chain")
        await person.presses("5")
        await person.sees("picked")
        camera.shoot(person, "events")
        await person.presses("question_mark")
        await person.sees("Promote")
        camera.shoot(person, "help")
    async with at_the_screen(config, SMALL) as person:
        await person.points_at("activity", "staging")
        await person.sees("activity-ui")
        camera.shoot(person, "versions-80x24")


def main(folder: str) -> None:
    """Start the World at ten times the speed, walk, end it."""
    with (
        tempfile.TemporaryDirectory() as at,
        scripted_registry() as charts,
        embedded(Path(at) / "demo", speed=10) as delivery,
    ):
        charts.answer = lambda _asked: (200, [("ETag", '"charts"')], INDEX)
        problem = apply_roots(delivery)
        if problem:
            sys.exit(problem)
        asyncio.run(walk(delivery, charts.address, Camera(Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1])
