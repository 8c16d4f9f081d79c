"""Artifacts: bundles in OCI registries, from reference to files and back.

The one room that speaks to registries. Importing it is cheap: oras and requests are loaded by a
client's first transfer. It must know nothing of clusters, of the Engine, or of the screen.
"""

from fluxtui.artifacts.cache import BlobCache
from fluxtui.artifacts.client import RegistryClient
from fluxtui.artifacts.compare import FileChange, diff_files
from fluxtui.artifacts.ignore import apply_source_ignore, ignored
from fluxtui.artifacts.manifest import Descriptor, Manifest
from fluxtui.artifacts.packing import Entry, Packed, pack, pack_files
from fluxtui.artifacts.pullsecrets import PullSecret
from fluxtui.artifacts.reference import Reference
from fluxtui.artifacts.results import Progress, Pulled, Pushed
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.unpacking import Limits, unpack, unpack_files

__all__ = [
    "BlobCache",
    "Descriptor",
    "Entry",
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
