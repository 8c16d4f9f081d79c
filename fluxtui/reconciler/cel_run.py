"""Evaluates a CEL tree against variables, with cel-go's rules on errors: && and || forgive what
the other side decides, a missing field is an error, an optional one is not.

What cel-go refuses while it plans (`refuse`) is refused before anything is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fluxtui.reconciler import cel_values as v
from fluxtui.reconciler.cel_functions import FUNCTIONS, regex
from fluxtui.reconciler.cel_syntax import BadSyntax, Node, qualified
from fluxtui.reconciler.cel_types import CONVERSIONS, TYPE_NAMES
from fluxtui.reconciler.cel_values import CelError, Maybe

_Vars = Mapping[str, Any]
_OPERATORS: dict[str, Callable[..., Any]] = {
    "==": v.equal,
    "!=": lambda a, b: not v.equal(a, b),
    "<": lambda a, b: v.compare(a, b) < 0,
    "<=": lambda a, b: v.compare(a, b) <= 0,
    ">": lambda a, b: v.compare(a, b) > 0,
    ">=": lambda a, b: v.compare(a, b) >= 0,
    "+": v.add,
    "-": v.subtract,
    "*": v.multiply,
    "/": v.divide,
    "%": v.remainder,
    "-_": v.negate,
}
SYNTAX = frozenset(("&&", "||", "?:", "!_", "in", "?.", "[]", "[?]", *_OPERATORS))


def given(value: Any) -> Any:
    """JSON as a value of CEL."""
    if isinstance(value, Mapping):
        return {name: given(item) for name, item in value.items()}
    if isinstance(value, list):
        return [given(item) for item in value]
    return value


def function_name(node: Node) -> tuple[str, list[Node]]:
    """A call's function and arguments: `sets.contains(a, b)` is no method of `sets`."""
    name = str(node.value)
    if node.target is None:
        return name, node.items
    outer = qualified(node.target)
    if outer and f"{outer}.{name}" in FUNCTIONS:
        return f"{outer}.{name}", node.items
    return name, [node.target, *node.items]


def refuse(node: Node) -> None:
    """Raises BadSyntax, CelError for what cel-go does not plan."""
    children = [*node.items, *([node.target] if node.target else [])]
    if node.kind == "new" and not str(node.value).startswith("google.protobuf."):
        raise BadSyntax(f"unknown type: {node.value}")
    if node.kind == "call" and node.value not in SYNTAX:
        name, arguments = function_name(node)
        constant = [item for item in arguments if item.kind == "const"]
        if not arguments and name not in FUNCTIONS:
            raise BadSyntax(f"no such overload: {name}()")
        if name in CONVERSIONS and len(arguments) == 1 == len(constant):
            FUNCTIONS[name](constant[0].value)
        pattern = arguments[1] if name == "matches" and len(arguments) == 2 else None
        if pattern and pattern.kind == "const" and isinstance(pattern.value, str):
            regex(pattern.value)
    for child in children:
        refuse(child)


def evaluate(node: Node, variables: _Vars) -> Any:
    """The tree's value. Raises CelError."""
    try:
        return _KINDS[node.kind](node, variables)
    except RecursionError as error:
        raise CelError("evaluation is nested too deeply") from error


def _const(node: Node, _variables: _Vars) -> Any:
    return node.value


def _name(node: Node, variables: _Vars) -> Any:
    if node.value in variables:
        return variables[node.value]
    if node.value in TYPE_NAMES:
        known = {
            "timestamp": "google.protobuf.Timestamp",
            "duration": "google.protobuf.Duration",
        }
        return v.TypeName(known.get(node.value, node.value))
    raise CelError(f"no such attribute(s): {node.value}")


def _select(node: Node, variables: _Vars) -> Any:
    name = qualified(node)
    if name in TYPE_NAMES:
        return v.TypeName(name)
    return _field(evaluate(node.items[0], variables), node.value)


def _field(value: Any, name: str) -> Any:
    if isinstance(value, Maybe):
        return _optional_at(value, name)
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise CelError(f"no such key: {name}")
    raise v.no_overload(f"select {name}", value)


def _optional_at(value: Any, at: Any) -> Maybe:
    """a.?b and a[?b]: nothing where there is nothing."""
    if isinstance(value, Maybe):
        return _optional_at(value.held[0], at) if value.held else value
    if isinstance(value, dict):
        try:
            found = v.key(at)
        except CelError:
            return Maybe()
        return Maybe((value[found],)) if found in value else Maybe()
    if isinstance(value, list):
        if not v.is_number(at):
            raise v.no_overload("_[_]", value, at)
        place = int(at) if at == int(at) else -1
        return Maybe((value[place],)) if 0 <= place < len(value) else Maybe()
    return Maybe()


def _has(node: Node, variables: _Vars) -> Any:
    value = evaluate(node.items[0], variables)
    if isinstance(value, Maybe):
        return bool(_optional_at(value, node.value).held)
    if isinstance(value, list):
        raise CelError("unsupported index type 'string' in list")
    return isinstance(value, dict) and node.value in value


