"""The string formats that CRD schemas may ask for, as go-openapi's strfmt understands them.

A format nobody knows says nothing, as in a real API server. Pure.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlsplit

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]"
    r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})\Z"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_UNITS = (
    "nanoseconds?|nanos?|ns|microseconds?|micros?|us|µs|milliseconds?|millis?|ms|seconds?|secs?|s|"
    "minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w"
)
_DURATION = re.compile(rf"-?(\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*({_UNITS}))+\s*\Z", re.I)
_LABEL = "[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
_HOST = re.compile(rf"({_LABEL}|({_LABEL}\.)+[a-zA-Z]{{2,63}})\Z")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\Z")
_MAC = re.compile(r"([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2}[:-]){0,2}[0-9a-fA-F]{2}\Z")


def _parses(read: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        try:
            read(value)
        except (ValueError, binascii.Error):
            return False
        return True

    return fits


def _day(value: str) -> bool:
    return bool(_DATE.match(value)) and _parses(date.fromisoformat)(value)


def _moment(value: str) -> bool:
    return bool(_TIME.match(value)) and _day(value[:10])


def _uri(value: str) -> bool:
    """Go's ParseRequestURI: absolute, or a path from the root."""
    return value.startswith("/") or bool(urlsplit(value).scheme)


def _uuid_of(version: int | None) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        try:
            found = uuid.UUID(value)
        except ValueError:
            return False
        return version is None or found.version == version

    return fits


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": _moment,
    "datetime": _moment,
    "date": _day,
    "duration": lambda v: bool(_DURATION.match(v)) or v == "0",
    "uri": _uri,
    "email": lambda v: bool(_EMAIL.match(v)),
    "hostname": lambda v: bool(_HOST.match(v)),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "cidr": lambda v: "/" in v and _parses(lambda x: ipaddress.ip_network(x, strict=False))(v),
    "mac": lambda v: bool(_MAC.match(v)),
    "uuid": _uuid_of(None),
    "uuid3": _uuid_of(3),
    "uuid4": _uuid_of(4),
    "uuid5": _uuid_of(5),
    "byte": _parses(lambda v: base64.b64decode(v, validate=True)),
    "password": lambda v: True,
}


def fits(name: str, value: str) -> bool:
    """Whether a string has a format; true for formats nobody knows."""
    check = _FORMATS.get(name)
    return check is None or check(value)


def known(name: str) -> bool:
    return name in _FORMATS or name in ("int32", "int64", "float", "double", "int-or-string")
