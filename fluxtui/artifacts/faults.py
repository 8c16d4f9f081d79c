"""What went wrong on the way to a registry, as errors of our own tree.

Every message says what, where and what next, in a person's words; no secret ever gets into one.
"""

from __future__ import annotations

import re
from typing import Any

from fluxtui.domain.errors import (
    ArtifactMissing,
    RegistryDenied,
    RegistryError,
    RegistryUnreachable,
)


def passes(error: BaseException | None) -> bool:
    """Whether trying again soon may help. A registry that kept us waiting in vain, or that we do
    not trust, is not asked again.
    """
    kinds = _kinds(error)
    if "SSLError" in kinds:
        return "EOF" in str(error)
    if "Read timed out" in str(error):
        return False
    return not kinds & {"ReadTimeout", "TimeoutError", "TooManyRedirects"}


def _kinds(error: BaseException | None) -> set[str]:
    """What the error is. The library's own names: asking for its classes would load it, and the
    standard library's are called the same."""
    return {kind.__name__ for kind in type(error).__mro__}


def unreachable(error: Exception, where: str) -> RegistryUnreachable:
    """The error for an exchange that broke off; says why in a person's words."""
    text, kinds = str(error), _kinds(error)
    if "SSLError" in kinds:
        message, then = f"TLS failed: {_reason(text)}", "check the host, or name its CA file"
    elif "ProxyError" in kinds or "SOCKS" in text:
        message = f"the proxy failed: {_reason(text)}"
        then = "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY"
    elif kinds & {"Timeout", "TimeoutError"} or "timed out" in text:
        message, then = "no answer in time", "check the network, or raise the time-out"
    elif "TooManyRedirects" in kinds:
        message, then = "redirects without end", "check the registry's address"
    elif "refused" in text:
        message, then = "connection refused", "is the registry running?"
    elif "gaierror" in kinds or "Name or service" in text or "resolve" in text.lower():
        message, then = "the host name is not known", "check the name and the network"
    else:
        message, then = f"the connection broke: {_reason(text)}", "try again"
    return RegistryUnreachable(message, where=where, next=then)


def _reason(text: str) -> str:
    match = re.search(r"\[SSL: [A-Z_]+\] ([^(]+)", text)
    return (match[1] if match else text).strip()[:200]


def refusal(response: Any, host: str) -> RegistryError:
    """The error for a response that is no success."""
    detail = _said(response)
    where = str(response.url).partition("?")[0]
    status = int(response.status_code)
    if status in {401, 403}:
        return RegistryDenied(
            f"access denied{detail}",
            where=where,
            next=f"run `docker login {host}`, or ask for the right on this repository",
            status=status,
        )
    if status == 404:
        return ArtifactMissing(
            f"not there{detail}", where=where, next="check repository and tag", status=status
        )
    if status == 429:
        after = response.headers.get("Retry-After", "")
        return RegistryError(
            f"too many requests{detail}",
            where=where,
            next=f"try again in {after} s" if after.isdecimal() else "try again later",
            status=status,
        )
    message = f"answered {status}{detail}"
    return RegistryError(message, where=where, next="see the registry's log", status=status)


def _said(response: Any) -> str:
    """The registry's own words, from the error body of the distribution spec."""
    try:
        errors = response.json()["errors"]
        texts = [f"{e.get('code', '')}: {e.get('message', '')}".strip(": ") for e in errors]
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return ""
    text = " ".join("; ".join(texts).split())
    return f" ({text[:300]})" if text else ""
