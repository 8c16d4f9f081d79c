"""What the conformance runner calls: the functions of the three adapters beside this file.

It is loaded by its path, so the folder it stands in is put on the module search path first.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from adapter_artifacts import ignored, pack, unpack
from adapter_domain import check, compare, constraint, resolve, status, substitute, version
from adapter_kustomize import build, flux_build

__all__ = [
    "build",
    "check",
    "compare",
    "constraint",
    "flux_build",
    "ignored",
    "pack",
    "resolve",
    "status",
    "substitute",
    "unpack",
    "version",
]
