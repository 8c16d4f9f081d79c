"""Faults on demand, as tests and scenarios set them."""

from __future__ import annotations

import http.client
import ssl

import pytest

from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.faults import Cut, Rule
from tests.world.apiserver.client import MAPS, Client, config_map

GONE = (ConnectionError, http.client.HTTPException, ssl.SSLError, OSError)


def test_it_can_be_made_unreachable(api: Client, server: ApiServer) -> None:
    api.get(MAPS).ok()
    server.set_unreachable(True)
    for _ in range(2):  # on the connection there is, and on a new one
        with pytest.raises(GONE):
            api.get(MAPS)
        api.close()
    server.set_unreachable(False)
    api.get(MAPS).ok()


def test_history_can_be_forgotten(api: Client, server: ApiServer) -> None:
    rv = api.post(MAPS, config_map("a")).ok()["metadata"]["resourceVersion"]
    api.post(MAPS, config_map("b")).ok()
    server.compact()
    assert api.get(MAPS, resourceVersion=rv, resourceVersionMatch="Exact").status == 410
    with api.watch(MAPS, resourceVersion=rv) as stream:
        assert [(change, status["code"]) for change, status in stream] == [("ERROR", 410)]


def test_watches_can_be_cut_without_a_word(api: Client, server: ApiServer) -> None:
    rv = api.get(MAPS).ok()["metadata"]["resourceVersion"]
    with api.watch(MAPS, resourceVersion=rv) as stream:
        server.faults.cut_watches()
        server.state.store.wake()
        assert list(stream) == []


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
