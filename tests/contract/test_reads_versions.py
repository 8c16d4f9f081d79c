"""Which version of things a get or list shows: any, this one, not older than this one."""

from __future__ import annotations

import threading

import pytest

from tests.contract.reads import ask, causes, make_maps, maps_of, names, until, version_of
from tests.contract.server import Server
from tests.world.apiserver.client import Client, config_map

FUTURE = 99_999_999_999


def test_without_a_version_a_list_is_the_newest(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    body = api.get(maps_of(ns)).ok()
    assert names(body) == ["a"] and version_of(body) >= version


@pytest.mark.parametrize("match", [{}, {"resourceVersionMatch": "NotOlderThan"}])
def test_any_version_may_be_asked_for(api: Client, ns: str, match: dict[str, str]) -> None:
    version = make_maps(api, ns, "a")
    api.get(maps_of(ns), resourceVersion=version).ok()  # from here on a cache has it as well
    assert names(api.get(maps_of(ns), resourceVersion="0", **match).ok()) == ["a"]


@pytest.mark.parametrize("match", [{}, {"resourceVersionMatch": "NotOlderThan"}])
def test_a_version_alone_means_not_older(api: Client, ns: str, match: dict[str, str]) -> None:
    first = make_maps(api, ns, "a")
    second = make_maps(api, ns, "b")
    body = api.get(maps_of(ns), resourceVersion=second, **match).ok()
    assert names(body) == ["a", "b"] and version_of(body) >= second
    older = api.get(maps_of(ns), resourceVersion=first, **match).ok()
    assert names(older) == ["a", "b"], "newer than asked for is fine"


def test_exactly_one_version(api: Client, ns: str) -> None:
    empty = version_of(api.get(maps_of(ns)).ok())
    first = make_maps(api, ns, "a")
    api.patch(f"{maps_of(ns)}/a", {"data": {"of": "b"}}).ok()
    api.delete(f"{maps_of(ns)}/a").ok()
    exactly = {"resourceVersionMatch": "Exact"}
    then = api.get(maps_of(ns), resourceVersion=first, **exactly).ok()
    assert [item["data"] for item in then["items"]] == [{"of": "a"}]
    assert version_of(then) == first
    before = api.get(maps_of(ns), resourceVersion=empty, **exactly).ok()
    assert (names(before), version_of(before)) == ([], empty)


def test_a_version_with_a_limit_is_exact(api: Client, ns: str) -> None:
    first = make_maps(api, ns, "a")
    make_maps(api, ns, "b")
    body = api.get(maps_of(ns), resourceVersion=first, limit=5).ok()
    assert (names(body), version_of(body)) == (["a"], first)


REFUSED = [
    ({"resourceVersionMatch": "Exact"}, ["FieldValueForbidden"]),
    ({"resourceVersionMatch": "NotOlderThan"}, ["FieldValueForbidden"]),
    ({"resourceVersionMatch": "Exact", "resourceVersion": "0"}, ["FieldValueForbidden"]),
    ({"resourceVersionMatch": "Other", "resourceVersion": "1"}, ["FieldValueNotSupported"]),
    ({"resourceVersionMatch": "Other"}, ["FieldValueForbidden", "FieldValueNotSupported"]),
    (
        {"resourceVersionMatch": "Exact", "resourceVersion": "1", "continue": "x"},
        ["FieldValueForbidden"],
    ),
]


@pytest.mark.parametrize(("query", "reasons"), REFUSED)
def test_what_contradicts_itself_is_refused(
    api: Client, ns: str, query: dict[str, str], reasons: list[str]
) -> None:
    answer = api.get(maps_of(ns), **query)
    assert (answer.status, answer.json["reason"]) == (422, "Invalid")
    assert answer.json["message"].startswith('ListOptions.meta.k8s.io "" is invalid: ')
    assert causes(answer) == [("resourceVersionMatch", reason) for reason in reasons]


NONSENSE = [
    ("abc", "invalid syntax"),
    ("-1", "invalid syntax"),
    ("1.5", "invalid syntax"),
    ("99999999999999999999", "value out of range"),
]


@pytest.mark.parametrize(("version", "why"), NONSENSE)
def test_a_version_is_a_number(api: Client, ns: str, version: str, why: str) -> None:
    parsing = f'strconv.ParseUint: parsing "{version}": {why}'
    words = f'resourceVersion: Invalid value: "{version}": {parsing}'
    listed = api.get(maps_of(ns), resourceVersion=version)
    assert listed.status == 400
    assert listed.json["message"] == f"invalid resource version: {words}"
    got = api.get(f"{maps_of(ns)}/a", resourceVersion=version)
    assert (got.status, got.json["message"]) == (500, words)


def test_numbers_are_numbers(api: Client, ns: str) -> None:
    for query in ({"limit": "x"}, {"limit": "1.5"}, {"timeoutSeconds": "soon"}):
        answer = api.get(maps_of(ns), **query)
        [value] = query.values()
        assert answer.status == 400
        assert answer.json["message"] == f'strconv.ParseInt: parsing "{value}": invalid syntax'


@pytest.mark.parametrize("path", ["", "/a"])
def test_a_version_that_does_not_come_times_out(api: Client, ns: str, path: str) -> None:
    answer = api.get(maps_of(ns) + path, resourceVersion=FUTURE)
    assert (answer.status, answer.json["reason"]) == (504, "Timeout")
    assert answer.json["message"].startswith(f"Timeout: Too large resource version: {FUTURE}, ")
    told = answer.json["details"]
    assert [cause["reason"] for cause in told["causes"]] == ["ResourceVersionTooLarge"]
    assert told["retryAfterSeconds"] == 1
    assert answer.headers["Retry-After"] == "1"


def test_a_version_that_comes_is_waited_for(server: Server, api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")

    def write() -> None:
        own = Client(server)
        for i in range(3):
            own.post(maps_of(ns), config_map(f"b{i}")).ok()
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    asked = {"resourceVersion": version + 3, "resourceVersionMatch": "NotOlderThan"}
    # On a very slow machine the three writes may take longer than it waits.
    answer = until(lambda: api.get(maps_of(ns), **asked), lambda found: found.status != 504)
    writer.join()
    assert version_of(answer.ok()) >= version + 3


def test_a_get_may_ask_for_a_version_too(api: Client, ns: str) -> None:
    version = make_maps(api, ns, "a")
    for asked in ("", "0", "1", str(version)):
        got = ask(api, f"{maps_of(ns)}/a", resourceVersion=asked)
        assert got.ok()["metadata"]["name"] == "a"
