"""One client on one kept connection, as light as can be: what is measured is the server. No rows.

Also fills a World's Kubernetes API with the fleet.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from fluxtui.domain import kinds
from fluxtui.domain.resource import Key
from tests.bench import fleet


class Wire:
    """A connection to one context of a kubeconfig."""

    def __init__(self, kubeconfig: Path, context: str) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster = next(c["cluster"] for c in config["clusters"] if c["name"] == context)
        user = next(u["user"] for u in config["users"] if u["name"] == context)
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._token = user["token"]
        address = urlsplit(cluster["server"])
        plain = socket.create_connection((str(address.hostname), int(address.port or 0)))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        trust = ssl.create_default_context(cadata=authority)
        self._line = trust.wrap_socket(plain, server_hostname=str(address.hostname))
        self._rest = b""

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """The body of the answer. Raises OSError unless it is a success."""
        data = b"" if body is None else json.dumps(body).encode()
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: it\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self._line.sendall(head.encode() + data)
        received = self._rest
        while b"\r\n\r\n" not in received:
            received += self._more()
        answer, _, received = received.partition(b"\r\n\r\n")
        sizes = [v for k, _, v in map(_field, answer.split(b"\r\n")) if k == b"content-length"]
        size = int(sizes[0])
        while len(received) < size:
            received += self._more()
        self._rest = received[size:]
        if not answer.startswith(b"HTTP/1.1 2"):
            raise OSError(f"{method} {path}: {received[:size].decode()}")
        return received[:size]

    def _more(self) -> bytes:
        data = self._line.recv(65536)
        if not data:
            raise OSError("the server hung up")
        return data

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.close()


def _field(line: bytes) -> tuple[bytes, bytes, bytes]:
    name, colon, value = line.partition(b":")
    return name.strip().lower(), colon, value.strip()


def fill(kubeconfig: Path, contexts: tuple[str, ...], many: int) -> None:
    """So many Flux objects over all contexts, each with the status a controller would give it."""
    with ThreadPoolExecutor(len(contexts)) as pool:
        list(pool.map(lambda one: _fill(kubeconfig, one, many // len(contexts)), contexts))


def _fill(kubeconfig: Path, context: str, many: int) -> None:
    with Wire(kubeconfig, context) as wire:
        for number in range(fleet.SPACES):
            space = {"apiVersion": "v1", "kind": "Namespace"}
            name = {"metadata": {"name": f"team-{number}"}}
            wire.request("POST", "/api/v1/namespaces", {**space, **name})
        for obj in fleet.objects(many):
            place = place_of(obj)
            meta = {k: obj["metadata"][k] for k in ("name", "namespace", "labels", "annotations")}
            wire.request("POST", place.rpartition("/")[0], {**obj, "metadata": meta})
            wire.request("PATCH", f"{place}/status", {"status": obj["status"]})


def place_of(obj: Mapping[str, Any]) -> str:
    """The path of a Flux object."""
    meta = obj["metadata"]
    kind = kinds.of(Key("", obj["apiVersion"].partition("/")[0], obj["kind"], "", ""))
    plural = kind.plural if kind is not None else ""
    return f"/apis/{obj['apiVersion']}/namespaces/{meta['namespace']}/{plural}/{meta['name']}"


def resident(pid: int) -> float:
    """MiB that a process holds in memory (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def spent(pid: int) -> float:
    """Seconds of CPU that a process and all that it started have used so far (Linux)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = {c for task in tasks for c in (task / "children").read_text().split()}
    # Behind the name, which may hold anything: its own and its ended children's time, in ticks.
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(spent(int(child)) for child in children)


def held(pid: int) -> float:
    """MiB of a process and all that it started, what they share counted once (Linux: PSS)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = {c for task in tasks for c in (task / "children").read_text().split()}
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    line = next(one for one in rollup.splitlines() if one.startswith("Pss:"))
    return int(line.split()[1]) / 1024 + sum(held(int(child)) for child in children)
