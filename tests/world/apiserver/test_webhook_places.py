"""What only the embedded API can show of webhooks: Services by name, and writes that race."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fluxtui.world.apiserver.server import ApiServer
from tests.contract.webhook import ADMISSION, Hook, patch, rule, webhook
from tests.world.apiserver.client import MAPS, Client, config_map

SERVICE = {"name": "policy", "namespace": "guards", "path": "/review", "port": 8443}


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


def store(api: Client, entry: dict[str, object], *, mutating: bool = False) -> None:
    kind = f"{'Mutating' if mutating else 'Validating'}WebhookConfiguration"
    body = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": str(entry["name"])},
        "webhooks": [entry],
    }
    api.post(f"{ADMISSION}/{kind.lower()}s", body).ok()


def test_a_service_is_found_where_the_world_says_it_listens(
    api: Client, server: ApiServer, hook: Hook
) -> None:
    config = {"service": SERVICE, "caBundle": hook.ca}
    store(api, webhook(hook, "default", "svc.guards.example", clientConfig=config))
    refused = api.post(MAPS, config_map("a"))
    assert refused.status == 500
    assert refused.json["message"] == (
        'Internal error occurred: failed calling webhook "svc.guards.example": failed to call '
        'webhook: Post "https://policy.guards.svc:8443/review?timeout=10s": service "policy" not '
        "found"
    )
    server.state.hosts["policy.guards.svc"] = f"127.0.0.1:{hook.port}"
    api.post(MAPS, config_map("a")).ok()
    assert [seen["name"] for seen in hook.seen] == ["a"]


def test_an_object_that_changed_while_its_webhook_was_asked_is_asked_about_again(
    api: Client, server: ApiServer, hook: Hook
) -> None:
    api.post(MAPS, config_map("a", {"count": "0"})).ok()
    store(
        api,
        webhook(hook, "default", "see.guards.example",
                rules=[rule("configmaps", operations=("UPDATE",))],
                objectSelector={"matchLabels": {"watched": "yes"}}),
    )  # fmt: skip
    other = Client(server)

    def meddle(_: object) -> dict[str, object]:
        if len(hook.seen) == 1:
            other.patch(f"{MAPS}/a", {"data": {"meddled": "1"}}).ok()
        return {"allowed": True}

    hook.decide = meddle
    change = {"metadata": {"labels": {"watched": "yes"}}, "data": {"count": "1"}}
    done = api.patch(f"{MAPS}/a", change).ok()
    other.close()
    assert done["data"] == {"count": "1", "meddled": "1"}
    assert len(hook.seen) == 2
    assert hook.seen[1]["object"]["data"] == {"count": "1", "meddled": "1"}


def test_a_stale_write_is_refused_although_the_webhook_agreed(
    api: Client, server: ApiServer, hook: Hook
) -> None:
    made = api.post(MAPS, config_map("a", {"count": "0"})).ok()
    store(api, webhook(hook, "default", "see.guards.example",
                       rules=[rule("configmaps", operations=("UPDATE",))],
                       objectSelector={"matchLabels": {"watched": "yes"}}))  # fmt: skip
    other = Client(server)

    def meddle(_: object) -> dict[str, object]:
        other.patch(f"{MAPS}/a", {"data": {"meddled": "1"}}).ok()
        return {"allowed": True}

    hook.decide = meddle
    made["metadata"]["labels"] = {"watched": "yes"}
    refused = api.put(f"{MAPS}/a", made)
    other.close()
    assert (refused.status, refused.json["reason"]) == (409, "Conflict")
    assert len(hook.seen) == 1


def test_what_the_server_deletes_by_itself_asks_nobody(api: Client, hook: Hook) -> None:
    store(api, webhook(hook, "gone", "no.guards.example"))
    hook.decide = lambda _: {"allowed": False}
    api.post("/api/v1/namespaces", {"metadata": {"name": "gone"}}).ok()
    inside = "/api/v1/namespaces/gone/configmaps"
    assert api.post(inside, config_map("a")).status == 400
    with api.watch("/api/v1/namespaces") as stream:
        api.delete("/api/v1/namespaces/gone").ok()
        for change, found in stream:
            if change == "DELETED" and found["metadata"]["name"] == "gone":
                break


def test_a_mutation_is_kept_by_later_writes(api: Client, hook: Hook) -> None:
    store(api, webhook(hook, "default", "add.guards.example"), mutating=True)
    hook.decide = lambda _: patch(
        {"op": "add", "path": "/metadata/labels", "value": {"by": "hook"}}
    )
    made = api.post(MAPS, config_map("a")).ok()
    assert made["metadata"]["labels"] == {"by": "hook"}
    again = api.patch(f"{MAPS}/a", {"data": {"k": "1"}}).ok()
    assert again["data"] == {"k": "1"} and len(hook.seen) == 2
