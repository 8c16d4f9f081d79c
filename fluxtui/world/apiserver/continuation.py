"""Continue tokens: where a list of pages goes on, and at which version.

The form is apiserver's (`storage/continue.go`), so that what is wrong with a token is worded the
same; to clients it is opaque. Pure.
"""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
import re
from dataclasses import dataclass

from fluxtui.world.apiserver.status import bad_request

_VERSION = "meta.k8s.io/v1"
_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Continuation:
    """Go on from `start`, the first key that may come next; `rv` is negative for "as of now"."""

    rv: int
    start: str

    def encode(self) -> str:
        data = json.dumps({"v": _VERSION, "rv": self.rv, "start": self.start})
        return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def decode(token: str) -> Continuation:
    """The token a client gave back. Raises 400 where it is none of ours."""
    data = _decoded(token.encode())
    if not isinstance(data, dict):
        raise _bad("continue key is not valid: json: cannot unmarshal into a continue token")
    if (version := data.get("v", "")) != _VERSION:
        why = f"server does not recognize this encoded version {version}"
        raise _bad(f"continue key is not valid: {why}")
    rv, start = data.get("rv"), data.get("start")
    if not isinstance(rv, int) or rv == 0:
        why = f"incorrect encoded start resourceVersion (version {_VERSION})"
        raise _bad(f"continue key is not valid: {why}")
    if not isinstance(start, str) or not start:
        raise _bad(f"continue key is not valid: encoded start key empty (version {_VERSION})")
    key = start if start.startswith("/") else f"/{start}"
    if posixpath.normpath(key) != key:
        raise _bad(f"continue key is not valid: {start}")
    return Continuation(rv, key[1:])


def _decoded(token: bytes) -> object:
    fine = _ALPHABET.match(token)
    end = fine.end() if fine else 0
    whole = len(token) // 4 * 4
    if end < len(token) or len(token) % 4 == 1:
        raise _bad(
            f"continue key is not valid: illegal base64 data at input byte {min(end, whole)}"
        )
    try:
        return json.loads(base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4)))
    except (ValueError, binascii.Error) as error:
        raise _bad(f"continue key is not valid: {error}") from error


def _bad(why: str) -> Exception:
    return bad_request(f"invalid continue token: {why}")
