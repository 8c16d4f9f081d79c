"""The World's process beside the Kubernetes APIs: the registry, filled, and one simulator each.

It says on standard output when the registry stands, is then told on standard input where the APIs
are, says when the workloads live, and ends when standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from fluxtui.artifacts import RegistryClient, RegistrySettings
from fluxtui.reconciler.clock import Clock
from fluxtui.world.description import MIRRORED, write_credentials
from fluxtui.world.registry import RegistryServer
from fluxtui.world.scenarios.publisher import seed


async def run(credentials: Path, speed: float, files: Path) -> None:
    """Serve until standard input ends. Raises RegistryError, ClusterError."""
    lines = _lines()
    with RegistryServer() as registry:
        write_credentials(credentials, registry.address, registry.username, registry.password)
        _say({"registry": registry.address})
        # Both clients import requests: two threads that begin with it at once see half of it.
        importlib.import_module("requests")
        filling = asyncio.create_task(asyncio.to_thread(_fill, registry, files))
        async with contextlib.AsyncExitStack() as stack:
            told = await lines.get()
            if told is not None:
                clusters = [(name, told["kubeconfig"]) for name in told["environments"]]
                # Imported late: the registry should stand while this takes its time.
                from fluxtui.cluster.client import connect
                from fluxtui.world.simulator import Simulator

                async def live(name: str, kubeconfig: str) -> None:
                    cluster = await connect(kubeconfig, name, name=name)
                    stack.push_async_callback(cluster.close)
                    await stack.enter_async_context(Simulator(cluster, Clock(speed)))

                await asyncio.gather(*(live(*pair) for pair in clusters))
                await filling
                _say({"ready": True})
                while await lines.get() is not None:
                    pass
            await filling


def _fill(registry: RegistryServer, files: Path) -> None:
    """Publish everything that was there before the story begins, by the ordinary client."""
    login = (registry.username, registry.password)
    settings = RegistrySettings(
        mirrors={MIRRORED: registry.address},
        credentials={MIRRORED: login, registry.address: login},
    )
    with RegistryClient(settings, environ={}) as client:
        seed(client, files=files)


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _lines() -> asyncio.Queue[dict[str, Any] | None]:
    """Lines of JSON from standard input; None is its end."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def read() -> None:
        rest = b""
        # Not through sys.stdin: a thread waiting in its buffer would abort the interpreter's end.
        while chunk := os.read(0, 65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, json.loads(line))
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return lines
