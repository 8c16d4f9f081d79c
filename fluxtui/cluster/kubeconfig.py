"""Reads kubeconfig files as kubectl does: which contexts there are, and what one of them means.

Plain YAML and nothing heavier, so that the list of contexts is there before any transport is
loaded. Merging follows kubectl (the first file to name an entry wins), unlike the `kubernetes`
package, where the last current-context wins. This module must not contact a cluster, run a plugin
or write a file.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fluxtui.domain.config import Overrides
from fluxtui.domain.errors import ConfigError
from fluxtui.kit.records import NamedTuple

_FILE_KEYS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_CLUSTER_TLS = (
    "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify",
)  # fmt: skip
_USER_TLS = ("client-certificate", "client-certificate-data")


class ContextInfo(NamedTuple):
    """One context of the merged kubeconfig. `namespace` is empty when the context names none."""

    name: str
    cluster: str
    user: str
    namespace: str
    current: bool


class Access(NamedTuple):
    """What one context means: its cluster and user sections, with file names made absolute.

    `folder` is where the user's entry was written: an exec plugin's relative command starts there.
    """

    context: str
    namespace: str
    cluster: Mapping[str, Any]
    user: Mapping[str, Any]
    folder: Path

    @property
    def server(self) -> str:
        """The API's address, with a scheme: https where something of TLS is said, as client-go."""
        address = str(self.cluster.get("server", "")).rstrip("/")
        if "://" in address:
            return address
        tls = any(self.cluster.get(key) for key in _CLUSTER_TLS)
        tls = tls or any(self.user.get(key) for key in _USER_TLS)
        return f"{'https' if tls else 'http'}://{address}"


def kubeconfig_files(
    kubeconfig: str | None, environ: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Files to read: the one named, else the KUBECONFIG list, else ~/.kube/config.

    Raises ConfigError when a named file, or every file of the list, is missing.
    """
    paths = wanted_files(kubeconfig, environ)
    present = tuple(path for path in paths if path.is_file())
    if not present:
        raise ConfigError(
            "the kubeconfig is not there" if kubeconfig else "no kubeconfig is there",
            where=os.pathsep.join(map(str, paths)),
            next="name an existing file with --kubeconfig or KUBECONFIG",
        )
    return present


def wanted_files(
    kubeconfig: str | None, environ: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Where a kubeconfig is looked for, whether or not one is there."""
    if kubeconfig:
        return (Path(kubeconfig).expanduser(),)
    env = os.environ if environ is None else environ
    parts = [part for part in env.get("KUBECONFIG", "").split(os.pathsep) if part]
    home = Path(env.get("HOME") or Path.home())
    return tuple(Path(part).expanduser() for part in parts) or (home / ".kube" / "config",)


def contexts(
    kubeconfig: str | None = None, environ: Mapping[str, str] | None = None
) -> list[ContextInfo]:
    """All contexts in file order. Raises ConfigError for a missing or unreadable file."""
    merged = _Merged(kubeconfig_files(kubeconfig, environ))
    return [
        ContextInfo(
            name=name,
            cluster=str(entry.get("cluster", "")),
            user=str(entry.get("user", "")),
            namespace=str(entry.get("namespace") or ""),
            current=name == merged.current,
        )
        for name, (entry, _) in merged.sections["contexts"].items()
    ]


def access(
    kubeconfig: str | None,
    context: str | None,
    environ: Mapping[str, str] | None = None,
    overrides: Overrides = Overrides(),
) -> Access:
    """What a context (default: the current one) means, with what flags put in its place.

    Raises ConfigError for an unknown context, naming the known ones, or a dangling reference.
    """
    files = kubeconfig_files(kubeconfig, environ)
    merged = _Merged(files)
    where = os.pathsep.join(map(str, files))
    contexts = ", ".join(merged.sections["contexts"]) or "none"
    name = context or merged.current
    if not name and not overrides.cluster:
        raise ConfigError(
            "no context is named and the kubeconfig has no current-context",
            where=where,
            next=f"known contexts: {contexts}",
        )
    if name and name not in merged.sections["contexts"]:
        raise ConfigError(
            f"unknown context {name!r}", where=where, next=f"known contexts: {contexts}"
        )
    entry, _ = merged.sections["contexts"].get(name, ({}, files[0].parent))
    cluster_name = overrides.cluster or str(entry.get("cluster", ""))
    user_name = overrides.user or str(entry.get("user") or "")
    _there(merged, "clusters", cluster_name, "" if overrides.cluster else name, where)
    if user_name:
        _there(merged, "users", user_name, "" if overrides.user else name, where)
    cluster, _ = merged.sections["clusters"][cluster_name]
    user, folder = merged.sections["users"].get(user_name, ({}, files[0].parent))
    if not cluster.get("server"):
        raise ConfigError(f"cluster {cluster_name!r} has no server", where=where)
    user = _overridden(user, overrides)
    return Access(name, str(entry.get("namespace") or ""), cluster, user, folder)


def _there(merged: _Merged, section: str, name: str, context: str, where: str) -> None:
    """Raises ConfigError when a cluster or user is not there, saying who named it."""
    entries = merged.sections[section]
    if name not in entries:
        kind = section.removesuffix("s")
        naming = f"context {context!r} names" if context else f"--{kind} names"
        raise ConfigError(
            f"{naming} unknown {kind} {name!r}",
            where=where,
            next=f"known: {', '.join(entries) or 'none'}",
        )


def _overridden(user: Mapping[str, Any], overrides: Overrides) -> dict[str, Any]:
    identity = {
        "as": overrides.as_user,
        "as-groups": list(overrides.as_groups),
        "as-uid": overrides.as_uid,
    }
    return {**user, **{key: value for key, value in identity.items() if value}}


class _Merged:
    """Several kubeconfig files as one; entries keep the folder they were written in."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.current = ""
        self.sections: dict[str, dict[str, tuple[dict[str, Any], Path]]] = {
            "contexts": {},
            "clusters": {},
            "users": {},
        }
        for path in files:
            self._add(path, _read(path))

    def _add(self, path: Path, document: Mapping[str, Any]) -> None:
        folder = path.resolve().parent
        self.current = self.current or str(document.get("current-context") or "")
        for section, entries in self.sections.items():
            inner = section.removesuffix("s")
            items = document.get(section) or []
            if not isinstance(items, list):
                raise ConfigError(f"{section} is not a list", where=str(path))
            for item in items:
                if not isinstance(item, dict) or not isinstance(item.get("name"), str):
                    raise ConfigError(f"an entry of {section} has no name", where=str(path))
                body = item.get(inner)
                body = dict(body) if isinstance(body, dict) else {}
                for key in _FILE_KEYS:
                    if body.get(key):
                        body[key] = str(folder / str(body[key]))
                entries.setdefault(item["name"], (body, folder))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        state = path.stat()
        return _document(path, state.st_mtime_ns, state.st_size, state.st_ino)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"is no YAML: {error}", where=str(path)) from error


@functools.lru_cache(maxsize=8)
def _document(path: Path, *_state: int) -> Mapping[str, Any]:
    """What the file says in that state; each context of it asks, and so do we after a 401.

    Not to be changed. Raises OSError, UnicodeDecodeError, ConfigError.
    """
    document = _parsed(path.read_text(encoding="utf-8"), path)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError("is no kubeconfig: the top is not a mapping", where=str(path))
    return document


def _parsed(text: str, path: Path) -> object:
    """JSON is YAML too, and the library for YAML costs more than a short command asks.

    Raises ConfigError.
    """
    if text.lstrip().startswith("{"):
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(text)
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ConfigError(f"is no YAML: {error}", where=str(path)) from error
