"""Answers in the distribution spec's words."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fluxtui.world.http.exchange import Response

JSON = "application/json"


def json_response(
    status: int, value: object, headers: Mapping[str, str] | None = None, media: str = JSON
) -> Response:
    return Response(status, json.dumps(value).encode(), media, dict(headers or {}))


def error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An error body of the distribution spec."""
    return json_response(status, {"errors": [{"code": code, "message": message}]}, headers)
