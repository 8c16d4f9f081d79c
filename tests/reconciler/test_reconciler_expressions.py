"""The CEL of Flux: what is refused at once, what gives no answer, and what the answers are.

Every row was asked of Flux's own evaluator (fluxcd/pkg/runtime/cel) before it was written
here; what cel-python takes otherwise stands among the README's limits.
"""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.reconciler.expressions import (
    BadExpression,
    HealthExpressions,
    NotEvaluated,
    check,
    evaluate,
)

OBJECT: dict[str, Any] = {
    "apiVersion": "a/v1",
    "kind": "K",
    "metadata": {"name": "app-v1.2", "generation": 3, "labels": {"a": "b", "x.io/n": "y"}},
    "spec": {"replicas": 3, "list": [1, 2, 3], "f": 1.5, "nul": None},
    "status": {
        "phase": "Ready",
        "count": 2,
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}],
    },
}
READY = "status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')"


@pytest.mark.parametrize(
    "source",
    [
        READY,
        "status.?phase.orValue('none') == 'Ready'",
        "!status.?gone.?deeper.hasValue()",
        "status.?gone.deeper.orValue(7) == 7",
        "status.conditions[?0].?type.orValue('') == 'Ready'",
        "metadata.?labels[?'x.io/n'].orValue('') == 'y'",
        "has(status.phase) && !has(status.gone) && !has(status.phase.x) && !has(spec.nul.x)",
        "status.gone.x == 1 || status.count == 2",
        "status.conditions.exists(c, c.status == 'False' || c.nothing)",
        "'a' in metadata.labels && !('z' in metadata.labels) && spec.replicas > 2",
        "sets.contains(spec.list, [3, 1]) && !sets.intersects(spec.list, [4])",
        "duration('1h30m') > duration('89m') && 'abc'.reverse() == 'cba'",
        "metadata.name.split('-').map(p, p.upperAscii()).join('+') == 'APP+V1.2'",
        "' a '.trim() == 'a' && 'abc'.substring(1, 2) == 'b' && 'abab'.lastIndexOf('a') == 2",
        "base64.encode(b'abc') == 'YWJj' && base64.decode('YWJj') == b'\\x61bc'",
        "metadata.name.matches('^[a-z]+-v[0-9.]+$')",
        "spec.nul == null && type(spec.replicas) == int && type(spec.f) == double",
        "timestamp('2024-02-29T12:34:56+01:00').getHours() == 11",
        "timestamp('2024-03-01T00:00:00Z') - duration('24h') == timestamp('2024-02-29T00:00:00Z')",
        "(status.count > 1 ? 'many' : 'few') == 'many' // and a comment",
    ],
)
def test_what_flux_finds_true_is_true(source: str) -> None:
    assert evaluate(source, OBJECT)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("sets.contains(spec.list, [3, 9])", False),
        ("sets.contains([3], spec.list)", False),
        ("status.?gone.or(optional.of(7)).value() == 7", True),
        ("status.?count.or(optional.of(7)).value() == 2", True),
        ("cel.bind(n, status.count, n == 2 && [n, n].size() == 2)", True),
        ("cel.bind(l, [7, 8, 9], l[1] == 8 && size([1, 2, 3]) == 3)", True),
        ("cel.bind(n, [1, 2].map(x, x + 1)[0], n == status.count)", True),
    ],
)
def test_sets_optionals_and_bindings_are_as_the_language_defines_them(
    source: str, holds: bool
) -> None:
    """These by CEL's own definitions of its extensions."""
    assert evaluate(source, OBJECT) is holds


@pytest.mark.parametrize(
    "source",
    [
        "status.gone == 1",
        "gone == 1",
        "status.count + 1.5 == 3.5",
        "status.count < 'a'",
        "status.phase && true",
        "spec.list[3] == 1",
        "status.phase",
        "9223372036854775807 + status.count > 0",
        "unknown(status)",
        "status.count / 0 == 1",
        "spec.list.all(x, x.y == 1)",
        "status.?gone.value() == 1",
    ],
)
def test_what_flux_cannot_evaluate_is_no_fault_of_the_spec(source: str) -> None:
    check(source)
    with pytest.raises(NotEvaluated):
        evaluate(source, OBJECT)


