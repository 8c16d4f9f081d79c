"""The functions Kubernetes adds to CEL: strings, lists, regexes, optionals, quantities, URLs,
addresses, semantic versions and named formats.

Called by cel-python with its own types. An argument of the wrong kind raises TypeError, which it
reports as a missing overload. Knows no schemas.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from celpy import celtypes as ct

from fluxtui.domain.versions.version import Version, try_version
from fluxtui.world.apiserver import naming, quantities


class Opaque:
    """A value CEL can only pass to functions."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> Any:
        return ct.BoolType(isinstance(other, Opaque) and self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)


class Quantity(Opaque):
    """`value` is a Fraction."""


class Url(Opaque):
    """`value` is the split URL."""


class Address(Opaque):
    """`value` is an IP address."""


class Network(Opaque):
    """`value` is an interface: an address with its network."""


class Semver(Opaque):
    """`value` is a Version."""


class Format(Opaque):
    """`value` gives the faults of a string."""


class Maybe(Opaque):
    """An optional: `value` is a list of one or none."""


def _text(value: Any) -> str:
    if not isinstance(value, ct.StringType):
        raise TypeError("no such overload")
    return str(value)


def _str(value: str) -> Any:
    return ct.StringType(value)


def _bool(value: object) -> Any:
    return ct.BoolType(bool(value))


def _int(value: int) -> Any:
    return ct.IntType(value)


def _list(values: Iterable[Any]) -> Any:
    return ct.ListType(list(values))


