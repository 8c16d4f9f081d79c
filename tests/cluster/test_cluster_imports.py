"""What a connection costs: the HTTP library and nothing else is imported for it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cluster_scripted import Scripted

ROOT = Path(__file__).parents[2]
UNWANTED = ["kubernetes", "pydantic", "requests", "urllib3", "oauthlib", "websocket", "dateutil"]
UNWANTED += ["aiohttp_retry", "aiohttp_socks", "python_socks", "aiohttp.web"]
BRIEFLY = ["aiohttp", "multidict", "yarl", "attr", "tempfile"]
PROGRAM = """
import asyncio, json, sys
before = len(sys.modules)
from fluxtui.cluster.client import connect
from fluxtui.cluster.port import ApiResource

async def main():
    cluster = await connect(sys.argv[1], None, name="staging", wire=sys.argv[3])
    await cluster.get(ApiResource("", "v1", "Pod", "pods"), "ns", "a")
    await cluster.close()

asyncio.run(main())
unwanted = sorted({name for name in sys.modules if name in json.loads(sys.argv[2])})
print(json.dumps([len(sys.modules) - before, unwanted]))
"""


@pytest.mark.parametrize(
    ("unwanted", "wire", "most"),
    [([], "full", 420), (BRIEFLY, "brief", 200), (BRIEFLY, "early", 200)],
)
async def test_a_connection_imports_an_http_client_and_no_more(
    api: Scripted, unwanted: list[str], wire: str, most: int
) -> None:
    """It was 700 modules and half a second of CPU with the kubernetes package around it; whoever
    asks a few things and ends needs no HTTP library at all, and first lists wait for none."""
    api.answers({"kind": "Pod"})
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        api.kubeconfig(),
        json.dumps([*UNWANTED, *unwanted]),
        wire,
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    out, _ = await process.communicate()
    count, loaded = json.loads(out)
    assert loaded == []
    assert count < most, "modules for a first request, the standard library's among them"
