"""Which Git repository a URL is of, however it is reached: by HTTP, SSH, or as `git@host:path`.

Pure.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SHORT = re.compile(r"(?:[^@/\s]+@)?([^:/\s]+):(?!//)(\S+)")
_USUAL = {"https": 443, "http": 80, "ssh": 22}


def repository_of(url: str) -> str:
    """`host[:port]/path` without user, scheme and `.git`, the host in small letters; "" of what is
    no URL of a remote."""
    short = _SHORT.fullmatch(url)
    if short is not None:
        host, path = short[1], short[2]
    else:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return ""
        host, path = parts.hostname or "", parts.path
        if port and port != _USUAL.get(parts.scheme):
            host = f"{host}:{port}"
    path = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host.lower()}/{path}" if host and path else ""
