"""Turns an API's error answers into our error tree.

A Kubernetes Status carries reason, details and causes; a proxy in between may answer with anything.
Nothing here performs I/O.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fluxtui.domain.errors import (
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    Throttled,
    Unauthorized,
    Unreachable,
)
from fluxtui.domain.knowledge import Trouble

_BY_STATUS: dict[int, type[ClusterError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Expired,
    422: Invalid,
    429: Throttled,
    502: Unreachable,
    503: Unreachable,
    504: Unreachable,
}

_NEXT: dict[int, str] = {
    401: "sign in again, or check the context's user",
    403: "ask for the right, or use another context",
}


def status_error(
    status: int, body: bytes, headers: Mapping[str, str] | None = None, *, where: str
) -> ClusterError:
    """The error for an HTTP answer >= 400."""
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("kind") != "Status":
        text = body.decode("utf-8", "replace").strip()[:500]
        page = text.startswith("<") or "html" in (headers or {}).get("Content-Type", "")
        if page or not text:  # a proxy's, or a web server's: no sentence of an API
            text = _phrase(status)
        document = {"message": text}
    return error_of(document, status, headers, where=where)


def error_of(
    document: Mapping[str, Any],
    status: int = 0,
    headers: Mapping[str, str] | None = None,
    *,
    where: str,
) -> ClusterError:
    """The error for a Status document (also the object of a watch's ERROR event)."""
    code = document.get("code")
    status = status or (code if isinstance(code, int) else 0)
    details = document.get("details")
    details = details if isinstance(details, Mapping) else {}
    causes = details.get("causes")
    reason = str(document.get("reason") or "")
    if reason == "Expired":
        status = 410
    return _BY_STATUS.get(status, ClusterError)(
        str(document.get("message") or reason or f"HTTP {status}"),
        where=where,
        next=_NEXT.get(status, ""),
        status=status,
        reason=reason,
        causes=tuple(
            (str(cause.get("field") or ""), str(cause.get("message") or ""))
            for cause in (causes if isinstance(causes, list) else [])
            if isinstance(cause, Mapping)
        ),
        retry_after=_retry_after(headers or {}, details),
    )


def not_an_api(where: str, status: int = 0) -> ClusterError:
    """Something answers there, and it is no Kubernetes API."""
    code = f" ({_phrase(status)})" if status else ""
    return ClusterError(
        f"answers, but not as a Kubernetes API{code}",
        where=where,
        next="mend server in the kubeconfig, or what stands in between",
        status=status,
        reason=Trouble.FOREIGN,
    )


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _retry_after(headers: Mapping[str, str], details: Mapping[str, Any]) -> float | None:
    for value in (headers.get("Retry-After"), details.get("retryAfterSeconds")):
        try:
            if value:
                return float(value)
        except (TypeError, ValueError):
            continue
    return None
