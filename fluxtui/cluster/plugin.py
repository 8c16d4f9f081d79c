"""Runs a kubeconfig's exec credential plugin: without a terminal, without stdin, with a time limit.

The `kubernetes` package lets plugins inherit the terminal (they would draw on our screen) and goes
on anonymously when one fails; so we run them ourselves and turn failures into errors that carry the
plugin's own words. This module must not cache: when to run is the caller's decision.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluxtui.domain.errors import Unauthorized
from fluxtui.kit.moments import seconds

TIME_LIMIT = 30.0
_STDERR_SHOWN = 2000
_EXTENSION = "client.authentication.k8s.io/exec"
_TOLD = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
)


@dataclass(frozen=True, slots=True)
class PluginCredential:
    """A token, or a client certificate and key (PEM); `expires`: epoch seconds, None for never."""

    token: str = ""
    certificate: str = ""
    key: str = ""
    expires: float | None = None


async def run_plugin(
    spec: Mapping[str, Any],
    *,
    cluster: Mapping[str, Any],
    folder: Path,
    where: str,
    environ: Mapping[str, str],
    time_limit: float = TIME_LIMIT,
) -> PluginCredential:
    """Run the plugin once. Raises Unauthorized with its stderr when it fails in any way."""
    command = str(spec.get("command") or "")
    if not command:
        raise Unauthorized("the exec plugin has no command", where=where)
    if spec.get("interactiveMode") == "Always":
        raise Unauthorized(
            f"the exec plugin {command!r} wants a terminal (interactiveMode: Always)",
            where=where,
            next="sign in with it outside of fluxtui, or use another user",
        )
    if "/" in command and not Path(command).is_absolute():
        command = str(folder / command)
    out = await _run(command, spec, _environment(spec, cluster, environ, where), where, time_limit)
    return _parse(out, command, where)


def _environment(
    spec: Mapping[str, Any], cluster: Mapping[str, Any], environ: Mapping[str, str], where: str
) -> dict[str, str]:
    env = dict(environ)
    for item in spec.get("env") or []:
        env[str(item["name"])] = str(item["value"])
    info: dict[str, Any] = {"interactive": False}
    if spec.get("provideClusterInfo"):
        info["cluster"] = _cluster_info(cluster, where)
    env["KUBERNETES_EXEC_INFO"] = json.dumps(
        {
            "apiVersion": spec.get("apiVersion") or "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "spec": info,
        }
    )
    return env


def _cluster_info(cluster: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The cluster as client-go tells it to plugins (clientauthentication/v1, Cluster): authorities
    as data wherever they are written, and the extension meant for plugins as `config`.
    """
    info = {key: cluster[key] for key in _TOLD if cluster.get(key)}
    name = cluster.get("certificate-authority")
    if name and "certificate-authority-data" not in info:
        try:
            data = Path(str(name)).read_bytes()
        except OSError as error:
            raise Unauthorized(
                f"the certificate-authority cannot be read: {error.strerror}", where=where
            ) from error
        info["certificate-authority-data"] = base64.b64encode(data).decode("ascii")
    extensions = cluster.get("extensions")
    for entry in extensions if isinstance(extensions, list) else ():
        if isinstance(entry, Mapping) and entry.get("name") == _EXTENSION:
            info["config"] = entry.get("extension")
    return info


async def _run(
    command: str, spec: Mapping[str, Any], env: dict[str, str], where: str, time_limit: float
) -> bytes:
    arguments = [str(argument) for argument in spec.get("args") or []]
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            start_new_session=True,  # no controlling terminal to draw on or read from
        )
    except OSError as error:
        raise Unauthorized(
            f"the exec plugin {command!r} cannot be started: {error.strerror}",
            where=where,
            next=str(spec.get("installHint") or "").strip(),
        ) from error
    try:
        async with asyncio.timeout(time_limit):
            out, err = await process.communicate()
    except (TimeoutError, asyncio.CancelledError) as error:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()
        if isinstance(error, asyncio.CancelledError):
            raise
        raise Unauthorized(
            f"the exec plugin {command!r} gave no answer within {time_limit:g} s", where=where
        ) from error
    if process.returncode:
        words = err.decode("utf-8", "replace").strip()[-_STDERR_SHOWN:]
        raise Unauthorized(
            f"the exec plugin {command!r} failed with exit code {process.returncode}: {words}",
            where=where,
        )
    return out


def _parse(out: bytes, command: str, where: str) -> PluginCredential:
    try:
        status = json.loads(out)["status"]
        expires = status.get("expirationTimestamp")
        credential = PluginCredential(
            token=str(status.get("token") or ""),
            certificate=str(status.get("clientCertificateData") or ""),
            key=str(status.get("clientKeyData") or ""),
            expires=_moment(expires) if expires else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unauthorized(
            f"the exec plugin {command!r} printed no ExecCredential", where=where
        ) from error
    if not credential.token and not (credential.certificate and credential.key):
        raise Unauthorized(
            f"the exec plugin {command!r} gave neither a token nor a certificate with its key",
            where=where,
        )
    return credential


def _moment(text: str) -> float:
    at = seconds(text)
    if at is None:
        raise ValueError(f"no RFC 3339 time: {text}")
    return at
