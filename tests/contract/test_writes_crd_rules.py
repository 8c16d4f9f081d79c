"""CEL rules of CRDs: what they see, when they are asked, and what their failing says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.server import Server, crd, define
from tests.contract.writing import Writer, causes_of, group_name
from tests.world.apiserver.client import Client


def rule(text: str, **more: Any) -> dict[str, Any]:
    return {"rule": text, **more}


def ruled(kind: str, *rules: dict[str, Any], **schema: Any) -> dict[str, Any]:
    return {"type": kind, "x-kubernetes-validations": list(rules), **schema}


LIST = {"type": "array", "maxItems": 5}
WORD = {"type": "string", "maxLength": 10}
SPEC: dict[str, Any] = ruled(
    "object",
    rule("!has(self.min) || !has(self.max) || self.min <= self.max", message="min above max"),
    rule(
        "!has(self.fp) || self.fp.a == 'x'",
        message="a must be x",
        fieldPath=".fp.a",
        reason="FieldValueForbidden",
    ),
    rule("self.?opt.orValue('none') != 'bad'"),
    properties={
        "min": {"type": "integer"},
        "max": {"type": "integer"},
        "fp": {"type": "object", "properties": {"a": {"type": "string"}}},
        "opt": {"type": "string"},
        "fixed": ruled("string", rule("self == oldSelf", message="fixed is immutable")),
        "grow": ruled(
            "integer",
            rule(
                "self >= oldSelf",
                messageExpression="self < oldSelf - 2 ? 'far too small' : 'cannot shrink'",
            ),
        ),
        "first": ruled(
            "integer",
            rule(
                "oldSelf.hasValue() || self == 1", optionalOldSelf=True, message="first must be 1"
            ),
        ),
        "name": ruled(
            "string",
            rule("self.startsWith('a')"),
            rule("self.matches('^[a-z]+$')", message="only letters"),
            rule("self.size() < 10", reason="FieldValueDuplicate", message="not shown"),
            maxLength=20,
        ),
        "words": LIST
        | ruled("array", rule("self.all(x, x.size() > 1)", message="all long"), items=WORD),
        "set": LIST
        | ruled("array", rule("self == ['b', 'a']", message="not a and b"), items=WORD)
        | {"x-kubernetes-list-type": "set"},
        "items": LIST
        | {
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["k"],
            "items": ruled(
                "object",
                rule("has(self.v) ? self.v < 10 : true", message="v too big"),
                required=["k"],
                properties={
                    "k": {"type": "string", "maxLength": 5},
                    "v": ruled("integer", rule("self >= oldSelf", message="v only grows")),
                },
            ),
        },
        "map": ruled(
            "object",
            rule("'k1' in self", message="k1 is needed", reason="FieldValueRequired"),
            maxProperties=5,
            additionalProperties=ruled("integer", rule("self > 0", message="positive")),
        ),
        "either": {
            "x-kubernetes-int-or-string": True,
            "x-kubernetes-validations": [
                rule("type(self) == string ? self == '5%' : self == 5", message="five")
            ],
        },
        "keywords": ruled(
            "object",
            rule("!has(self.__in__) || self.__in__ == 'ok'", message="in must be ok"),
            rule("!has(self.a__dash__b) || self.a__dash__b == 'ok'", message="a-b must be ok"),
            properties={"in": {"type": "string"}, "a-b": {"type": "string"}},
        ),
        "divisor": ruled("integer", rule("10 / self > 1", message="more than one")),
        "told": ruled(
            "integer",
            rule("self < 5", message="plain", messageExpression="['listed'][self - 6]"),
        ),
    },
)
LIBRARY = {
    "quantity": ("quantity(self).isGreaterThan(quantity('1Gi'))", "2Gi", "1Mi"),
    "url": ("isURL(self) && url(self).getScheme() == 'https'", "https://a", "http://a"),
    "ip": ("isIP(self) && ip(self).family() == 4", "10.0.0.1", "::1"),
    "cidr": ("cidr('10.0.0.0/8').containsIP(self)", "10.1.1.1", "11.1.1.1"),
    "semver": ("semver(self).isGreaterThan(semver('1.2.3'))", "1.3.0", "1.0.0"),
    "label": ("!format.dns1123Label().validate(self).hasValue()", "ok", "Not_Ok"),
    "split": ("self.split(',').map(x, x.trim()).filter(x, x != '').size() <= 2", "a, b", "a,b,c"),
    "find": ("self.find('[0-9]+') == '12'", "a12", "a1"),
    "replace": ("self.replace('a', 'b').indexOf('b') < 1", "xyz", "xa"),
    "lower": ("self.lowerAscii() == self", "x", "X"),
}


@dataclass
class Rules:
    """A kind with all the rules, and a fresh name for each object."""

    writer: Writer
    group: str

    def create(self, spec: Any, **query: Any) -> Any:
        return self.writer.create(self.group, "Rule", spec, **query)


@pytest.fixture(scope="module")
def rules(server: Server) -> Iterator[Rules]:
    client = Client(server)
    group = group_name()
    library = {
        name: ruled("string", rule(text, message=f"no {name}"), maxLength=40)
        for name, (text, _, _) in LIBRARY.items()
    }
    schema = SPEC | {"properties": SPEC["properties"] | {f"lib{n}": s for n, s in library.items()}}
    define(client, crd(group, "Rule", schema=schema))
    yield Rules(Writer(client), group)
    client.close()


REFUSED = [
    ({"min": 3, "max": 2}, [("FieldValueInvalid", "spec", "Invalid value: min above max")]),
    ({"fp": {"a": "y"}}, [("FieldValueForbidden", "spec.fp.a", "Forbidden: a must be x")]),
    (
        {"fp": {}},
        [
            (
                "FieldValueInvalid",
                "spec",
                'Invalid value: "object": no such key: a evaluating rule: a must be x',
            )
        ],
    ),
    (
        {"opt": "bad"},
        [
            (
                "FieldValueInvalid",
                "spec",
                "Invalid value: failed rule: self.?opt.orValue('none') != 'bad'",
            )
        ],
    ),
    ({"first": 2}, [("FieldValueInvalid", "spec.first", "Invalid value: 2: first must be 1")]),
    (
        {"name": "B1"},
        [
            (
                "FieldValueInvalid",
                "spec.name",
                "Invalid value: \"B1\": failed rule: self.startsWith('a')",
            ),
            ("FieldValueInvalid", "spec.name", 'Invalid value: "B1": only letters'),
        ],
    ),
    (
        {"name": "abcdefghijkl"},
        [("FieldValueDuplicate", "spec.name", 'Duplicate value: "abcdefghijkl"')],
    ),
    ({"words": ["x"]}, [("FieldValueInvalid", "spec.words", "Invalid value: all long")]),
    ({"set": ["a", "c"]}, [("FieldValueInvalid", "spec.set", "Invalid value: not a and b")]),
    (
        {"items": [{"k": "a", "v": 50}, {"k": "b"}]},
        [("FieldValueInvalid", "spec.items[0]", "Invalid value: v too big")],
    ),
    (
        {"map": {"k2": 0}},
        [
            ("FieldValueRequired", "spec.map", "Required value: k1 is needed"),
            ("FieldValueInvalid", "spec.map[k2]", "Invalid value: 0: positive"),
        ],
    ),
    ({"either": 6}, [("FieldValueInvalid", "spec.either", "Invalid value: 6: five")]),
    ({"either": "x"}, [("FieldValueInvalid", "spec.either", 'Invalid value: "x": five')]),
    (
        {"keywords": {"in": "no", "a-b": "no"}},
        [
            ("FieldValueInvalid", "spec.keywords", "Invalid value: in must be ok"),
            ("FieldValueInvalid", "spec.keywords", "Invalid value: a-b must be ok"),
        ],
    ),
    (
        {"divisor": 0},
        [
            (
                "FieldValueInvalid",
                "spec.divisor",
                'Invalid value: "integer": division by zero evaluating rule: more than one',
            )
        ],
    ),
    ({"told": 6}, [("FieldValueInvalid", "spec.told", "Invalid value: 6: listed")]),
    ({"told": 7}, [("FieldValueInvalid", "spec.told", "Invalid value: 7: plain")]),
]


def test_a_failed_rule_says_where_and_why(rules: Rules) -> None:
    for spec, expected in REFUSED:
        answer = rules.create(spec, dryRun="All")
        assert answer.status == 422, (spec, answer.data)
        assert causes_of(answer) == expected, spec


ACCEPTED = [
    {},
    {"min": 1, "max": 2},
    {"fp": {"a": "x"}},
    {"opt": "ok"},
    {"fixed": "a"},
    {"grow": 5},
    {"first": 1},
    {"name": "abc"},
    {"words": []},
    {"set": ["a", "b"]},
    {"items": [{"k": "a", "v": 5}]},
    {"map": {"k1": 1}},
    {"either": 5},
    {"either": "5%"},
    {"keywords": {"in": "ok", "a-b": "ok"}},
    {"divisor": 5},
]


def test_what_keeps_the_rules_is_accepted(rules: Rules) -> None:
    for spec in ACCEPTED:
        answer = rules.create(spec, dryRun="All")
        assert answer.status == 201, (spec, answer.data)


def test_rules_may_call_kubernetes_own_functions(rules: Rules) -> None:
    for name, (_, good, bad) in LIBRARY.items():
        assert rules.create({f"lib{name}": good}, dryRun="All").status == 201, name
        refused = causes_of(rules.create({f"lib{name}": bad}, dryRun="All"))
        assert refused == [
            ("FieldValueInvalid", f"spec.lib{name}", f'Invalid value: "{bad}": no {name}')
        ]


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ({"fixed": "a"}, {"fixed": "b"}, ("spec.fixed", '"b": fixed is immutable')),
        ({"fixed": "a"}, {"fixed": "a"}, None),
        ({"fixed": "a"}, {"fixed": None}, None),
        ({}, {"fixed": "b"}, None),
        ({"grow": 5}, {"grow": 4}, ("spec.grow", "4: cannot shrink")),
        ({"grow": 5}, {"grow": 1}, ("spec.grow", "1: far too small")),
        ({"grow": 5}, {"grow": 6}, None),
        ({"first": 1}, {"first": 7}, None),
        (
            {"items": [{"k": "a", "v": 5}]},
            {"items": [{"k": "b", "v": 1}, {"k": "a", "v": 4}]},
            ("spec.items[1].v", "4: v only grows"),
        ),
        ({"items": [{"k": "a", "v": 5}]}, {"items": [{"k": "b", "v": 1}]}, None),
    ],
)
def test_transition_rules_compare_with_the_old_value(
    rules: Rules, before: Any, after: Any, refused: tuple[str, str] | None
) -> None:
    made = rules.create(before).ok()
    answer = rules.writer.merge(made, {"spec": after})
    if refused is None:
        assert answer.status == 200, answer.data
    else:
        field, text = refused
        assert causes_of(answer) == [("FieldValueInvalid", field, f"Invalid value: {text}")]


def test_rules_wait_until_the_object_fits_its_schema(rules: Rules) -> None:
    answer = rules.create({"min": 3, "max": 2, "name": 5}, dryRun="All")
    assert causes_of(answer) == [
        (
            "FieldValueTypeInvalid",
            "spec.name",
            'Invalid value: "integer": spec.name in body must be of type string: "integer"',
        ),
        (
            "FieldValueInvalid",
            "<nil>",
            "Invalid value: null: some validation rules were not checked because the object was "
            "invalid; correct the existing errors to complete validation",
        ),
    ]


def test_an_apply_is_judged_by_the_same_rules(rules: Rules) -> None:
    writer = rules.writer
    path = writer.place(rules.group, "Rule", "applied")
    body = writer.custom(rules.group, "Rule", "applied", {"min": 3, "max": 2})
    assert causes_of(writer.api.apply(path, body)) == REFUSED[0][1]
