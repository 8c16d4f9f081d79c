"""A fault of our own, as an error like any other: what happened, and where to read how.

A traceback is for whoever mends fluxtui; a person at work gets a sentence, and a program that asked
for JSON gets JSON. Nothing is sent anywhere.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from pathlib import Path

from fluxtui.cli import places
from fluxtui.domain.errors import FluxtuiError


def unexpected(error: Exception, environ: Mapping[str, str] = os.environ) -> FluxtuiError:
    """The error to say for an exception that nobody expected; its traceback goes to a file."""
    message = f"unexpected {type(error).__name__}: {error}".rstrip(": ")
    try:
        path = _kept("".join(traceback.format_exception(error)), environ)
    except OSError as refused:
        traceback.print_exception(error)
        why = refused.strerror or "it cannot be written"
        return FluxtuiError(message, next=f"please report it with the traceback (no file: {why})")
    return FluxtuiError(message, next=f"a fault of fluxtui; please report it with {path}")


def _kept(text: str, environ: Mapping[str, str]) -> Path:
    """Write it for the person alone; the last one is enough. Raises OSError."""
    path = places.fault_file(environ)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
