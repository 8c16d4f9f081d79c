"""A hundred thousand tags: fluxtui's client reads them in pages, in little memory."""

from __future__ import annotations

import json
import subprocess
import sys

from fluxtui.world.registry import Knobs, RegistryServer

LIST = r"""
import json, re, sys, time
from pathlib import Path
from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings
def peak():  # in KiB; getrusage would begin with what the parent process had
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
address = sys.argv[1]
reference = Reference.parse(f"{address}/acme/many")
with RegistryClient(RegistrySettings(), environ={}) as client:
    client.resolve(reference.with_tag("v0.0.0"))
    before = peak()
    tags = client.list_tags(reference)
after = peak()
print(json.dumps({"tags": len(set(tags)), "sorted": tags == sorted(tags), "kib": after - before}))
"""


def test_a_hundred_thousand_tags_in_pages_of_a_thousand() -> None:
    with RegistryServer(credentials=None, knobs=Knobs(page_size=1000)) as server:
        raw = json.dumps({"schemaVersion": 2, "mediaType": "a/b", "layers": []}).encode()
        digest = server.store.put_manifest("acme/many", "v0.0.0", raw, "a/b").digest
        server.store.put_tags("acme/many", (f"v0.{n}.0" for n in range(100_000)), digest)
        out = subprocess.run(
            [sys.executable, "-c", LIST, server.address],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            env={"PYTHONPATH": ":".join(sys.path)},
        )
        found = json.loads(out.stdout)
        assert found["tags"] == 100_000 and found["sorted"]
        assert found["kib"] <= 60 * 1024
        pages = sum(served.path.endswith("/tags/list") for served in server.served)
        assert pages == 100
