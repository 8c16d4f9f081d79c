"""Listing tags: 2,500 from docker-registry in one call, 100,000 in pages of a thousand."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fluxtui.artifacts import Reference, RegistryClient, pack_files
from fluxtui.world.registry import Knobs, RegistryServer
from tests.artifacts.docker_registry import BINARY, docker_registry
from tests.bench.measure import Row, median

# A process of its own, so that its memory is the listing's.
LIST = r"""
import json, re, sys, time
from pathlib import Path
from fluxtui.artifacts import Reference, RegistryClient, RegistrySettings
def peak():  # in KiB; getrusage would begin with what the parent process had
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
reference = Reference.parse(f"{sys.argv[1]}/acme/many")
with RegistryClient(RegistrySettings(), environ={}) as client:
    client.resolve(reference.with_tag("v0.0.0"))
    before = peak()
    start = time.perf_counter()
    tags = client.list_tags(reference)
    took = time.perf_counter() - start
after = peak()
print(json.dumps({"tags": len(tags), "mib": (after - before) / 1024, "ms": took * 1000}))
"""


def rows() -> Iterator[Row]:
    """Both registries on this machine."""
    yield _one_call()
    with RegistryServer(credentials=None, knobs=Knobs(page_size=1000)) as server:
        raw = json.dumps({"schemaVersion": 2, "mediaType": "a/b", "layers": []}).encode()
        digest = server.store.put_manifest("acme/many", "v0.0.0", raw, "a/b").digest
        server.store.put_tags("acme/many", (f"v0.{n}.0" for n in range(100_000)), digest)
        words = [sys.executable, "-c", LIST, server.address]
        found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
        pages = sum(served.path.endswith("/tags/list") for served in server.served)
    told = f"{pages} pages"
    assert found["tags"] == 100_000 and pages == 100, found
    yield Row("100,000 tags in pages of 1,000", found["ms"], note=told)
    yield Row("100,000 tags in pages, extra memory", found["mib"], "MiB", budget=60, note=told)


def _one_call() -> Row:
    what = "2,500 tags from docker-registry, one call"
    if BINARY is None:
        return Row(what, 0, note="(no docker-registry here)")
    with tempfile.TemporaryDirectory() as at, docker_registry(Path(at)) as served:
        reference = Reference.parse(f"oci://{served.address}/acme/bench:v1.0.0")
        with RegistryClient(served.settings, environ={}) as client:
            packed = pack_files({"a": b"a"})
            pushed = client.push(reference, packed, source="", revision="", created="")
            tags = [f"v0.0.{n}" for n in range(2499)]
            served.plant_tags(reference.repository, tags, pushed.digest)
            assert len(client.list_tags(reference)) == 2500
            return Row(what, median(lambda: client.list_tags(reference)))
