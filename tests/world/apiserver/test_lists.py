"""Lists: order, pages, selectors and resourceVersions."""

from __future__ import annotations

import pytest

from fluxtui.world.apiserver.kinds import ApiKind, builtin_kinds
from fluxtui.world.apiserver.read.selectors import label_selector
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.apiserver.status import StatusError
from tests.world.apiserver.client import (
    FLUX,
    MAPS,
    Client,
    Json,
    config_map,
    kustomization,
)


def kind(name: str) -> ApiKind:
    return next(k for k in builtin_kinds() if (k.group, k.kind) == ("", name))


def names(body: Json) -> list[str]:
    return [item["metadata"]["name"] for item in body["items"]]


def test_items_of_built_in_lists_do_not_repeat_their_kind_but_custom_ones_do(api: Client) -> None:
    api.post(MAPS, config_map("a", {"k": "v"})).ok()
    api.post(FLUX, kustomization("app")).ok()
    assert set(api.get(MAPS).ok()["items"][0]) == {"metadata", "data"}
    assert api.get(FLUX).ok()["items"][0]["kind"] == "Kustomization"


def test_a_page_token_that_is_too_old_is_gone_but_offers_a_way_on(
    api: Client, server: ApiServer
) -> None:
    for i in range(4):
        api.post(MAPS, config_map(f"m{i}")).ok()
    token = api.get(MAPS, limit=2).ok()["metadata"]["continue"]
    api.post(MAPS, config_map("m9")).ok()
    server.compact()
    gone = api.send("GET", MAPS, **{"limit": 2, "continue": token})
    assert (gone.status, gone.json["reason"]) == (410, "Expired")
    fresh = gone.json["metadata"]["continue"]
    rest = api.send("GET", MAPS, **{"limit": 5, "continue": fresh}).ok()
    assert names(rest) == ["m2", "m3", "m9"]
    assert api.send("GET", MAPS, **{"continue": "nonsense!"}).status == 400


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("app=web", ["a", "b"]),
        ("app==web,tier=front", ["a"]),
        ("app!=web", ["c", "d"]),
        ("tier in (front, back)", ["a", "b"]),
        ("tier notin (front)", ["b", "c", "d"]),
        ("tier", ["a", "b"]),
        ("!app", ["d"]),
        ("app,!tier", ["c"]),
        ("", ["a", "b", "c", "d"]),
    ],
)
def test_label_selectors(api: Client, selector: str, found: list[str]) -> None:
    labels: dict[str, Json] = {
        "a": {"app": "web", "tier": "front"},
        "b": {"app": "web", "tier": "back"},
        "c": {"app": "db"},
        "d": {},
    }
    for name, given in labels.items():
        api.post(MAPS, config_map(name, labels=given)).ok()
    assert names(api.get(MAPS, labelSelector=selector).ok()) == found


@pytest.mark.parametrize("text", ["a=b=c", "a in b", "=x", "a in (b", "(a)"])
def test_selectors_that_do_not_parse_are_refused(text: str) -> None:
    with pytest.raises(StatusError, match=r"unable to parse|found '[=(]', expected"):
        label_selector(text)
