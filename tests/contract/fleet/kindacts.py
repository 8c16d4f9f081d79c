"""Each act on one object of each kind, on Flux's own controllers: which of them really did it.

An act counts when its controller's answer stands on the object, and where no controller answers
when the field does. Nothing here prints; `kindtable` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from fluxtui.domain import kinds
from tests.contract.fleet.cases import Case, met
from tests.contract.fleet.hand import Hand
from tests.contract.fleet.story import REQUEST, Fleet
from tests.contract.server import wait_until

_WELL = ("ready", "static")
_PINNED = ("GitRepository", "HelmChart", "HelmRelease", "OCIRepository")  # by themselves
_MUCH_USED = "OCIRepository/flux-system/bundle"  # by some that fail for good; there is another


def tried(fleet: Fleet, home: Path) -> dict[str, dict[str, bool]]:
    """By kind and id of an act, whether it went as it should; those that were not tried are not in
    it."""
    hand = Hand(fleet, home)
    first: dict[str, Case] = {}
    for case in fleet.cases:
        # What a controller has made it makes again: acts are tried on what a person has made.
        if case.state in _WELL and not case.is_made and case.key != _MUCH_USED:
            first.setdefault(case.kind, case)
    first["GitRepository"] = _spare(fleet, first["GitRepository"])
    return {kind: dict(_acts(hand, case)) for kind, case in first.items()}


def _spare(fleet: Fleet, case: Case) -> Case:
    """A copy that nothing stands on: a pin waits for all users, and some fail here for good."""
    metadata = {**case.object["metadata"], "name": "spare"}
    spare = replace(case, object={**case.object, "metadata": metadata})
    fleet.api.post(spare.folder, dict(spare.object)).ok()
    wait_until(fleet.api, spare.path, partial(met, case.until))
    return spare


def _acts(hand: Hand, case: Case) -> Iterator[tuple[str, bool]]:
    kind = kinds.by_short(case.kind)
    assert kind is not None
    live = partial(hand.fleet.live, case)
    yield "suspend", _done(hand, "suspend", case) and live()["spec"].get("suspend") is True
    yield "resume", _done(hand, "resume", case) and "suspend" not in live()["spec"]
    if kind.reconciles and case.state != "static":
        done = _done(hand, "reconcile", case)
        yield "reconcile", done and _answered(live(), "lastHandledReconcileAt")
    if "force" in kind.demands:
        done = _done(hand, "reconcile", case, "--force")
        yield "reconcile-force", done and _answered(live(), "lastHandledForceAt")
    if case.kind in _PINNED:
        done = _done(hand, "pin", case)
        held = "fluxtui.dev/pin-inverse" in live()["metadata"].get("annotations", {})
        yield "pin", done and held and _done(hand, "unpin", case)


def _done(hand: Hand, verb: str, case: Case, *flags: str) -> bool:
    code, receipt = hand(verb, case.key, *flags)
    return code == 0 and receipt["outcome"] == "done"


def _answered(found: dict[str, Any], field: str) -> bool:
    asked = found["metadata"].get("annotations", {}).get(REQUEST)
    return bool(asked) and (found.get("status") or {}).get(field) == asked
