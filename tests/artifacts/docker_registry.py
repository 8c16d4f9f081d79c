"""Debian's docker-registry on a free port of this machine, with TLS and Basic: for tests and bench.

Its content lies in a folder, so that thousands of tags can be planted without uploading them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings
from fluxtui.domain.errors import RegistryUnreachable
from tests.ports import free_port

BINARY = shutil.which("docker-registry")
USER, PASSWORD = "fluxtui", "fluxtui"
HTPASSWD = "fluxtui:$2b$04$RHxjIYMn3gT2c7xx004Ph.kF1va.HaHS75mcpfnbGPiXpezj8RHc6\n"


@dataclass(frozen=True, slots=True)
class Served:
    """A running registry: what leads there, and where it keeps its content."""

    address: str
    settings: RegistrySettings
    storage: Path

    def plant_tags(self, repository: str, tags: Iterable[str], digest: str) -> None:
        """Put tags on a manifest that is there, as the registry itself would keep them."""
        at = self.storage / "docker/registry/v2/repositories" / repository / "_manifests/tags"
        for tag in tags:
            (at / tag / "current").mkdir(parents=True)
            (at / tag / "current" / "link").write_text(digest)


@contextmanager
def docker_registry(folder: Path) -> Iterator[Served]:
    """Start it, wait until it answers, end it. Raises RuntimeError when it does not start."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    cert = authority.issue_cert("127.0.0.1")
    cert.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    cert.private_key_pem.write_to_path(str(folder / "key.pem"))
    (folder / "htpasswd").write_text(HTPASSWD)
    address = f"127.0.0.1:{free_port()}"
    config = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / "data")},
            "delete": {"enabled": True},
        },
        "auth": {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}},
        "http": {
            "addr": address,
            "tls": {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")},
        },
    }
    (folder / "config.yml").write_text(json.dumps(config))
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [str(BINARY), "serve", str(folder / "config.yml")], stdout=log, stderr=log
    )
    settings = RegistrySettings(
        ca_files={address: str(folder / "ca.pem")}, credentials={address: (USER, PASSWORD)}
    )
    try:
        _wait_for(settings, address, process, folder / "log")
        yield Served(address, settings, folder / "data")
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def _wait_for(
    settings: RegistrySettings, address: str, process: subprocess.Popen[bytes], log: Path
) -> None:
    """Ask until it answers; connecting itself is the wait."""
    deadline = time.monotonic() + 60
    with RegistryClient(settings, environ={}, pause=lambda _: None) as client:
        while True:
            try:
                client.exists(Reference.parse(f"{address}/any/thing"))
                return
            except RegistryUnreachable as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    text = f"docker-registry does not start: {log.read_text()}"
                    raise RuntimeError(text) from error
