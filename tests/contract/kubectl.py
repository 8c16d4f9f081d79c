"""An unmodified kubectl at a server, and what its user sees, without what may differ.

Times, ages, uids, resourceVersions, ports and widths of columns differ between any two clusters;
all else in a transcript must not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.contract.server import Server
from tests.world.apiserver.client import Client

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MASKS = (
    (UUID, "UID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d{4}( [A-Z]+)?|Z)?"), "TIME"),
    (re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "TIME"),
    (re.compile(r'(resource ?version"?:\s+)"?\d+"?', re.I), r"\1RV"),
    (re.compile(r"https://127\.0\.0\.1:\d+"), "SERVER"),
    (re.compile(r"(LIVE|MERGED)-\d+"), r"\1"),
    (re.compile(r"(?<![\w.-])(\d+h)?(\d+m)?\d+s(?![\w-])"), "AGE"),
    (re.compile(r"<(invalid|unknown)>(?=\s|$)", re.M), "AGE"),
    (re.compile(r"(?<=\S)[ \t]+"), " "),
)
"""What is masked, in this order; leading spaces of a line stay."""


def masked(text: str) -> str:
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


class Terminal:
    """`terminal("get", "pods")` runs kubectl in the namespace `ns` and writes down what is seen."""

    def __init__(self, server: Server, ns: str, folder: Path, *, read_only: bool = False) -> None:
        self.api = Client(server)
        self.ns = ns
        self.seen: list[str] = []
        self._folder = folder
        config = server.readonly_kubeconfig if read_only else server.kubeconfig
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "KUBECONFIG": str(config),
            "KUBECTL_EXTERNAL_DIFF": "diff -u -N --label before --label after",
            "LC_ALL": "C",
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin one that waits for something; `end` it afterwards."""
        return subprocess.Popen(
            self._command(words), env=self._environ, cwd=self._folder, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def end(self, running: subprocess.Popen[str], *words: str) -> str:
        out, errors = running.communicate(timeout=90)
        return self._note(words, running.returncode, out, errors)

    def __call__(self, *words: str, given: Any = None, quiet: bool = False) -> str:
        """`given`: objects for `-f -`. `quiet`: run it, but what it says is not compared."""
        text = None if given is None else yaml.safe_dump_all(_list(given), sort_keys=False)
        done = subprocess.run(
            self._command(words), env=self._environ, cwd=self._folder, text=True, input=text or "",
            capture_output=True, timeout=90,
        )  # fmt: skip
        if quiet:
            assert done.returncode == 0, done.stderr
            return done.stdout
        return self._note(words, done.returncode, done.stdout, done.stderr)

    def close(self) -> None:
        self.api.close()

    def _command(self, words: tuple[str, ...]) -> list[str]:
        found = shutil.which("kubectl")
        assert found is not None
        return [found, "-n", self.ns, *words]

    def _note(self, words: tuple[str, ...], code: int, out: str, errors: str) -> str:
        parts = [f"$ kubectl {' '.join(words)}", f"exit {code}", masked(out)]
        if errors:
            parts += ["stderr:", masked(errors)]
        self.seen.append("\n".join(parts))
        return out


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
