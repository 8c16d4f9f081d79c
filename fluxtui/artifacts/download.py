"""Fetching one blob: streamed, bounded, resumed with Range where the connection broke.

Knows nothing of manifests; the caller verifies the digest of what comes back.
"""

from __future__ import annotations

from collections.abc import Callable

import requests

from fluxtui.artifacts.faults import passes, refusal, unreachable
from fluxtui.artifacts.transport import TRIES, Cancel, FluxRegistry
from fluxtui.domain.errors import ArtifactError, RegistryError, RegistryUnreachable

_CHUNK = 1 << 16


def fetch(
    registry: FluxRegistry,
    url: str,
    where: str,
    size: int,
    max_size: int,
    progress: Callable[[int, int], None] | None,
    cancel: Cancel | None,
) -> bytes:
    """The bytes at `url`. `size` is what was announced, -1 unknown. Raises RegistryError and kin,
    ArtifactError when more than `max_size` (or more than announced) comes.
    """
    body = bytearray()
    bound = size if size >= 0 else max_size
    for attempt in range(1, TRIES + 1):
        headers = {"Range": f"bytes={len(body)}-"} if body else {}
        response = registry.do_request(url, "GET", headers=headers, stream=True, cancel=cancel)
        try:
            if response.status_code == 200:
                body.clear()
            elif response.status_code != 206:
                raise refusal(response, registry.host)
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > bound:
                    raise ArtifactError(
                        f"more than the {bound} bytes allowed", where=where, next="do not use it"
                    )
                if progress is not None:
                    progress(len(body), size)
                if cancel is not None and cancel.is_set():
                    raise RegistryError("cancelled", where=where)
            return bytes(body)
        except requests.exceptions.RequestException as error:
            if attempt == TRIES or not passes(error):
                raise unreachable(error, where) from error
        finally:
            response.close()
    raise RegistryUnreachable("no answer", where=where)
