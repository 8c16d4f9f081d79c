"""Where fluxtui keeps things: XDG folders, by the conventions of the platform. Paths only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def config_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's `fluxtui.yaml`."""
    return _base(environ, "XDG_CONFIG_HOME", ".config") / "fluxtui" / "fluxtui.yaml"


def journal_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The Journal: append-only JSON lines."""
    return _base(environ, "XDG_STATE_HOME", ".local/state") / "fluxtui" / "journal.jsonl"


def fault_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The traceback of the last fault of fluxtui itself."""
    return journal_file(environ).with_name("fault.txt")


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Content-addressed bundle blobs."""
    return _base(environ, "XDG_CACHE_HOME", ".cache") / "fluxtui"


def demo_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where a running demo keeps its kubeconfig and configuration."""
    return _base(environ, "XDG_STATE_HOME", ".local/state") / "fluxtui" / "demo"


def _base(environ: Mapping[str, str], variable: str, default: str) -> Path:
    value = environ.get(variable, "")
    home = Path(environ.get("HOME") or Path.home())
    return Path(value) if value and Path(value).is_absolute() else home / default


def notes_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """What configuration files said when they were read last."""
    return _base(environ, "XDG_STATE_HOME", ".local/state") / "fluxtui" / "read"


def completion_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Names seen last, for the shell to complete."""
    return _base(environ, "XDG_STATE_HOME", ".local/state") / "fluxtui" / "completion"
