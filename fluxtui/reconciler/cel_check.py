"""Types of CEL expressions before they run: what readyExpr must pass (flux-semantics B3).

What comes out of `dep` and `self` may be anything; so only literals, functions and operators can
be wrong. A type is a tuple: its name, then the types it holds. Evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.reconciler.cel_format import formatted
from fluxtui.reconciler.cel_run import SYNTAX, function_name
from fluxtui.reconciler.cel_syntax import BadSyntax, Node, qualified
from fluxtui.reconciler.cel_types import TYPE_NAMES
from fluxtui.reconciler.cel_values import CelError, Uint

Type = tuple[Any, ...]
_FORMATTED = "%"  # no name of an expression: marks what stands in a list to be formatted
_DYN, _BOOL, _INT, _STRING = ("dyn",), ("bool",), ("int",), ("string",)
_CODES: dict[str, Type] = {
    "b": _BOOL,
    "i": _INT,
    "u": ("uint",),
    "d": ("double",),
    "s": _STRING,
    "y": ("bytes",),
    "t": ("timestamp",),
    "n": ("duration",),
    "D": _DYN,
    "T": ("type",),
    "A": ("A",),
    "B": ("B",),
    "L": ("list", ("A",)),
    "O": ("list", ("optional", ("A",))),
    "S": ("list", _STRING),
    "F": ("list", _DYN),
    "M": ("map", ("A",), ("B",)),
    "P": ("optional", ("A",)),
    "Q": ("optional", ("B",)),
    "X": ("optional", ("list", ("A",))),
    "Y": ("optional", ("map", ("A",), ("B",))),
}
_ORDER = "bbb iib uub ddb ssb yyb ttb nnb idb dib iub uib udb dub"
# Arguments, then the result, a letter each; a method's first argument is its receiver.
_OPERATORS = {
    "&&": "bbb",
    "||": "bbb",
    "!_": "bb",
    "?:": "bAAA",
    "==": "AAb",
    "!=": "AAb",
    **dict.fromkeys(("<", "<=", ">", ">="), _ORDER),
    "+": "iii uuu ddd sss yyy LLL tnt ntt nnn",
    "-": "iii uuu ddd tnt ttn nnn",
    "*": "iii uuu ddd",
    "/": "iii uuu ddd",
    "%": "iii uuu",
    "-_": "ii dd nn",
    "in": "ALb AMb",
    "[]": "LiA MAB XiP YAQ",
    "[?]": "LiP MAQ XiP YAQ",
}
_GLOBALS = {
    "size": "si yi Li Mi",
    "matches": "ssb",
    "int": "ii ui di si ti ni",
    "uint": "uu iu du su",
    "double": "dd id ud sd",
    "string": "ss bs is us ds ys ts ns",
    "bytes": "yy sy",
    "bool": "bb sb",
    "timestamp": "tt st it",
    "duration": "nn sn",
    "dyn": "AD",
    "type": "AT",
    "base64.encode": "ys",
    "base64.decode": "sy",
    **dict.fromkeys(("sets.contains", "sets.equivalent", "sets.intersects"), "LLb"),
    "strings.quote": "ss",
    "optional.of": "AP",
    "optional.ofNonZeroValue": "AP",
    "optional.none": "P",
    "optional.unwrap": "OL",
}
_TIMES = ("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear")
_MEMBERS = {
    "size": "si yi Li Mi",
    **dict.fromkeys(("contains", "startsWith", "endsWith", "matches"), "ssb"),
    "charAt": "sis",
    **dict.fromkeys(("indexOf", "lastIndexOf"), "ssi ssii"),
    **dict.fromkeys(("lowerAscii", "upperAscii", "trim", "reverse"), "ss"),
    "replace": "ssss sssis",
    "split": "ssS ssiS",
    "substring": "sis siis",
    "format": "sFs",
    "join": "Ss Sss",
    **dict.fromkeys(_TIMES, "ti tsi"),
    **dict.fromkeys(("getHours", "getMinutes", "getSeconds", "getMilliseconds"), "ti tsi ni"),
    "hasValue": "Pb",
    "value": "PA",
    "or": "PPP",
    "orValue": "PAA",
    "unwrapOpt": "OL",
    "first": "LP",
    "last": "LP",
}
_CONSTANTS: tuple[tuple[Any, Type], ...] = (
    (bool, _BOOL),
    (Uint, ("uint",)),
    (int, _INT),
    (float, ("double",)),
    (str, _STRING),
    (bytes, ("bytes",)),
)


def check_bool(node: Node) -> None:
    """Raises BadSyntax unless the expression of `dep` and `self` is sure to give a boolean."""
    found = _type(node, {"dep": _DYN, "self": _DYN})
    if found != _BOOL:
        raise BadSyntax(f"CEL expression output type mismatch: expected bool, got {_shown(found)}")


def _shown(of: Type) -> str:
    inner = ", ".join(map(_shown, of[1:]))
    return f"{of[0]}({inner})" if inner else str(of[0])


def _type(node: Node, names: Mapping[str, Type]) -> Type:
    kind = node.kind
    if kind == "const":
        return next((t for c, t in _CONSTANTS if isinstance(node.value, c)), ("null",))
    if kind == "name":
        if node.value not in names and node.value not in TYPE_NAMES:
            raise BadSyntax(f"undeclared reference to '{node.value}' (in container '')")
        return names.get(node.value, ("type",))
    if kind in ("select", "has"):
        if qualified(node) in TYPE_NAMES:
            return ("type",)
        found = _member(_type(node.items[0], names), node.value)
        return _BOOL if kind == "has" else found
    if kind == "macro":
        return _macro(node, names)
    if kind == "call":
        return _call(node, names)
    if kind == "list":
        return ("list", _same([_element(n, o, names) for n, o in _marked(node, 1)], names))
    if kind == "map":
        keys = _same([_type(item, names) for item in node.items[::2]], names)
        values = _same([_element(n, o, names) for n, o in _marked(node, 2)], names)
        return ("map", keys, values)
    return _DYN


def _marked(node: Node, step: int) -> list[tuple[Node, bool]]:
    return list(zip(node.items[step - 1 :: step], node.marks, strict=True))


def _element(node: Node, optional: bool, names: Mapping[str, Type]) -> Type:
    found = _type(node, names)
    if not optional:
        return found
    if found[0] not in ("optional", "dyn"):
        raise BadSyntax(f"expected type 'optional_type' but found '{_shown(found)}'")
    return found[1] if found[0] == "optional" else _DYN


def _same(types: list[Type], names: Mapping[str, Type]) -> Type:
    """The one type of a literal's elements; what is formatted may be of several."""
    for other in types[1:]:
        if other != types[0] and not _loose(types[0], other):
            if _FORMATTED in names:
                return _DYN
            raise BadSyntax(f"expected type '{_shown(types[0])}' but found '{_shown(other)}'")
    return types[0] if types else ("free",)


