"""Reviews: may I, who am I; and the refusal of what a read-only user may not.

There are two kinds of users here, full and read-only; RBAC objects are stored, not interpreted.
Needed by the product's question what it may do, and by its tests of read-only users.
"""

from __future__ import annotations

from fluxtui.world.apiserver.http.exchange import User
from fluxtui.world.apiserver.http.routing import PathTarget
from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.status import (
    Details,
    Json,
    StatusError,
)

READ_VERBS = ("get", "list", "watch")
NOSNIFF = {"X-Content-Type-Options": "nosniff"}
_PUBLIC = ("/readyz", "/livez", "/healthz", "/version")
_SELF = ("selfsubjectaccessreviews", "selfsubjectreviews")


def check(user: User, verb: str, target: PathTarget) -> None:
    """Raise 403 where the user may not, whether or not there is such a thing."""
    plural, group, sub, name = target.plural, target.group, target.subresource, target.name
    if user.trusted or allowed(user, verb, plural, sub):
        return
    namespace = target.namespace
    if plural == "namespaces" and not group:
        namespace = name
    resource = f"{plural}/{sub}" if sub else plural
    scope = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    about = f"{plural}.{group}" if group else plural
    if name:
        about += f' "{name}"'
    raise StatusError(
        403,
        "Forbidden",
        f'{about} is forbidden: User "{user.name}" cannot {verb} resource "{resource}" in API '
        f'group "{group}" {scope}',
        Details(name, group, plural),
        headers=NOSNIFF,
    )


def check_path(user: User, method: str, path: str) -> None:
    """The same for a path that is no resource."""
    verb = {"GET": "get", "HEAD": "head"}.get(method, method.lower())
    if user.trusted or (path.rstrip("/") or "/") in _PUBLIC:
        return
    if user.known and verb == "get":
        return
    text = f'forbidden: User "{user.name}" cannot {verb} path "{path}"'
    raise StatusError(403, "Forbidden", text, Details(), headers=NOSNIFF)


def allowed(user: User, verb: str, plural: str, sub: str = "") -> bool:
    if not user.known:
        return False
    if not user.read_only:
        return True
    if plural in _SELF:
        return True
    return verb in READ_VERBS and sub not in ("exec", "attach", "portforward", "proxy")


def review(user: User, kind: ApiKind, body: Json) -> Json:
    """Answer a review: the body with its status filled in."""
    spec: Json = body.get("spec") or {}
    head = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": {}}
    info: Json = {"username": user.name, "groups": list(user.groups)}
    if kind.kind == "SelfSubjectReview":
        return head | {"status": {"userInfo": info}}
    about: Json = spec.get("resourceAttributes") or spec.get("nonResourceAttributes") or {}
    verb, plural = str(about.get("verb", "")), str(about.get("resource", ""))
    fine = allowed(user, verb, plural, str(about.get("subresource", "")))
    return head | {"spec": spec, "status": {"allowed": fine}}
