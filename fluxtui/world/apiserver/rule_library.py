"""The types Kubernetes adds to CEL: quantities, URLs, addresses, semantic versions, named formats.

Called by cel-python with its own types. An argument of the wrong kind raises TypeError, which it
reports as a missing overload. Knows no schemas.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from celpy import celtypes as ct

from fluxtui.domain.versions.version import Version, try_version
from fluxtui.reconciler import cel_library
from fluxtui.reconciler.cel_library import (
    Maybe,
    Opaque,
    as_bool,
    as_int,
    as_list,
    as_text,
    text_of,
)
from fluxtui.world.apiserver import naming, quantities


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


def _tried(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The predicate of a constructor: isURL of url."""

    def possible(value: Any) -> Any:
        try:
            make(value)
        except (ValueError, TypeError):
            return as_bool(False)
        return as_bool(True)

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
    return Quantity(quantities.amount(text_of(value)))


def _url(value: Any) -> Url:
    parts = urlsplit(text_of(value))
    if not parts.scheme and not parts.path.startswith("/"):
        raise ValueError("no absolute URL")
    return Url(parts)


def _ip(value: Any) -> Address:
    if isinstance(value, Network):
        return Address(value.value.ip)
    return Address(ipaddress.ip_address(text_of(value)))


def _cidr(value: Any) -> Network:
    if "/" not in text_of(value):
        raise ValueError("no CIDR")
    return Network(ipaddress.ip_interface(text_of(value)))


def _semver(value: Any, *_normalize: Any) -> Semver:
    text = text_of(value)
    found = try_version(text) if re.match(r"[0-9]+\.[0-9]+\.[0-9]+", text) else None
    if not isinstance(found, Version):
        raise ValueError("no semantic version")
    return Semver(found)


def _greater(one: Any, other: Any) -> Any:
    return as_bool(_compared(one, other) > 0)


def _less(one: Any, other: Any) -> Any:
    return as_bool(_compared(one, other) < 0)


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
    return as_bool(found.value in network.value.network)


def _contains_cidr(network: Any, other: Any) -> Any:
    found = other if isinstance(other, Network) else _made(_cidr)(other)
    inner, outer = found.value.network, network.value.network
    return as_bool(inner.version == outer.version and inner.subnet_of(outer))


def _validate(form: Format, value: Any) -> Any:
    found = form.value(text_of(value))
    return Maybe([as_list(as_text(x) for x in found)] if found else [])


def _functions() -> dict[str, Callable[..., Any]]:
    formats: dict[str, Callable[..., Any]] = {
        "format_dns1123Label": lambda: Format(naming.label_name_faults),
        "format_dns1123Subdomain": lambda: Format(naming.subdomain_faults),
        "validate": _validate,
    }
    return cel_library.FUNCTIONS | formats | _typed()


def _typed() -> dict[str, Callable[..., Any]]:
    """Functions of the types CEL does not have of its own."""
    return {
        "add": _plus(1),
        "asApproximateFloat": lambda q: ct.DoubleType(float(q.value)),
        "asInteger": lambda q: as_int(int(q.value)),
        "cidr": _made(_cidr),
        "compareTo": lambda a, b: as_int(_compared(a, b)),
        "containsCIDR": _contains_cidr,
        "containsIP": _contains_ip,
        "family": lambda a: as_int(a.value.version),
        "getEscapedPath": lambda u: as_text(u.value.path),
        "getHost": lambda u: as_text(u.value.netloc.rpartition("@")[2]),
        "getHostname": lambda u: as_text(u.value.hostname or ""),
        "getPort": lambda u: as_text(str(u.value.port or "")),
        "getScheme": lambda u: as_text(u.value.scheme),
        "ip": _made(_ip),
        "isCIDR": _tried(_cidr),
        "isGreaterThan": _greater,
        "isIP": _tried(_ip),
        "isInteger": lambda q: as_bool(q.value.denominator == 1),
        "isLessThan": _less,
        "isLoopback": lambda a: as_bool(a.value.is_loopback),
        "isQuantity": _tried(_quantity),
        "isSemver": _tried(_semver),
        "isURL": _tried(_url),
        "isUnspecified": lambda a: as_bool(a.value.is_unspecified),
        "major": lambda v: as_int(v.value.major),
        "minor": lambda v: as_int(v.value.minor),
        "patch": lambda v: as_int(v.value.patch),
        "prefixLength": lambda n: as_int(n.value.network.prefixlen),
        "quantity": _made(_quantity),
        "semver": _made(_semver),
        "sign": lambda q: as_int((q.value > 0) - (q.value < 0)),
        "sub": _plus(-1),
        "url": _made(_url),
    }


FUNCTIONS = _functions()