def _index(value: Any, at: Any) -> Any:
    if isinstance(value, Maybe):
        return _optional_at(value, at)
    if isinstance(value, dict):
        found = v.key(at)
        if found in value:
            return value[found]
        raise CelError(f"no such key: {at}")
    if isinstance(value, list) and v.is_number(at):
        place = int(at) if at == at and abs(at) != float("inf") and at == int(at) else -1
        if 0 <= place < len(value):
            return value[place]
        raise CelError(f"index out of bounds: {at}")
    raise v.no_overload("_[_]", value, at)


def _in(value: Any, where: Any) -> bool:
    if isinstance(where, list):
        return any(v.equal(value, item) for item in where)
    if isinstance(where, dict):
        try:
            return v.key(value) in where
        except CelError:
            return False
    raise v.no_overload("@in", value, where)


def _logic(node: Node, variables: _Vars) -> bool:
    deciding: bool = node.value == "||"
    fault: CelError | None = None
    for item in node.items:
        try:
            value = evaluate(item, variables)
        except CelError as error:
            fault = error
            continue
        if isinstance(value, bool) and value == deciding:
            return value
        if not isinstance(value, bool):
            fault = v.no_overload(f"_{node.value}_", value)
    if fault:
        raise fault
    return not deciding


def _call(node: Node, variables: _Vars) -> Any:
    name = node.value
    if node.target is None and name in ("&&", "||"):
        return _logic(node, variables)
    if node.target is None and name == "?:":
        chosen = evaluate(node.items[0], variables)
        if not isinstance(chosen, bool):
            raise v.no_overload("_?_:_", chosen)
        return evaluate(node.items[1 if chosen else 2], variables)
    name, arguments = function_name(node)
    if node.target is not None and name in ("or", "orValue") and len(arguments) == 2:
        found = evaluate(arguments[0], variables)
        if not isinstance(found, Maybe):
            return found  # as cel-go does, which means it for optionals only
        if found.held:
            return found if name == "or" else found.held[0]
        return evaluate(arguments[1], variables)
    values = [evaluate(item, variables) for item in arguments]
    if name in SYNTAX and node.target is None:
        return _operated(name, values)
    if name not in FUNCTIONS:
        raise CelError(f"no such overload: {name}")
    return FUNCTIONS[name](*values)


def _operated(name: str, values: list[Any]) -> Any:
    if name == "!_":
        if isinstance(values[0], bool):
            return not values[0]
        raise v.no_overload("!_", *values)
    special = {"in": _in, "[]": _index, "?.": _optional_at, "[?]": _optional_at}
    return (special.get(name) or _OPERATORS[name])(*values)


def _new(node: Node, _variables: _Vars) -> Any:
    raise CelError(f"messages such as {node.value} are not made here")


def _list(node: Node, variables: _Vars) -> list[Any]:
    found = []
    for item, optional in zip(node.items, node.marks, strict=True):
        value = evaluate(item, variables)
        if optional and not isinstance(value, Maybe):
            raise CelError("cannot initialize optional list element from non-optional value")
        found += list(value.held) if optional else [value]
    return found


def _map(node: Node, variables: _Vars) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for place, optional in enumerate(node.marks):
        key = v.key(evaluate(node.items[2 * place], variables))
        value = evaluate(node.items[2 * place + 1], variables)
        if optional and not isinstance(value, Maybe):
            raise CelError(f"cannot initialize optional entry '{key}' from non-optional value")
        if not optional:
            found[key] = value
        elif value.held:
            found[key] = value.held[0]
    return found


def _macro(node: Node, variables: _Vars) -> Any:
    kind, name = node.value
    assert node.target is not None
    over = evaluate(node.target, variables)
    if kind in ("optMap", "optFlatMap"):
        if not isinstance(over, Maybe):
            raise v.no_overload(kind, over)
        if not over.held:
            return over
        found = evaluate(node.items[0], {**variables, name: over.held[0]})
        return Maybe((found,)) if kind == "optMap" else found
    if not isinstance(over, (list, dict)):
        raise v.no_overload(kind, over)
    values = [v.from_key(k) for k in over] if isinstance(over, dict) else over
    if kind in ("all", "exists"):
        return _fold(kind == "exists", node.items[0], name, values, variables)
    return _chosen(kind, node, name, values, variables)


def _fold(deciding: bool, test: Node, name: str, values: list[Any], variables: _Vars) -> bool:
    fault: CelError | None = None
    for value in values:
        try:
            found = evaluate(test, {**variables, name: value})
        except CelError as error:
            fault = error
            continue
        if isinstance(found, bool) and found == deciding:
            return found
        if not isinstance(found, bool):
            fault = v.no_overload("_||_" if deciding else "_&&_", found)
    if fault:
        raise fault
    return not deciding


def _chosen(kind: str, node: Node, name: str, values: list[Any], variables: _Vars) -> Any:
    out = []
    test = None if kind == "map" and len(node.items) == 1 else node.items[0]
    for value in values:
        inner = {**variables, name: value}
        if test is not None:
            found = evaluate(test, inner)
            if not isinstance(found, bool):
                raise v.no_overload("_?_:_", found)
            if not found:
                continue
        out.append(evaluate(node.items[-1], inner) if kind == "map" else value)
    return len(out) == 1 if kind == "exists_one" else out


_KINDS: dict[str, Callable[[Node, _Vars], Any]] = {
    "const": _const,
    "name": _name,
    "select": _select,
    "has": _has,
    "call": _call,
    "list": _list,
    "map": _map,
    "macro": _macro,
    "new": _new,
}
