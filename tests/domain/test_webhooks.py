"""The path of a webhook is known to its Receiver alone: whatever is read has none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fluxtui.domain.resource import Resource
from fluxtui.domain.webhooks import HIDDEN

PATH = "/hook/" + "0123456789abcdef" * 4
SAID = f"Receiver initialized for path: {PATH}"
RECEIVER: dict[str, Any] = {
    "apiVersion": "notification.toolkit.fluxcd.io/v1",
    "kind": "Receiver",
    "metadata": {"name": "push", "namespace": "flux-system"},
    "status": {"conditions": [{"type": "Ready", "message": SAID}], "webhookPath": PATH},
}
EVENT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "push.1", "namespace": "flux-system"},
    "message": SAID,
}


@pytest.mark.parametrize("obj", [RECEIVER, EVENT], ids=["Receiver", "Event"])
def test_it_is_hidden_wherever_the_controller_wrote_it(obj: dict[str, Any]) -> None:
    kept = json.dumps(Resource.from_object("staging", obj).as_object())

    assert PATH not in kept
    assert SAID.replace(PATH, HIDDEN) in kept


def test_what_else_is_said_stays() -> None:
    event = {**EVENT, "message": "served under /hook/ by the ingress"}

    assert Resource.from_object("staging", event).extra["message"] == event["message"]
