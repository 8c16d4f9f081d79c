"""The names that were seen last, kept for the shell: completing a word must not ask a cluster.

One small file for each configuration, in the state folder; names only. A file that cannot be read
or written is no trouble to anybody: then there is nothing to complete.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path

from fluxtui.cli import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from fluxtui.domain.snapshot import Snapshot

TAGS = 200  # of each service, the newest
ACTS = 50  # the newest


def remember(snapshot: Snapshot, config: str, kubeconfig: str) -> None:
    """Keep the names of a Snapshot under the configuration that they were seen with."""
    before = recall(config, kubeconfig)
    names = {
        "of": _identity(config, kubeconfig, os.environ),
        "environments": [e.name for e in snapshot.config.environments],
        "stages": list(snapshot.config.stages),
        "contexts": [e.context for e in snapshot.config.environments],
        "services": [row.service for row in snapshot.board.rows],
        "objects": {name: _objects(snapshot, name) for name in snapshot.resources},
        # Who asks for one answer does not read what was done.
        "acts": _acts(snapshot) or before.get("acts", []),
        # Verbs that need no tags ask for none: what was seen before stays.
        "versions": {**before.get("versions", {}), **_versions(snapshot)},
    }
    text = json.dumps(names)
    file = _file(config, kubeconfig, os.environ)
    try:
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = file.with_suffix(f".{os.getpid()}")
            new.write_text(text, encoding="utf-8")
            new.chmod(0o600)
            new.replace(file)
    except OSError:
        return


def recall(config: str, kubeconfig: str, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What was seen last with that configuration; empty when nothing was."""
    try:
        names = json.loads(_file(config, kubeconfig, environ).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    current = isinstance(names, dict) and names.get("of") == _identity(config, kubeconfig, environ)
    return names if current else {}


def _objects(snapshot: Snapshot, environment: str) -> list[str]:
    from fluxtui.domain.kinds import ALL

    return [
        f"{kind.short}/{key.namespace}/{key.name}"
        for kind in ALL
        for key in snapshot.table(environment, kind)
    ]


def _versions(snapshot: Snapshot) -> dict[str, list[str]]:
    """Service to its tags, the newest first as the registry lists them."""
    lists = ((row, snapshot.tags.get(row.repository)) for row in snapshot.board.rows)
    return {row.service: list(tags.tags[::-1][:TAGS]) for row, tags in lists if tags}


def _acts(snapshot: Snapshot) -> list[list[str]]:
    """Id and user of each act, the newest first."""
    return [[act.plan.id, act.plan.user] for act in reversed(snapshot.acts[-ACTS:])]


def _file(config: str, kubeconfig: str, environ: Mapping[str, str]) -> Path:
    name = f"{zlib.crc32(_identity(config, kubeconfig, environ).encode()):08x}.json"
    return places.completion_folder(environ) / name


def _identity(config: str, kubeconfig: str, environ: Mapping[str, str]) -> str:
    """Which configuration that is: its file and its kubeconfig, as fluxtui takes them."""
    file = Path(config).expanduser() if config else places.config_file(environ)
    kube = kubeconfig or environ.get("KUBECONFIG", "")
    return f"{file.absolute()} {kube}"
