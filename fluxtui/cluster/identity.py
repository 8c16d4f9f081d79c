"""As whom requests go out: the Authorization header, and whom to act as.

Header names and their escapes are client-go's, so that an API sees the same person as from kubectl.
Nothing is sent or cached here; secrets are in the values and never in a message.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fluxtui.domain.errors import ConfigError, Unauthorized

Headers = tuple[tuple[str, str], ...]
_IN_HEADER_NAMES = frozenset(
    b"!#$&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~"
)


def authorization(user: Mapping[str, Any], where: str) -> str:
    """The header for a token, else for a user name and password; "" when there is neither.

    A token file that can be read wins over a token beside it; white space around a token is none
    of its own. Raises ConfigError for a file that cannot be read or is empty.
    """
    token = _token(user, where)
    if token:
        return _header(f"Bearer {token}", where)
    if user.get("username") and user.get("password") is not None:
        pair = f"{user['username']}:{user['password']}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return ""


def impersonation(user: Mapping[str, Any], where: str) -> Headers:
    """`as`, `as-uid`, `as-groups` and `as-user-extra` as headers, in client-go's order.

    Raises ConfigError for groups, a uid or extras without a user: kubectl refuses that too.
    """
    name = str(user.get("as") or "")
    uid = str(user.get("as-uid") or "")
    groups = _texts(user.get("as-groups"), "as-groups", where)
    extra = user.get("as-user-extra") or {}
    if not isinstance(extra, Mapping):
        raise ConfigError("as-user-extra is not a mapping", where=where)
    if not name:
        if uid or groups or extra:
            raise ConfigError(
                "a uid, groups or extras to act with are named, but no user to act as",
                where=where,
                next="add `as` to the kubeconfig's user, or --as",
            )
        return ()
    headers = [("Impersonate-User", name)]
    headers += [("Impersonate-Uid", uid)] if uid else []
    headers += [("Impersonate-Group", group) for group in groups]
    for key, values in extra.items():
        header = f"Impersonate-Extra-{escaped(str(key))}"
        headers += [(header, value) for value in _texts(values, f"as-user-extra {key}", where)]
    return tuple((header, _header(value, where)) for header, value in headers)


def escaped(key: str) -> str:
    """A key of as-user-extra inside a header's name: what may not stand there as %XX (UTF-8)."""
    return "".join(
        chr(byte) if byte in _IN_HEADER_NAMES else f"%{byte:02X}" for byte in key.encode()
    )


def _token(user: Mapping[str, Any], where: str) -> str:
    token = str(user.get("token") or "").strip()
    name = user.get("tokenFile")
    if not name:
        return token
    try:
        read = Path(str(name)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        if token:
            return token
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigError(f"the tokenFile cannot be read: {why}", where=str(name)) from error
    if not read and not token:
        raise ConfigError("the tokenFile is empty", where=str(name))
    return read or token


def _texts(value: object, field: str, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ConfigError(f"{field} is not a list", where=where)
    return [str(item) for item in value]


def _header(value: str, where: str) -> str:
    if any((ord(c) < 0x20 and c != "\t") or ord(c) == 0x7F for c in value):
        raise Unauthorized(
            "the user's credentials hold a control character", where=where, next="write them anew"
        )
    return value
