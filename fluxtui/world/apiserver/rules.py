"""x-kubernetes-validations: the CEL rules of CRD schemas, and what their failing is called.

Rules see the object as its schema types it. Unchanged parts are not judged again, and rules that
name oldSelf hold only where there is an old value to compare with. Texts are apiextensions'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from fluxtui.reconciler.cel_dialect import plain, uses
from fluxtui.world.apiserver.cel_types import Schema, cel, properties_of, root
from fluxtui.world.apiserver.constraints import NOTHING, counterpart, shown
from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    forbidden_field,
    invalid_value,
    required,
)

RULES = "x-kubernetes-validations"
# The key in `Kind.extra` that says whether a version's schema has any rule.
RULED = "ruled"
_BLOCKING = (
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueTypeInvalid",
)
_UNCHECKED = (
    "some validation rules were not checked because the object was invalid; correct the existing "
    "errors to complete validation"
)


class RuleError(Exception):
    """A rule that gives no answer; the text is cel-go's."""


def causes(kind: Kind, old: Json | None, new: Json, earlier: Sequence[Cause]) -> list[Cause]:
    """What the rules of a custom kind refuse, given what its schema already has refused."""
    schema = kind.schema or {}
    if not kind.extra.get(RULED):
        return []
    if any(c.reason in _BLOCKING for c in earlier):
        return [invalid_value("<nil>", "null", _UNCHECKED)]
    return list(_node(new, NOTHING if old is None else old, root(schema), ""))


def ruled(schema: Any) -> bool:
    """Whether there is a rule anywhere in a schema."""
    if isinstance(schema, Mapping):
        return bool(schema.get(RULES)) or any(ruled(v) for v in schema.values())
    return isinstance(schema, list) and any(ruled(v) for v in schema)


def _node(value: Any, old: Any, schema: Schema, path: str) -> Iterator[Cause]:
    if value is None:
        return
    rules = schema.get(RULES)
    if rules:
        same = old is not NOTHING and old == value
        yield from _judge(value, old, schema, path, [r for r in rules if not same or _moves(r)])
    if isinstance(value, dict):
        properties, extra = properties_of(schema), schema.get("additionalProperties")
        for name in sorted(value):
            before = old.get(name, NOTHING) if isinstance(old, dict) else NOTHING
            if name in properties:
                yield from _node(value[name], before, properties[name], f"{path}.{name}")
            elif isinstance(extra, Mapping):
                yield from _node(value[name], before, extra, f"{path}[{name}]")
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for i, item in enumerate(value):
            before = counterpart(item, old, schema)
            yield from _node(item, before, schema["items"], f"{path}[{i}]")


def _moves(rule: Schema) -> bool:
    return uses(str(rule.get("rule")), "oldSelf")


def _judge(
    value: Any, old: Any, schema: Schema, path: str, rules: Sequence[Schema]
) -> Iterator[Cause]:
    variables: dict[str, Any] | None = None
    for rule in rules:
        optional = bool(rule.get("optionalOldSelf"))
        if _moves(rule) and old is NOTHING and not optional:
            continue
        if variables is None:
            variables = {"self": cel(value, schema)}
        given = variables | ({"oldSelf": _before(old, schema, optional)} if _moves(rule) else {})
        where = path.lstrip(".") or "<nil>"
        try:
            if not _evaluated(rule["rule"], given):
                yield _refusal(rule, value, where, given)
        except RuleError as error:
            said = str(rule.get("message") or rule["rule"])
            kind = f'"{schema.get("type") or "string"}"'
            yield invalid_value(where, kind, f"{error}{said}")


def _before(old: Any, schema: Schema, optional: bool) -> Any:
    from fluxtui.reconciler.cel_library import Maybe

    if not optional:
        return cel(old, schema)
    return Maybe([] if old is NOTHING else [cel(old, schema)])


def _refusal(rule: Schema, value: Any, path: str, variables: Mapping[str, Any]) -> Cause:
    message = str(rule.get("message") or "").strip() or f"failed rule: {rule['rule']}"
    if rule.get("messageExpression"):
        try:
            told = str(_evaluated(rule["messageExpression"], variables)).strip()
        except RuleError:
            told = ""  # the plain message stands in for one that cannot be made
        message = told if told and "\n" not in told else message
    where = path + str(rule.get("fieldPath") or "")
    where = where.removeprefix("<nil>.") if where != path else path
    reason = rule.get("reason") or "FieldValueInvalid"
    if reason == "FieldValueForbidden":
        return forbidden_field(where, message)
    if reason == "FieldValueRequired":
        return required(where, message)
    if reason == "FieldValueDuplicate":
        return Cause(reason, f"Duplicate value: {shown(value)}", where)
    if isinstance(value, (dict, list)):
        return Cause(reason, f"Invalid value: {message}", where)
    return invalid_value(where, shown(value), message)


@lru_cache(maxsize=1024)
def _program(source: str) -> Any:
    import celpy

    from fluxtui.world.apiserver.rule_library import FUNCTIONS

    environment = celpy.Environment()
    return environment.program(environment.compile(plain(source)), functions=FUNCTIONS)


def syntax_fault(source: str) -> str:
    """Why an expression does not compile; "" where it does."""
    try:
        _program(source)
    except Exception as error:  # lark and celpy raise many kinds; all mean the same
        line, column = getattr(error, "line", 1) or 1, getattr(error, "column", 1) or 1
        return f"ERROR: <input>:{line}:{column}: Syntax error: mismatched input"
    return ""


def _evaluated(source: str, variables: Mapping[str, Any]) -> Any:
    try:
        return _program(source).evaluate(dict(variables))
    except Exception as error:  # celpy leaks what its functions raise; all mean the same
        raise RuleError(_said(error)) from error


def _said(error: Exception) -> str:
    """cel-go's words for why an expression gave nothing, up to the rule they go before."""
    args = error.args[0] if error.args and isinstance(error.args[0], tuple) else error.args
    text, kind = str(args[0]) if args else "", args[1] if len(args) > 1 else type(error)
    inner = args[2] if len(args) > 2 else ()
    if kind is KeyError and "no such member" in text:
        return f"no such key: {text.rpartition(': ')[2].strip(chr(39))} evaluating rule: "
    if kind is ZeroDivisionError:
        by = "modulus by zero" if "modulus" in str(inner) else "division by zero"
        return f"{by} evaluating rule: "
    if kind is IndexError:
        return "index out of bounds evaluating rule: "
    if kind is ValueError and inner:
        return f"{inner[0]} evaluating rule: "
    return (
        "'no such overload': call arguments did not match a supported operator, function or macro "
        "signature for rule: "
    )
