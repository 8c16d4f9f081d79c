"""The World's OCI registry: a distribution-spec server in memory, on 127.0.0.1.

It stands where a real registry would, so that pulls, pushes and their failures are real ones. It
must not know the client (`fluxtui.artifacts`), so that the two can only agree on the protocol.
"""

from fluxtui.world.registry.knobs import Knobs
from fluxtui.world.registry.server import RegistryServer
from fluxtui.world.registry.store import OciStore, StoredManifest

__all__ = ["Knobs", "OciStore", "RegistryServer", "StoredManifest"]