def _loose(one: Type, other: Type) -> bool:
    """Whether they differ only in what empty literals leave open."""
    if ("free",) in (one, other):
        return True
    return (
        one[0] == other[0]
        and len(one) == len(other)
        and all(a == b or _loose(a, b) for a, b in zip(one[1:], other[1:], strict=True))
    )


def _member(of: Type, name: str) -> Type:
    if of[0] == "optional":
        found = _member(of[1], name)
        return found if found[0] == "optional" else ("optional", found)
    if of[0] == "map":
        return of[2] if of[2] != ("free",) else _DYN
    if of[0] in ("dyn", "free"):
        return _DYN
    raise BadSyntax(f"type '{_shown(of)}' does not support field selection")


def _fits(wanted: Type, given: Type, bound: dict[str, Type]) -> bool:
    if wanted[0] in ("A", "B"):
        known = bound.get(wanted[0])
        if known is None or known == ("free",):
            bound[wanted[0]] = given
            return True
        if ("dyn",) in (known, given):
            bound[wanted[0]] = _DYN
            return True
        return _fits(known, given, {}) or _fits(given, known, {})
    if wanted[0] in ("dyn", "free") or given[0] in ("dyn", "free"):
        return True
    if given[0] == "null":
        return wanted[0] in ("null", "timestamp", "duration", "optional")
    return (
        wanted[0] == given[0]
        and len(wanted) == len(given)
        and all(_fits(w, g, bound) for w, g in zip(wanted[1:], given[1:], strict=True))
    )


