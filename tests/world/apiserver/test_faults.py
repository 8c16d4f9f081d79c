"""Faults on demand, as tests and scenarios set them."""

from __future__ import annotations

import http.client
import ssl

import pytest

from fluxtui.world.apiserver.faults import Cut, Rule
from fluxtui.world.apiserver.server import ApiServer
from tests.world.apiserver.client import MAPS, Client, config_map

GONE = (ConnectionError, http.client.HTTPException, ssl.SSLError, OSError)


def test_an_unreachable_cluster_says_nothing_and_comes_back(api: Client, server: ApiServer) -> None:
    api.post(MAPS, config_map("a")).ok()
    with api.watch(MAPS) as stream:
        stream.next()
        server.set_unreachable(True)
        with pytest.raises(GONE):
            list(stream)
            raise ConnectionError("the stream ended")
    with pytest.raises(GONE):
        api.get(MAPS)
    api.close()
    server.set_unreachable(False)
    assert len(api.get(MAPS).ok()["items"]) == 1


def test_it_can_be_made_unreachable_from_another_process(api: Client, server: ApiServer) -> None:
    api.post("/_world/faults", {"unreachable": True}).ok()
    with pytest.raises(GONE):
        api.get(MAPS)
    api.close()
    assert api.post("/_world/faults", {"unreachable": False}).ok()["unreachable"] is False
    api.get(MAPS).ok()


def test_errors_and_throttling_by_path_and_count(api: Client, server: ApiServer) -> None:
    rule = {"path": "configmaps", "methods": ["GET"], "status": 429, "retry_after": 2, "count": 2}
    api.post("/_world/faults", {"rules": [rule]}).ok()
    throttled = api.get(MAPS)
    assert (throttled.status, throttled.json["reason"]) == (429, "TooManyRequests")
    assert throttled.headers["Retry-After"] == "2"
    assert throttled.json["details"]["retryAfterSeconds"] == 2
    assert api.get("/api/v1/namespaces/default/secrets").status == 200
    assert api.get(MAPS).status == 429
    assert api.get(MAPS).status == 200, "the rule is used up"
    server.faults.set_rules(Rule(status=503))
    assert api.get(MAPS).json["reason"] == "ServiceUnavailable"
    server.faults.clear()
    assert api.get(MAPS).status == 200


@pytest.mark.parametrize("cut", ["before", "headers", "middle"])
def test_connections_are_cut(api: Client, server: ApiServer, cut: str) -> None:
    api.post(MAPS, config_map("a", {"k": "v" * 500})).ok()
    api.post("/_world/faults", {"rules": [{"cut": cut, "count": 1}]}).ok()
    with pytest.raises(GONE):
        api.get(MAPS)
    api.close()
    assert api.get(MAPS).status == 200


def test_a_token_expires_and_is_renewed(api: Client) -> None:
    api.post("/_world/faults", {"tokenExpired": True}).ok()
    assert api.get(MAPS).status == 401
    api.post("/_world/faults", {"tokenExpired": False}).ok()
    assert api.get(MAPS).status == 200


def test_history_can_be_forgotten_from_outside(api: Client) -> None:
    rv = api.post(MAPS, config_map("a")).ok()["metadata"]["resourceVersion"]
    api.post(MAPS, config_map("b")).ok()
    api.post("/_world/faults", {"compact": True}).ok()
    assert api.get(MAPS, resourceVersion=rv, resourceVersionMatch="Exact").status == 410
    with api.watch(MAPS, resourceVersion=rv) as stream:
        assert [(change, status["code"]) for change, status in stream] == [("ERROR", 410)]


def test_watches_can_be_cut_without_a_word(api: Client) -> None:
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv) as stream:
        api.post("/_world/faults", {"cutWatches": True}).ok()
        assert list(stream) == []


def test_nonsense_is_refused(api: Client) -> None:
    assert api.post("/_world/faults", {"nonsense": 1}).status == 400
    assert api.post("/_world/faults", {"rules": [{"colour": "blue"}]}).status == 400
    assert api.get("/_world/other").status == 404
    assert api.get("/_world/faults").ok()["rules"] == []


def test_latency_is_waited_for(api: Client, server: ApiServer) -> None:
    server.faults.set_rules(Rule(latency=5, count=1))
    api.connection.timeout = 0.05
    api.close()
    with pytest.raises(TimeoutError):
        api.get(MAPS)


def test_a_webhook_that_denies_is_one_rule(api: Client, server: ApiServer) -> None:
    text = 'admission webhook "policy.example.com" denied the request: no latest tags'
    rule = Rule(("PATCH", "PUT"), f"{MAPS}/a$", status=403, message=text)
    server.faults.set_rules(rule)
    denied = api.apply(f"{MAPS}/a", config_map("a"))
    assert (denied.status, denied.json["reason"]) == (403, "Forbidden")
    assert denied.json["message"] == text
    assert api.apply(f"{MAPS}/b", config_map("b")).status == 201


@pytest.mark.parametrize("cut", ["headers", "middle"])
def test_watches_break_off(api: Client, server: ApiServer, cut: Cut) -> None:
    api.post(MAPS, config_map("a")).ok()
    server.faults.set_rules(Rule(cut=cut, count=1))
    with api.watch(MAPS) as stream, pytest.raises((*GONE, ValueError)):
        list(stream)
        raise ConnectionError("the stream ended")


def test_a_watch_can_be_half_open(api: Client, server: ApiServer) -> None:
    api.post(MAPS, config_map("a")).ok()
    server.faults.set_rules(Rule(stall=60, count=1))
    with api.watch(MAPS) as stream:
        assert stream.socket is not None
        stream.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            stream.next()
