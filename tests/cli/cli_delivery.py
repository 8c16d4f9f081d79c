"""A registry, clusters that follow it, and a person typing verbs: for stories about the words.

Real servers in this process; the verbs run as `fluxtui.cli.main.main`, so that exit codes and what
is printed are the program's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxtui.artifacts import RegistryClient, RegistrySettings
from fluxtui.cli.main import main
from fluxtui.cluster.client import connect
from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.registry import RegistryServer

HOST = "registry.example.com"
REPOSITORY = f"oci://{HOST}/acme/app"


@dataclass(frozen=True, slots=True)
class Said:
    """What a verb printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Shell:
    """Types words; `config` is written to the file that they are given."""

    folder: Path
    registry: RegistryServer
    capture: pytest.CaptureFixture[str]
    environments: dict[str, Any] = field(default_factory=dict)
    servers: dict[str, ApiServer] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *words: str) -> Said:
        file = self.folder / "fluxtui.yaml"
        config = {
            "registries": {"mirrors": {HOST: self.registry.address}},
            "environments": self.environments,
            "cache": "cache",
            "journal": "journal.jsonl",
            **self.settings,
        }
        file.write_text(yaml.safe_dump(config))
        self.capture.readouterr()
        try:
            code = main(["--config", str(file), *words])
        except SystemExit as ended:  # argparse's own words
            code = int(ended.code or 0)
        printed = self.capture.readouterr()
        return Said(code, printed.out, printed.err)

    def bundle(self, **files: bytes) -> str:
        """A folder with these files (`_` in a name stands for a dot)."""
        folder = self.folder / "bundle"
        folder.mkdir(exist_ok=True)
        for name, data in files.items():
            (folder / name.replace("_", ".")).write_bytes(data)
        return str(folder)

    def client(self) -> RegistryClient:
        """A client of the test's own."""
        return RegistryClient(RegistrySettings(mirrors={HOST: self.registry.address}), environ={})

    def cluster(self, name: str, *, protected: bool = False, **ref: str) -> ApiServer:
        """An environment whose one source follows the repository; no `ref`: it has none."""
        server = ApiServer(name)
        server.start()
        self.servers[name] = server
        kubeconfig = self.folder / f"{name}.kubeconfig"
        server.write_kubeconfig(kubeconfig)
        self.environments[name] = {
            "context": name, "kubeconfig": str(kubeconfig), "protected": protected
        }  # fmt: skip
        if ref:
            asyncio.run(_follow(kubeconfig, name, ref))
        return server

    def stop(self, name: str) -> None:
        """The environment's API answers no more."""
        self.servers.pop(name).stop()

    def close(self) -> None:
        """End all clusters that still run."""
        for name in list(self.servers):
            self.stop(name)


async def _follow(kubeconfig: Path, name: str, ref: dict[str, str]) -> None:
    cluster = await connect(str(kubeconfig), name, name="test")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}}
    source = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": "app", "namespace": "apps"},
        "spec": {"interval": "1m", "url": REPOSITORY, "ref": ref},
    }
    try:
        for obj in (namespace, source):
            type_ = await cluster.find(str(obj["apiVersion"]), str(obj["kind"]))
            await cluster.create(type_, obj, field_manager="test")
    finally:
        await cluster.close()


MakeShell = Callable[[], Shell]