def _filled(of: Type, bound: Mapping[str, Type]) -> Type:
    if of[0] in ("A", "B"):
        return bound.get(of[0], ("free",))
    return (of[0], *(_filled(inner, bound) for inner in of[1:]))


def _call(node: Node, names: Mapping[str, Type]) -> Type:
    name, arguments = function_name(node)
    if node.target is None and name == "?.":
        found = _member(_type(node.items[0], names), str(node.items[1].value))
        return found if found[0] == "optional" else ("optional", found)
    operator = node.target is None and name in SYNTAX
    method = node.target is not None and "." not in name
    table = _OPERATORS if operator else (_MEMBERS if method else _GLOBALS)
    if name not in table:
        raise BadSyntax(f"undeclared reference to '{name}' (in container '')")
    given = [
        _type(item, {**names, _FORMATTED: _DYN} if name == "format" and place else names)
        for place, item in enumerate(arguments)
    ]
    if name == "format":
        _check_format(arguments)
    results: list[Type] = []
    for signature in table[name].split():
        wanted, result = signature[:-1], signature[-1]
        bound: dict[str, Type] = {}
        if len(wanted) == len(given) and all(
            _fits(_CODES[w], g, bound) for w, g in zip(wanted, given, strict=True)
        ):
            results.append(_filled(_CODES[result], bound))
    if not results:
        shown = ", ".join(map(_shown, given))
        raise BadSyntax(f"found no matching overload for '{name}' applied to '({shown})'")
    one = all(found == results[0] for found in results)
    open_ = len(results) > 1 and "free" in _shown(results[0])
    return results[0] if one and not open_ else _DYN


def _check_format(arguments: list[Node]) -> None:
    """A literal pattern with literal arguments is tried."""
    if len(arguments) != 2 or arguments[1].kind != "list":
        return
    items = arguments[1].items
    if arguments[0].kind == "const" and all(item.kind == "const" for item in items):
        try:
            formatted(str(arguments[0].value), [item.value for item in items])
        except CelError as error:
            raise BadSyntax(str(error)) from error


def _macro(node: Node, names: Mapping[str, Type]) -> Type:
    kind, name = node.value
    assert node.target is not None
    over = _type(node.target, names)
    if kind in ("optMap", "optFlatMap"):
        if over[0] not in ("optional", "dyn"):
            raise BadSyntax(
                f"found no matching overload for 'hasValue' applied to '{_shown(over)}'"
            )
        inner = over[1] if over[0] == "optional" else _DYN
        found = _type(node.items[0], {**names, name: inner})
        return ("optional", found) if kind == "optMap" else found
    if over[0] not in ("list", "map", "dyn", "free"):
        raise BadSyntax(f"expression of type '{_shown(over)}' cannot be range of a comprehension")
    inner = over[1] if over[0] in ("list", "map") else _DYN
    inside = {**names, name: _DYN if inner == ("free",) else inner}
    types = [_type(item, inside) for item in node.items]
    tested = types if kind != "map" else types[:-1]
    for test in tested:
        if test not in (_BOOL, _DYN):
            raise BadSyntax(f"expected type 'bool' but found '{_shown(test)}'")
    if kind == "map":
        return ("list", types[-1])
    return ("list", inner) if kind == "filter" else _BOOL
