"""The World's process beside the Kubernetes APIs: registry, Git host, and a simulator for each API.

It says on standard output when the registry stands, is then told on standard input where the APIs
are, says when Git and workloads live, and ends when standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from fluxtui.kit.clock import Clock
from fluxtui.kit.private import write_private
from fluxtui.world.description import write_credentials
from fluxtui.world.registry import RegistryServer


async def run(credentials: Path, git_credentials: Path, speed: float) -> None:
    """Serve until standard input ends. Raises ClusterError."""
    lines = _lines()
    with RegistryServer() as registry:
        write_credentials(credentials, registry.address, registry.username, registry.password)
        _say({"registry": registry.address})
        # Imported late: the registry should stand while this takes its time.
        from fluxtui.cluster.client import connect
        from fluxtui.cluster.credentials import preload
        from fluxtui.world.simulator.fates import PULLED
        from fluxtui.world.simulator.simulator import Simulator

        registry.turn(rehearsed=PULLED)
        await asyncio.to_thread(preload)
        async with contextlib.AsyncExitStack() as stack:
            infra = await asyncio.to_thread(_git, git_credentials, stack)
            line = await lines.get()
            if line is not None:
                clusters = [(name, line["kubeconfig"]) for name in line["environments"]]

                async def live(name: str, kubeconfig: str) -> None:
                    cluster = await connect(kubeconfig, name, name=name)
                    stack.push_async_callback(cluster.close)
                    await stack.enter_async_context(Simulator(cluster, Clock(speed)))

                await asyncio.gather(*(live(*pair) for pair in clusters))
                _say({"ready": True, "infra": infra})
                while await lines.get() is not None:
                    pass


def _git(credentials: Path, stack: contextlib.AsyncExitStack) -> str:
    """Create and serve the infra repository beside its credentials; its URL."""
    from fluxtui.world.githost import PATH, GitHost, create
    from fluxtui.world.scenarios.releases import FILES

    folder = credentials.parent / "infra.git"
    create(folder, FILES / "infra", time.time() - 30 * 3600)
    host = GitHost(folder)
    stack.callback(host.stop)
    login = f"http://{host.username}:{host.password}@{host.address}\n"
    write_private(credentials, login)
    return f"http://{host.address}{PATH}"


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _lines() -> asyncio.Queue[dict[str, Any] | None]:
    """Lines of JSON from standard input; None is its end."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def read() -> None:
        part = b""
        # Not through sys.stdin: a thread waiting in its buffer would abort the interpreter's end.
        while chunk := os.read(0, 65536):
            *whole, part = (part + chunk).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, json.loads(line))
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return lines
