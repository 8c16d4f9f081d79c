"""What a view that asks once may load: an import is CPU of every run, on every machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_delivery import Shell

ROOT = Path(__file__).parents[2]
# Of others, hundreds of modules each; of ours, what acts, compares, packs or tells the past.
LIBRARIES = ("aiohttp", "requests", "urllib3", "oras", "jsonschema", "kubernetes", "networkx",
             "ruamel", "pydantic", "textual", "celpy", "multiprocessing", "tarfile",
             "encodings.idna", "stringprep")  # fmt: skip
OURS = ("fluxtui.domain.plan", "fluxtui.domain.ask", "fluxtui.domain.objectdiff",
        "fluxtui.engine.acts.jobs", "fluxtui.engine.answers", "fluxtui.engine.publication.changes",
        "fluxtui.engine.acts.past", "fluxtui.artifacts.session", "fluxtui.artifacts.packing",
        "fluxtui.cluster.fullwire", "fluxtui.cluster.podlogs", "fluxtui.cli.watching",
        "fluxtui.kit.labels",
        "fluxtui.commands.planning")  # fmt: skip
MOST = 345
"""Modules that one `versions` may import, the library's among them."""
PICKING = ("re2", "fluxtui.domain.versions", "fluxtui.artifacts.client")
"""What only those need who look at tags."""
PROGRAM = """
import json, sys, threading

class Threads:
    found = []
    def find_spec(self, name, path=None, target=None):
        self.found.append([name, threading.current_thread().name])

sys.meta_path.insert(0, Threads())
from fluxtui.cli.main import main
code = main(sys.argv[2:])
loaded = [name for name in json.loads(sys.argv[1]) if name in sys.modules]
print(json.dumps([code, loaded, [name for name, thread in Threads.found if "engine" in thread]]))
"""


@pytest.mark.parametrize("words", ["versions", "status", "chain", "get all"])
def test_a_view_loads_no_library_for_what_it_asks(shell: Shell, words: str) -> None:
    unwanted = PICKING if words in ("chain", "get all") else ()
    shell.cluster("staging", semver="1.x")
    shell("artifact", "push", "oci://registry.example.com/acme/app:1.0.0", "--yes",
          "--path", shell.bundle(kustomization_yaml=b"resources: []\n"))  # fmt: skip
    done = subprocess.run(
        [
            sys.executable, "-c", PROGRAM, json.dumps([*LIBRARIES, *OURS, *unwanted]),
            "--config", str(shell.folder / "fluxtui.yaml"), *words.split(), "-o", "json",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    code, loaded, beside = json.loads(done.stdout.splitlines()[-1])
    assert code in (0, 1), done.stderr
    assert loaded == []
    assert beside == [], "two threads that import at once cost each other a tenth"


def test_versions_stays_as_light_as_it_became(shell: Shell) -> None:
    """The whole program, as a script calls it: each module is CPU of every call."""
    shell.cluster("staging", semver="1.x")
    shell("artifact", "push", "oci://registry.example.com/acme/app:1.0.0", "--yes",
          "--path", shell.bundle(kustomization_yaml=b"resources: []\n"))  # fmt: skip
    words = ["--config", str(shell.folder / "fluxtui.yaml"), "versions", "-o", "json"]
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-c",
            "from fluxtui.cli.main import run\nrun()",
            *words,
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert json.loads(done.stdout)["items"], done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    read = {line.rpartition("|")[2].strip() for line in lines}
    assert not read & {"inspect", "ast", "dis", "tokenize", "ipaddress", "random", "http.client"}
    assert len(read) <= MOST, f"{len(read)} modules"