@pytest.mark.parametrize(
    "source",
    [
        "status.(",
        "1 +",
        "'open",
    ],
)
def test_what_flux_does_not_read_is_a_fault_of_the_spec(source: str) -> None:
    with pytest.raises(BadExpression):
        check(source)


@pytest.mark.parametrize(
    "source",
    [
        "dep.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
        "dep.metadata.?labels[?'a'].orValue('') == self.metadata.labels.a",
        "dep.status.count > 1 && dep.status.count + 1 == 3",
        "has(dep.status.phase) ? dep.status.phase.startsWith('R') : false",
        "size(dep.status.conditions) == 2 && dep.spec.list[0] in [1, 2]",
        "dep.metadata.name.contains('v1') || self.metadata.generation == 1",
    ],
)
def test_a_ready_expression_that_flux_takes_is_taken(source: str) -> None:
    assert evaluate(source, {"dep": OBJECT, "self": OBJECT}, declared=True)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("status.phase == 'Ready'", "status"),
        ("dep.status.conditions.exists(c, d.status == 'True')", "d"),
        ("dep.x.unknown(1)", "unknown"),
        ("unknown(dep)", "unknown"),
    ],
)
def test_a_ready_expression_speaks_of_dep_and_self_only(source: str, name: str) -> None:
    with pytest.raises(BadExpression, match=f"undeclared reference to .{name}."):
        evaluate(source, {"dep": OBJECT, "self": OBJECT}, declared=True)


def test_a_bad_health_expression_is_told_by_its_place() -> None:
    good = {"apiVersion": "a/v1", "kind": "K", "current": READY}
    for bad, words in (
        ({**good, "kind": "L", "failed": "("}, "healthchecks[1]: failed to parse the expression F"),
        ({"apiVersion": "a/v1", "kind": "L"}, "healthchecks[1]: expression Current not specified"),
        (good, "duplicate custom health check for GroupKind K.a at healthchecks[1]"),
    ):
        with pytest.raises(BadExpression) as caught:
            HealthExpressions({"healthCheckExprs": [good, bad]})
        assert words in str(caught.value)


def test_generations_are_compared_only_where_both_are_numbers() -> None:
    expressions = HealthExpressions(
        {"healthCheckExprs": [{"apiVersion": "a/v1", "kind": "K", "current": READY}]}
    )
    for observed, said in ((2, "InProgress"), (3, "Current"), ("2", "Current")):
        status = {**OBJECT["status"], "observedGeneration": observed}
        found = expressions.status({**OBJECT, "status": status})
        assert found is not None and found.status.value == said


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("status.phase == 'x'", "no such key: phase"),
        ("gone.x == 1", "undeclared reference to 'gone'"),
        ("nope(status)", "undeclared reference to 'nope'"),
        ("1 / 0 == 1", "division by zero"),
        ("status.n % 0 == 1", "division by zero"),
        ("status.n + 'a' == 'b'", "no such overload"),
        ("size(status.n) == 1", "no such overload"),
        ("status.list[5] == 1", "index out of bounds"),
        ("status.list.exists(x, x.y == 1)", "no such overload"),
        ("int('z') == 1", "cannot be converted: invalid literal for int() with base 10: 'z'"),
        ("timestamp('x') == timestamp('y')", "cannot be converted: Unable to parse string [x]"),
    ],
)
def test_why_an_expression_says_nothing_is_a_sentence(source: str, why: str) -> None:
    """cel-python's own errors are tuples of Python types and whole name spaces."""
    with pytest.raises(NotEvaluated) as failure:
        evaluate(source, {"status": {"n": 1, "list": [1]}})
    assert str(failure.value) == f"failed to evaluate the CEL expression '{source}': {why}"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("status.phase ==", " at character 14"),
        ("a b", " at character 3"),
        ("'", " at character 1"),
        ("1 +", " at character 3"),
        ("status.?x =", ""),  # parsed in other words than it was written in
        ("(", " at character 1"),
    ],
)
def test_why_an_expression_does_not_parse_is_one_line(source: str, place: str) -> None:
    with pytest.raises(BadExpression) as failure:
        check(source)
    assert str(failure.value).endswith(f": syntax error{place}")
    assert "\n" not in str(failure.value)
