"""Label selectors: every operator, every tolerance, and the words for what does not parse."""

from __future__ import annotations

import pytest

from tests.contract.reads import maps_of, names
from tests.contract.server import crd, define
from tests.world.apiserver.client import Client, Json, config_map

LABELS: dict[str, Json] = {
    "a": {"on": "yes", "size": "5"},
    "b": {"on": "no", "size": "50"},
    "c": {"on": "", "example.com/team": "blue"},
    "d": {"in": "in"},
}
FOUND = [
    ("", "abcd"),
    ("on", "abc"),
    ("!on", "d"),
    ("! on", "d"),
    ("on=yes", "a"),
    ("on==yes", "a"),
    ("on = yes", "a"),
    ("on=", "c"),
    ("on!=yes", "bcd"),
    ("on!=", "abd"),
    ("on in (yes,no)", "ab"),
    ("on in(yes)", "a"),
    ("on  in  ( yes )", "a"),
    ("on in ()", "c"),
    ("on in (yes,)", "ac"),
    ("on in (,yes)", "ac"),
    ("on notin (yes)", "bcd"),
    ("on notin (yes,no)", "cd"),
    ("on=yes,size=5", "a"),
    ("on,!size", "c"),
    ("on in (yes,no),size!=5", "b"),
    ("size>10", "b"),
    ("size<10", "a"),
    ("size>4,size<6", "a"),
    ("on>1", ""),
    ("example.com/team=blue", "c"),
    ("in in (in)", "d"),
]
IN_WORDS = "unable to parse requirement: "
REFUSED = [
    ("on,", "found '', expected: identifier after ','"),
    (",on", "found ',', expected: !, identifier, or 'end of string'"),
    ("on,,on", "found ',', expected: identifier after ','"),
    ("=x", "found '=', expected: !, identifier, or 'end of string'"),
    ("(on)", "found '(', expected: !, identifier, or 'end of string'"),
    ("on=a=b", "found '=', expected: ',' or 'end of string'"),
    ("on=yes no", "found 'no', expected: ',' or 'end of string'"),
    ("!", IN_WORDS + "found '', expected: identifier"),
    ("on in yes", IN_WORDS + "found 'yes' expected: '('"),
    ("on in", IN_WORDS + "found '' expected: '('"),
    ("on in (yes", IN_WORDS + "found '', expected: ',' or ')'"),
    ("on in (a b)", IN_WORDS + "found 'b', expected: ',' or ')'"),
    ("a b", IN_WORDS + "found 'b', expected: in, notin, =, ==, !=, gt, lt"),
    ("on=(yes)", IN_WORDS + "found '(', expected: identifier"),
    (
        "on>x",
        IN_WORDS + 'values[0]: Invalid value: "x": for \'Gt\', \'Lt\' operators, the value must be '
        "an integer",
    ),
    ("/a=1", IN_WORDS + '<nil>: Invalid value: "/a": prefix part must be non-empty'),
    (
        "k" * 64,
        IN_WORDS + f'<nil>: Invalid value: "{"k" * 64}": name part must be no more than 63 bytes',
    ),
    (
        f"on={'v' * 64}",
        IN_WORDS + f'values[0][on]: Invalid value: "{"v" * 64}": must be no more than 63 bytes',
    ),
]  # fmt: skip
REFUSED_FROM = [
    ("-a", '<nil>: Invalid value: "-a": name part must consist of alphanumeric characters, '),
    ("a/b/c=1", '<nil>: Invalid value: "a/b/c": a valid label key must consist of alphanumeric '),
    ("a/=1", '<nil>: Invalid value: "a/": name part must be non-empty; name part must consist '),
    ("UP/x=y", '<nil>: Invalid value: "UP/x": prefix part a lowercase RFC 1123 subdomain must '),
    ("on=v-", 'values[0][on]: Invalid value: "v-": a valid label must be an empty string or '),
    ("on in (-v)", 'values[0][on]: Invalid value: "-v": a valid label must be an empty string or '),
]


def make(api: Client, ns: str) -> None:
    for name, labels in LABELS.items():
        api.post(maps_of(ns), config_map(name, labels=labels)).ok()


def test_every_operator_finds_what_it_says(api: Client, ns: str) -> None:
    make(api, ns)
    for selector, found in FOUND:
        listed = names(api.get(maps_of(ns), labelSelector=selector).ok())
        assert "".join(listed) == found, selector


def test_custom_objects_are_found_the_same_way(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    for name, labels in LABELS.items():
        metadata = {"name": name, "labels": labels}
        api.post(
            widgets, {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": metadata}
        ).ok()
    for selector, found in FOUND:
        listed = names(api.get(widgets, labelSelector=selector).ok())
        assert "".join(listed) == found, selector


@pytest.mark.parametrize(("selector", "message"), REFUSED)
def test_what_does_not_parse_is_refused(api: Client, ns: str, selector: str, message: str) -> None:
    answer = api.get(maps_of(ns), labelSelector=selector)
    assert (answer.status, answer.json["reason"]) == (400, "BadRequest")
    assert answer.json["message"] == message


@pytest.mark.parametrize(("selector", "beginning"), REFUSED_FROM)
def test_keys_and_values_must_be_possible(
    api: Client, ns: str, selector: str, beginning: str
) -> None:
    answer = api.get(maps_of(ns), labelSelector=selector)
    assert answer.status == 400
    assert answer.json["message"].startswith(IN_WORDS + beginning)


def test_of_two_selectors_the_first_counts(api: Client, ns: str) -> None:
    make(api, ns)
    listed = api.get(f"{maps_of(ns)}?labelSelector=on%3Dyes&labelSelector=on%3Dno").ok()
    assert names(listed) == ["a"]
