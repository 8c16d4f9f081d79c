"""Kubernetes `Status` errors, worded exactly as a real API server words them.

Clients branch on `code`, `reason`, `details.causes` and sometimes on the text, so every refusal of
the embedded API is built here and nowhere else. Nothing here may know HTTP handlers or the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fluxtui.domain.errors import FluxtuiError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of `details.causes`; `field` is empty where a cause concerns no field."""

    reason: str
    message: str
    field: str = ""

    def to_json(self) -> Json:
        out = {"reason": self.reason, "message": self.message, "field": self.field}
        return {name: value for name, value in out.items() if value}


@dataclass(frozen=True, slots=True)
class ErrorSubject:
    """What an error is about: resource (`deployments`), group, kind and object name."""

    plural: str
    group: str = ""
    kind: str = ""
    name: str = ""

    @property
    def qualified(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind


@dataclass(frozen=True, slots=True)
class Details:
    """`details` of a Status."""

    name: str = ""
    group: str = ""
    kind: str = ""
    uid: str = ""
    causes: tuple[Cause, ...] = field(default=())
    retry_after: int = 0

    def to_json(self) -> Json:
        out: Json = {"name": self.name, "group": self.group, "kind": self.kind, "uid": self.uid}
        out["causes"] = [c.to_json() for c in self.causes]
        out["retryAfterSeconds"] = self.retry_after
        return {name: value for name, value in out.items() if value}


class StatusError(FluxtuiError):
    """A request is answered with an error Status.

    `code` is the HTTP status, `reason` the machine-readable reason, `message` the text, and
    `headers` are sent along (`Retry-After`).
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Details | None = None,
        *,
        headers: dict[str, str] | None = None,
        continue_token: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.headers = headers or {}
        self.continue_token = continue_token
        self.warnings: list[str] = []

    def body(self) -> Json:
        metadata: Json = {"continue": self.continue_token} if self.continue_token else {}
        out: Json = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            out["reason"] = self.reason
        if self.details is not None:
            out["details"] = self.details.to_json()
        out["code"] = self.code
        return out


def success(resource: ErrorSubject, uid: str) -> Json:
    """The Status that answers a finished delete."""
    details = Details(name=resource.name, group=resource.group, kind=resource.plural, uid=uid)
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details.to_json(),
    }


def _details(resource: ErrorSubject) -> Details:
    return Details(name=resource.name, group=resource.group, kind=resource.plural)


def not_found(resource: ErrorSubject) -> StatusError:
    text = f'{resource.qualified} "{resource.name}" not found'
    return StatusError(404, "NotFound", text, _details(resource))


def already_exists(resource: ErrorSubject, *, deleting: bool = False) -> StatusError:
    text = "object is being deleted: " if deleting else ""
    text += f'{resource.qualified} "{resource.name}" already exists'
    return StatusError(409, "AlreadyExists", text, _details(resource))


def conflict(resource: ErrorSubject, why: str = "") -> StatusError:
    why = why or (
        "the object has been modified; please apply your changes to the latest version "
        "and try again"
    )
    text = f'Operation cannot be fulfilled on {resource.qualified} "{resource.name}": {why}'
    return StatusError(409, "Conflict", text, _details(resource))


def invalid(resource: ErrorSubject, causes: Sequence[Cause]) -> StatusError:
    """422 with one cause per field; the text joins them as apimachinery's aggregate does."""
    parts = list(dict.fromkeys(f"{c.field}: {c.message}" for c in causes))
    joined = parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"
    details = Details(resource.name, resource.group, resource.kind, causes=tuple(causes))
    text = f'{resource.qualified_kind} "{resource.name}" is invalid: {joined}'
    return StatusError(422, "Invalid", text, details)


def forbidden(resource: ErrorSubject, why: str) -> StatusError:
    text = f"{resource.qualified}"
    if resource.name:
        text += f' "{resource.name}"'
    return StatusError(403, "Forbidden", f"{text} is forbidden: {why}", _details(resource))


def invalid_options(kind: str, cause: Cause) -> StatusError:
    """422 for what a query asks: `ListOptions.meta.k8s.io "" is invalid: ...`."""
    return invalid(ErrorSubject("", "meta.k8s.io", kind), [cause])


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized", "Unauthorized")


def unknown_path() -> StatusError:
    text = "the server could not find the requested resource"
    return StatusError(404, "NotFound", text, Details())


def method_not_allowed() -> StatusError:
    text = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", text, Details())


def unsupported_media(accepted: Sequence[str]) -> StatusError:
    text = (
        "the body of the request was in an unknown format - accepted media types include: "
        + ", ".join(accepted)
    )
    return StatusError(415, "UnsupportedMediaType", text)


def expired(message: str, *, continue_token: str = "") -> StatusError:
    return StatusError(410, "Expired", message, continue_token=continue_token)


def required(field_path: str, detail: str = "") -> Cause:
    message = f"Required value: {detail}" if detail else "Required value"
    return Cause("FieldValueRequired", message, field_path)


def invalid_value(field_path: str, value: str, detail: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {value}: {detail}", field_path)


def forbidden_field(field_path: str, detail: str) -> Cause:
    return Cause("FieldValueForbidden", f"Forbidden: {detail}", field_path)
