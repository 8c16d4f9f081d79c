"""What a patch makes of an object, by its media type; see `kit` for the two of the RFCs.

Pure: object and patch in, a new object out.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

from fluxtui.kit.jsonpatch import PatchError, operation, patched
from fluxtui.kit.mergepatch import merged
from fluxtui.world.apiserver.shape import Shape
from fluxtui.world.apiserver.status import Details, Json, StatusError
from fluxtui.world.apiserver.write import strategic

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
_LOG = logging.getLogger(__name__)
_UNAPPLICABLE = "the server rejected our request due to an error in our request"


def changed(current: Json, media: str, patch: Any, shape: Shape) -> Any:
    """The patched object. Raises 400, 422 where the patch does not apply."""
    if media == STRATEGIC_PATCH:
        return strategic.merge(current, patch, shape)
    if media != JSON_PATCH:
        return merged(current, patch)
    try:
        return patched(copy.deepcopy(current), map(operation, patch))
    except (PatchError, AttributeError) as error:
        # Kubernetes keeps why a patch does not apply to itself; so our log says it.
        _LOG.info("%s", error)
        raise StatusError(422, "Invalid", _UNAPPLICABLE, Details()) from error
