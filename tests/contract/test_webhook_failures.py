"""Webhooks in dry runs, and what comes of those that are away, untrusted, wrong or silent."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any

import pytest

from tests.contract.server import Server
from tests.contract.webhook import Hook, Registrar, patch, rule, webhook
from tests.world.apiserver.client import Client, config_map

Json = dict[str, Any]


def deny(**status: Any) -> Json:
    return {"allowed": False, "status": status}


def test_a_dry_run_asks_only_those_without_side_effects(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "dry.guards.example", sideEffects="NoneOnDryRun"))
    hook.decide = lambda request: deny(message=f"dry run {request['dryRun']}")
    refused = api.post(maps, config_map("a"), dryRun="All")
    assert refused.json["message"].endswith("denied the request: dry run True")
    assert hook.seen[0]["options"]["dryRun"] == ["All"]


def test_nobody_listening_is_for_the_failure_policy_to_judge(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    nobody = {"url": "https://127.0.0.1:1/x", "caBundle": hook.ca}
    closed = webhook(hook, ns, "closed.guards.example", clientConfig=nobody, timeoutSeconds=3)
    register({**closed, "failurePolicy": "Ignore"})
    api.post(maps, config_map("a")).ok()
    register(closed | {"rules": [rule("configmaps", operations=("DELETE",))]})
    refused = api.delete(f"{maps}/a")
    why = (
        'failed calling webhook "closed.guards.example": failed to call webhook: Post '
        '"https://127.0.0.1:1/x?timeout=3s": dial tcp 127.0.0.1:1: connect: connection refused'
    )
    assert (refused.status, refused.json["reason"]) == (500, "InternalError")
    assert refused.json["message"] == f"Internal error occurred: {why}"
    assert refused.json["details"] == {"causes": [{"message": why}]}


def test_an_unknown_authority_is_not_trusted(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    other = Hook()
    config = {"url": hook.url, "caBundle": other.ca}
    register(webhook(hook, ns, "tls.guards.example", clientConfig=config,
                     rules=[rule("configmaps", operations=("UPDATE",))]))  # fmt: skip
    other.close()
    api.post(maps, config_map("a")).ok()
    refused = api.patch(f"{maps}/a", {"data": {"k": "1"}})
    assert refused.status == 500
    assert (
        "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        in (refused.json["message"])
    )


@pytest.mark.parametrize(
    ("raw", "status", "why"),
    [
        (b"out of order", 500, 'an error on the server ("out of order") has prevented the request'),
        (b"{}", 502, 'an error on the server ("unknown") has prevented the request'),
        (b"busy", 503, "the server is currently unable to handle the request"),
        (b"", 404, "the server could not find the requested resource"),
        (json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}).encode(),
         200, "received invalid webhook response: webhook response was absent"),
        (json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                     "response": {"uid": "x", "allowed": True}}).encode(),
         200, "received invalid webhook response: expected response.uid="),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_fails_closed(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar,
    raw: bytes, status: int, why: str,
) -> None:  # fmt: skip
    register(webhook(hook, ns, "odd.guards.example"))
    media = "application/json" if raw.startswith(b"{") else "text/plain"
    hook.decide = lambda _: {"raw": raw, "status": status, "media": media}
    refused = api.post(maps, config_map("a"))
    assert (refused.status, refused.json["reason"]) == (500, "InternalError")
    assert 'failed calling webhook "odd.guards.example": ' in refused.json["message"]
    assert why in refused.json["message"]


def test_a_validating_webhook_may_not_patch(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "odd.guards.example"))
    hook.decide = lambda _: patch({"op": "add", "path": "/data", "value": {}})
    refused = api.post(maps, config_map("a"))
    assert refused.status == 500
    assert refused.json["message"].endswith("validating webhook may not return response.patch")


def test_a_patch_that_does_not_fit_is_an_internal_error(
    api: Client, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "odd.guards.example"), mutating=True)
    hook.decide = lambda _: patch({"op": "remove", "path": "/data/none"})
    assert api.post(maps, config_map("a")).status == 500
    garbage = base64.b64encode(b"{").decode()
    hook.decide = lambda _: {"allowed": True, "patchType": "JSONPatch", "patch": garbage}
    refused = api.post(maps, config_map("a"))
    assert refused.status == 500
    assert "received undecodable patch in webhook response" in refused.json["message"]


def test_a_silent_webhook_costs_its_timeout_and_holds_nobody_else_up(
    api: Client, server: Server, ns: str, maps: str, hook: Hook, register: Registrar
) -> None:
    register(webhook(hook, ns, "slow.guards.example", timeoutSeconds=2,
                     rules=[rule("configmaps", operations=("CREATE",))]))  # fmt: skip
    asked = threading.Event()

    def decide(_: Json) -> Json:
        asked.set()
        hook.released.wait(30)
        return {"allowed": True}

    hook.decide = decide
    answers: list[Any] = []
    slow = Client(server)
    waiting = threading.Thread(target=lambda: answers.append(slow.post(maps, config_map("a"))))
    began = time.monotonic()
    waiting.start()
    assert asked.wait(30)
    secrets = f"/api/v1/namespaces/{ns}/secrets"
    api.post(secrets, {"metadata": {"name": "meanwhile"}}).ok()
    assert api.get(maps).status == 200
    assert waiting.is_alive() or time.monotonic() - began >= 2, "others did not wait for it"
    waiting.join(30)
    slow.close()
    assert answers[0].status == 500
    assert answers[0].json["message"].endswith("context deadline exceeded")
    assert api.get(f"{maps}/a").status == 404
