"""Keys in bursts that arrive in one read, at every screen: nothing acts that was not seen.

FLUXTUI_KEYS_SEED=n types one sequence again, FLUXTUI_KEYS=n sets how many keys each types.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace

import pytest

from fluxtui.commands.command import Command, Target
from fluxtui.domain.plan import Outcome
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.app import FluxtuiApp
from fluxtui.ui.keys import ASIDE, MOVES
from fluxtui.ui.screens.arguments import Arguments
from fluxtui.ui.screens.leaving import Leaving
from fluxtui.ui.screens.review import Review
from tests.ui.conftest import MakeApp, opened
from tests.ui.frame import text
from tests.ui.typist import BYTES, Typist
from tests.ui.ui_delivery import night
from tests.ui.ui_engine import ScriptedEngine

SEEDS = [int(os.environ["FLUXTUI_KEYS_SEED"])] if "FLUXTUI_KEYS_SEED" in os.environ else range(8)
COUNT = int(os.environ.get("FLUXTUI_KEYS", "2600"))
QUITS = {"Q", "ctrl+c", "ctrl+q"}
SIZES = ((120, 40), (80, 24), (200, 50))
# Beside what is bound: text, and keys that nothing is bound to.
MORE = [*"abceinotxzW09 .-", "esc", "esc", "enter", "enter", "tab", "ctrl+u", "ctrl+x", "ctrl+a"]


def bound(app: FluxtuiApp) -> list[str]:
    """Every key that is bound anywhere on the main screen, and those of the dialogs."""
    main = app.main
    keys = {key for _node, bindings in main._binding_chain for key in bindings.key_to_bindings}
    dialogs = {key for kind in (Review, Arguments, Leaving) for key in _bound_by(kind)}
    known = {("esc" if key == "escape" else key) for key in keys | dialogs}
    # Save and suspend leave the app; quit keys are typed on purpose below.
    return sorted(k for k in known - {"ctrl+s", "ctrl+z"} if k in BYTES or len(k) == 1)


def _bound_by(kind: type[Review] | type[Arguments] | type[Leaving]) -> set[str]:
    return {key for key in kind._merge_bindings().key_to_bindings} | {"n"}


@dataclass
class Watch:
    """What happened that matters: acts begun, Plans run, wishes to leave."""

    app: FluxtuiApp
    engine: ScriptedEngine
    begun: list[tuple[str, Target]] = field(default_factory=list)
    left: int = 0

    def __post_init__(self) -> None:
        acting, begin = self.app.main.acting, self.app.main.acting.begin

        def noted(command: Command, target: Target) -> None:
            self.begun.append((command.id, target))
            begin(command, target)

        acting.begin = noted  # type: ignore[method-assign]

        def leave(*_words: object, **_more: object) -> None:
            self.left += 1

        self.app.exit = leave  # type: ignore[method-assign]


def shuffled(snapshot: Snapshot, dice: random.Random) -> Snapshot:
    """Rows come, go and change places, as they do while somebody types."""
    rows = list(snapshot.board.rows)
    dice.shuffle(rows)
    kept = rows[: dice.randint(1, len(rows))] if dice.random() < 0.3 else rows
    board = replace(snapshot.board, rows=tuple(kept))
    return replace(snapshot, board=board, serial=snapshot.serial + dice.randint(1, 999))


class Round:
    """One burst, and what must hold after it."""

    def __init__(self, watch: Watch, keys: list[str]) -> None:
        self.watch, self.keys = watch, keys
        app = watch.app
        self.screen = app.screen
        self.review = self.screen if isinstance(self.screen, Review) else None
        self.asked = text(app)
        self.subject = app.main.subject
        self.view = app.main.views.current
        self.runs, self.acts = len(watch.engine.ran), len(watch.begun)
        self.left = watch.left
        pane = app.pane
        self.row = pane.table._selected_id if pane is not None else None

    def check(self) -> None:
        app, engine = self.watch.app, self.watch.engine
        assert app._exception is None, app._exception
        assert app.is_running and len(app.screen_stack) >= 2
        ran = engine.ran[self.runs :]
        assert len(ran) <= 1
        for plan, confirmed in ran:
            assert self.review is not None, "it was not reviewed before these keys came"
            # What its review showed is recorded in it; nothing else differs.
            seen = replace(self.review._plan, dangers=plan.dangers, unseen=plan.unseen)
            assert plan == seen and all(d in plan.dangers for d in self.review._plan.dangers)
            assert self.review._plan.title.split("[")[0][:20] in self.asked
            assert "enter" in self.keys if confirmed else "y" in self.keys
        if self.watch.left > self.left:
            question = isinstance(self.screen, Leaving) or "press q again" in self.asked
            assert QUITS & set(self.keys) or question, "only the keys that quit leave"
        self.watch.left = self.left
        began = self.watch.begun[self.acts :]
        if began:
            self._check_target(*began[-1])
        self._check_cursor()

    def _check_target(self, command: str, target: Target) -> None:
        """What is named is what stood under the cursor: where it was, or a step from there."""
        steps = {key for key in self.keys if key in MOVES | ASIDE}
        if not steps:
            assert target == self.subject, f"{command} is about what nobody saw"

    def _check_cursor(self) -> None:
        app = self.watch.app
        pane = app.pane
        if pane is None or self.keys or self.view != app.main.views.current:
            return
        rows = pane.table._listing
        ids = [rows.id_at(index) for index in range(len(rows))]
        if self.row in ids:
            assert pane.table._selected_id == self.row, "the cursor went by itself"


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_burst_of_keys_ends_the_app_or_acts_unseen(
    make_app: MakeApp, engine: ScriptedEngine, seed: int
) -> None:
    dice = random.Random(seed)
    print(f"type it again: FLUXTUI_KEYS_SEED={seed} FLUXTUI_KEYS={COUNT}")
    app = make_app()
    typed: list[str] = []
    async with opened(app, SIZES[seed % len(SIZES)]) as pilot:
        typist, watch = Typist(app), Watch(app, engine)
        keys = [*bound(app), *MORE]
        await pilot.pause()
        while len(typed) < COUNT:
            burst = [
                dice.choice(keys) for _ in range(dice.choice((0, 1, 2, 3, 5, 8, 20, 40, 150, 300)))
            ]
            if isinstance(app.screen, Review) and dice.random() < 0.5:
                burst = ["y"] if dice.random() < 0.5 else [*"production", "enter"]
            one = Round(watch, burst)
            if dice.random() < 0.3:
                engine.give(shuffled(night(), dice))
            typist.types(*burst)
            await typist.rests()
            typed += burst
            try:
                one.check()
            except AssertionError:
                print(f"seed {seed}, burst {burst} after {typed[-60:]}")
                raise
            if engine.running is not None and not engine.running.done() and dice.random() < 0.3:
                engine.finish(dice.choice((Outcome.DONE, Outcome.FAILED)))
                await typist.rests()
