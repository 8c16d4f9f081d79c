"""Asks an API whether the user may do something; a SelfSubjectAccessReview writes nothing."""

from __future__ import annotations

from fluxtui.cluster.addresses import path_of
from fluxtui.cluster.port import ApiResource
from fluxtui.cluster.transport import Transport

_REVIEW = ApiResource(
    "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", False
)


async def allowed(
    transport: Transport, verb: str, type_: ApiResource, namespace: str, name: str
) -> bool:
    """Whether the API would let it through. Raises the ClusterError family."""
    attributes = {
        "verb": verb,
        "group": type_.group,
        "resource": type_.plural,
        "namespace": namespace,
    }
    if name:
        attributes["name"] = name
    answer = await transport.json(
        "POST",
        path_of(_REVIEW, ""),
        body={
            "apiVersion": _REVIEW.api_version,
            "kind": _REVIEW.kind,
            "spec": {"resourceAttributes": attributes},
        },
        where=f"may {verb} {type_.plural}",
    )
    return bool((answer.get("status") or {}).get("allowed"))
