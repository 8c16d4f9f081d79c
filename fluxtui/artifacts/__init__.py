"""Artifacts: bundles in OCI registries, from reference to files and back; files of Git remotes.

The one room that speaks to registries and Git remotes. Importing it is cheap: each name is loaded
when it is first asked for, oras and requests by a client's first transfer. It must know nothing of
clusters, of the Engine, or of the screen.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxtui.artifacts.cache import BlobCache
    from fluxtui.artifacts.client import RegistryClient
    from fluxtui.artifacts.compare import FileChange, diff_files
    from fluxtui.artifacts.ignore import apply_source_ignore, ignored
    from fluxtui.artifacts.manifest import Descriptor, Manifest
    from fluxtui.artifacts.packing import ArchiveEntry, Packed, pack, pack_files
    from fluxtui.artifacts.pullsecrets import PullSecret
    from fluxtui.artifacts.reference import Reference
    from fluxtui.artifacts.results import Progress, Pulled, Pushed
    from fluxtui.artifacts.settings import RegistrySettings
    from fluxtui.artifacts.unpacking import Limits, unpack, unpack_files

__all__ = [
    "ArchiveEntry",
    "BlobCache",
    "Descriptor",
    "FileChange",
    "Limits",
    "Manifest",
    "Packed",
    "Progress",
    "PullSecret",
    "Pulled",
    "Pushed",
    "Reference",
    "RegistryClient",
    "RegistrySettings",
    "apply_source_ignore",
    "diff_files",
    "ignored",
    "pack",
    "pack_files",
    "unpack",
    "unpack_files",
]

_HOMES = {
    "BlobCache": "cache",
    "RegistryClient": "client",
    "FileChange": "compare",
    "diff_files": "compare",
    "apply_source_ignore": "ignore",
    "ignored": "ignore",
    "Descriptor": "manifest",
    "Manifest": "manifest",
    "ArchiveEntry": "packing",
    "Packed": "packing",
    "pack": "packing",
    "pack_files": "packing",
    "PullSecret": "pullsecrets",
    "Reference": "reference",
    "Progress": "results",
    "Pulled": "results",
    "Pushed": "results",
    "RegistrySettings": "settings",
    "Limits": "unpacking",
    "unpack": "unpacking",
    "unpack_files": "unpacking",
}


def __getattr__(name: str) -> object:
    """Each name from its own module: who lists tags needs no tar."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