def _tried(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The predicate of a constructor: isURL of url."""

    def possible(value: Any) -> Any:
        try:
            make(value)
        except (ValueError, TypeError):
            return _bool(False)
        return _bool(True)

    return possible


def _made(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A constructor that has no overload for what it cannot read."""

    def made(value: Any) -> Any:
        try:
            return make(value)
        except ValueError as error:
            raise TypeError(str(error)) from error

    return made


def _quantity(value: Any) -> Quantity:
    return Quantity(quantities.amount(_text(value)))


def _url(value: Any) -> Url:
    parts = urlsplit(_text(value))
    if not parts.scheme and not parts.path.startswith("/"):
        raise ValueError("no absolute URL")
    return Url(parts)


def _ip(value: Any) -> Address:
    if isinstance(value, Network):
        return Address(value.value.ip)
    return Address(ipaddress.ip_address(_text(value)))


def _cidr(value: Any) -> Network:
    if "/" not in _text(value):
        raise ValueError("no CIDR")
    return Network(ipaddress.ip_interface(_text(value)))


def _semver(value: Any, *_normalize: Any) -> Semver:
    text = _text(value)
    found = try_version(text) if re.match(r"[0-9]+\.[0-9]+\.[0-9]+", text) else None
    if not isinstance(found, Version):
        raise ValueError("no semantic version")
    return Semver(found)


def _index_of(value: Any, wanted: Any, start: Any = 0) -> Any:
    if isinstance(value, ct.ListType):
        return _int(next((i for i, x in enumerate(value) if bool(x == wanted)), -1))
    return _int(_text(value).find(_text(wanted), int(start)))


def _last_index_of(value: Any, wanted: Any) -> Any:
    if isinstance(value, ct.ListType):
        places = [i for i, x in enumerate(value) if bool(x == wanted)]
        return _int(places[-1] if places else -1)
    return _int(_text(value).rfind(_text(wanted)))


def _replace(value: Any, old: Any, new: Any, times: Any = -1) -> Any:
    return _str(_text(value).replace(_text(old), _text(new), int(times)))


def _split(value: Any, by: Any, most: Any = -1) -> Any:
    text, at, limit = _text(value), _text(by), int(most)
    if limit == 0:
        return _list([])
    parts = list(text) if not at else text.split(at, limit - 1 if limit > 0 else -1)
    return _list(_str(p) for p in parts)


def _substring(value: Any, start: Any, end: Any = None) -> Any:
    text = _text(value)
    last = len(text) if end is None else int(end)
    if not 0 <= int(start) <= last <= len(text):
        raise IndexError(f"index out of range: {start}")
    return _str(text[int(start) : last])


def _join(value: Any, by: Any = "") -> Any:
    return _str(str(by).join(_text(x) for x in value))


def _find_all(value: Any, pattern: Any, most: Any = -1) -> Any:
    found = [m.group(0) for m in re.finditer(_text(pattern), _text(value))]
    return _list(_str(x) for x in (found if int(most) < 0 else found[: int(most)]))


def _find(value: Any, pattern: Any) -> Any:
    found = re.search(_text(pattern), _text(value))
    return _str(found.group(0) if found else "")


def _extreme(of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def extreme(value: Any) -> Any:
        if not value:
            raise ValueError("min/max called on empty list")
        return of(value)

    return extreme


def _sum(value: Any) -> Any:
    total = value[0] if value else _int(0)
    for item in list(value)[1:]:
        total = total + item
    return total


def _sorted(value: Any) -> Any:
    return _bool(all(bool(a <= b) for a, b in zip(value, list(value)[1:], strict=False)))


def _distinct(value: Any) -> Any:
    out: list[Any] = []
    for item in value:
        if not any(bool(item == x) for x in out):
            out.append(item)
    return _list(out)


def _greater(one: Any, other: Any) -> Any:
    return _bool(_compared(one, other) > 0)


def _less(one: Any, other: Any) -> Any:
    return _bool(_compared(one, other) < 0)


def _compared(one: Any, other: Any) -> int:
    if type(one) is not type(other) or not isinstance(one, Quantity | Semver):
        raise TypeError("no such overload")
    return int(one.value > other.value) - int(one.value < other.value)


def _plus(sign: int) -> Callable[[Any, Any], Any]:
    def total(one: Any, other: Any) -> Any:
        amount = other.value if isinstance(other, Quantity) else int(other)
        return Quantity(one.value + sign * amount)

    return total


def _contains_ip(network: Any, address: Any) -> Any:
    found = address if isinstance(address, Address) else _made(_ip)(address)
    return _bool(found.value in network.value.network)


def _contains_cidr(network: Any, other: Any) -> Any:
    found = other if isinstance(other, Network) else _made(_cidr)(other)
    inner, outer = found.value.network, network.value.network
    return _bool(inner.version == outer.version and inner.subnet_of(outer))


def _opt_field(value: Any, name: Any) -> Any:
    inner = value.value[0] if isinstance(value, Maybe) and value.value else value
    if isinstance(inner, ct.MapType) and name in inner:
        return Maybe([inner[name]])
    if isinstance(inner, ct.ListType) and isinstance(name, int) and 0 <= name < len(inner):
        return Maybe([inner[name]])
    return Maybe([])


def _or_value(value: Maybe, other: Any) -> Any:
    return value.value[0] if value.value else other


def _some(value: Maybe) -> Any:
    if not value.value:
        raise ValueError("optional.none() dereference")
    return value.value[0]


def _value_of(value: Any) -> Any:
    return _some(value)


def _validate(form: Format, value: Any) -> Any:
    found = form.value(_text(value))
    return Maybe([_list(_str(x) for x in found)] if found else [])


def _functions() -> dict[str, Callable[..., Any]]:
    strings: dict[str, Callable[..., Any]] = {
        "charAt": lambda s, i: _str(_text(s)[int(i) : int(i) + 1]),
        "find": _find,
        "findAll": _find_all,
        "indexOf": _index_of,
        "join": _join,
        "lastIndexOf": _last_index_of,
        "lowerAscii": lambda s: _str(_text(s).lower()),
        "replace": _replace,
        "reverse": lambda s: _list(s[::-1]) if isinstance(s, list) else _str(_text(s)[::-1]),
        "split": _split,
        "substring": _substring,
        "trim": lambda s: _str(_text(s).strip()),
        "upperAscii": lambda s: _str(_text(s).upper()),
    }
    lists: dict[str, Callable[..., Any]] = {
        "distinct": _distinct,
        "isSorted": _sorted,
        "max": _extreme(max),
        "minOf": _extreme(min),
        "slice": lambda x, a, b: _list(list(x)[int(a) : int(b)]),
        "sort": lambda x: _list(sorted(x)),
        "sum": _sum,
        "sets_contains": lambda a, b: _bool(all(any(bool(x == y) for x in a) for y in b)),
        "sets_intersects": lambda a, b: _bool(any(bool(x == y) for x in a for y in b)),
    }
    optionals: dict[str, Callable[..., Any]] = {
        "hasValue": lambda m: _bool(m.value),
        "optField": _opt_field,
        "optIndex": _opt_field,
        "optional_none": lambda: Maybe([]),
        "optional_of": lambda x: Maybe([x]),
        "optional_ofNonZeroValue": lambda x: Maybe([x] if x else []),
        "or": lambda a, b: a if a.value else b,
        "orValue": _or_value,
        "value": _value_of,
    }
    formats: dict[str, Callable[..., Any]] = {
        "format_dns1123Label": lambda: Format(naming.label_name_faults),
        "format_dns1123Subdomain": lambda: Format(naming.subdomain_faults),
        "validate": _validate,
    }
    return strings | lists | optionals | formats | _typed()


def _typed() -> dict[str, Callable[..., Any]]:
    """Functions of the types CEL does not have of its own."""
    return {
        "add": _plus(1),
        "asApproximateFloat": lambda q: ct.DoubleType(float(q.value)),
        "asInteger": lambda q: _int(int(q.value)),
        "cidr": _made(_cidr),
        "compareTo": lambda a, b: _int(_compared(a, b)),
        "containsCIDR": _contains_cidr,
        "containsIP": _contains_ip,
        "family": lambda a: _int(a.value.version),
        "getEscapedPath": lambda u: _str(u.value.path),
        "getHost": lambda u: _str(u.value.netloc.rpartition("@")[2]),
        "getHostname": lambda u: _str(u.value.hostname or ""),
        "getPort": lambda u: _str(str(u.value.port or "")),
        "getScheme": lambda u: _str(u.value.scheme),
        "ip": _made(_ip),
        "isCIDR": _tried(_cidr),
        "isGreaterThan": _greater,
        "isIP": _tried(_ip),
        "isInteger": lambda q: _bool(q.value.denominator == 1),
        "isLessThan": _less,
        "isLoopback": lambda a: _bool(a.value.is_loopback),
        "isQuantity": _tried(_quantity),
        "isSemver": _tried(_semver),
        "isURL": _tried(_url),
        "isUnspecified": lambda a: _bool(a.value.is_unspecified),
        "major": lambda v: _int(v.value.major),
        "minor": lambda v: _int(v.value.minor),
        "patch": lambda v: _int(v.value.patch),
        "prefixLength": lambda n: _int(n.value.network.prefixlen),
        "quantity": _made(_quantity),
        "semver": _made(_semver),
        "sign": lambda q: _int((q.value > 0) - (q.value < 0)),
        "sub": _plus(-1),
        "url": _made(_url),
    }


FUNCTIONS = _functions()
