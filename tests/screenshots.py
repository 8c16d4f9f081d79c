"""Draw screenshots/ from the running demo: `python -m tests.screenshots FOLDER`.

The same person who tells the story in tests/end_to_end walks through the panes of the real app on
the real World; what stands on the screen is saved as SVG. Nothing is staged.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from fluxtui.cli.demo import apply_roots
from fluxtui.cli.embedded import Embedded, embedded
from tests.end_to_end.person import Person, at_the_screen

WIDE, SMALL = (120, 36), (80, 24)


class Camera:
    """Saves what stands on the screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, person: Person, name: str) -> None:
        """One picture."""
        person.app.save_screenshot(f"{name}.svg", path=str(self.folder))
        print(f"{self.folder / name}.svg", flush=True)


async def walk(delivery: Embedded, camera: Camera) -> None:
    """Board, reasons, patches, a bad build and what it blocks, the review of a promotion."""
    config = delivery.config()
    async with at_the_screen(config, WIDE) as person:
        await person.points_at("activity", "staging")
        await person.sees_settled("staging", "production")
        camera.shoot(person, "versions")
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
    with tempfile.TemporaryDirectory() as at, embedded(Path(at) / "demo", speed=10) as delivery:
        problem = apply_roots(delivery)
        if problem:
            sys.exit(problem)
        asyncio.run(walk(delivery, Camera(Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1])
