"""One admission webhook asked once: the AdmissionReview, the HTTPS call, and what the answer means.

Texts are those of Kubernetes' webhook dispatchers, because they end up on people's screens. Which
webhooks are asked, and in which order, is decided in webhooks.py.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import json
import socket
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fluxtui.world.apiserver.kinds import Kind
from fluxtui.world.apiserver.outcalls import Asking
from fluxtui.world.apiserver.patches import json_patch
from fluxtui.world.apiserver.status import Json, StatusError, bad_request, internal

_MOST = 3 * 1024 * 1024
"""Bytes of an answer; more is no review."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is asked about. `name` is empty while the server has still to make one up."""

    kind: Kind
    operation: str
    namespace: str
    name: str
    old: Json | None
    new: Json | None
    asking: Asking


class CallFailed(Exception):
    """The webhook gave no valid answer: what happens then is its failurePolicy's to say."""


class Denied(StatusError):
    """The webhook said no; the Status it sent goes to the client, its message put in context."""

    def __init__(self, webhook: str, result: Mapping[str, Any]) -> None:
        why = f'admission webhook "{webhook}" denied the request'
        if result.get("message"):
            why += f": {result['message']}"
        elif result.get("reason"):
            why += f": {result['reason']}"
        else:
            why += " without explanation"
        code = result.get("code")
        code = code if isinstance(code, int) and code >= 400 else 400
        super().__init__(code, str(result.get("reason") or ""), why)
        self._result = dict(result)

    def body(self) -> Json:
        body = super().body()
        if isinstance(self._result.get("details"), dict):
            body["details"] = self._result["details"]
        return body


def ask(
    hook: Mapping[str, Any], about: Attributes, hosts: Mapping[str, str], *, mutating: bool
) -> Json | None:
    """The object after this webhook's patch, or None where it changed nothing.

    Raises StatusError when it denies or cannot be asked in a dry run, CallFailed when it failed.
    """
    name = str(hook.get("name") or "")
    if about.asking.dry_run and hook.get("sideEffects") not in ("None", "NoneOnDryRun"):
        raise bad_request(f'admission webhook "{name}" does not support dry run')
    versions = hook.get("admissionReviewVersions") or ()
    version = next((str(v) for v in versions if v in ("v1", "v1beta1")), "")
    if not version:
        raise CallFailed(
            "could not create admission objects: webhook does not accept known AdmissionReview "
            "versions (v1, v1beta1)"
        )
    uid = str(uuid.uuid4())
    review = {
        "kind": "AdmissionReview",
        "apiVersion": f"admission.k8s.io/{version}",
        "request": _request(uid, about),
    }
    answer = _call(hook, review, hosts)
    response = _verified(answer, uid, version, mutating=mutating)
    about.asking.warnings += [str(w) for w in response.get("warnings") or ()]
    if response.get("allowed") is not True:
        status = response.get("status")
        raise Denied(name, status if isinstance(status, dict) else {})
    return _patched(name, response, about) if mutating else None


def _request(uid: str, about: Attributes) -> Json:
    kind, sub = about.kind, about.asking.subresource
    named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    resource = {"group": kind.group, "version": kind.version, "resource": kind.plural}
    request: Json = {"uid": uid, "kind": named, "resource": resource}
    if sub:
        request["subResource"] = sub
    request |= {"requestKind": named, "requestResource": resource}
    if sub:
        request["requestSubResource"] = sub
    if about.name:
        request["name"] = about.name
    if about.namespace:
        request["namespace"] = about.namespace
    user: Json = {"username": about.asking.user, "groups": list(about.asking.groups)}
    return request | {
        "operation": about.operation,
        "userInfo": user,
        "object": about.new,
        "oldObject": about.old,
        "dryRun": about.asking.dry_run,
        "options": _options(about),
    }


def _options(about: Attributes) -> Json:
    kind = f"{about.operation.capitalize()}Options"
    return {"kind": kind, "apiVersion": "meta.k8s.io/v1", **about.asking.options}


def _call(hook: Mapping[str, Any], review: Json, hosts: Mapping[str, str]) -> Any:
    """POST the review; the answer as JSON. Raises CallFailed."""
    config = hook.get("clientConfig") or {}
    seconds = float(hook.get("timeoutSeconds") or 10)
    wait = f"timeout={seconds:.0f}s"
    url, address = _address(config, hosts, wait)
    parts = urlsplit(url)
    target = f"{parts.path}?{wait}"
    said = f'failed to call webhook: Post "{parts.scheme}://{parts.netloc}{target}": '
    deadline = time.monotonic() + seconds
    try:
        context = _trust(str(config.get("caBundle") or ""))
        with socket.create_connection(address, timeout=seconds) as plain:
            with context.wrap_socket(plain, server_hostname=parts.hostname) as line:
                status, data, media = _exchange(line, parts.netloc, target, review, deadline)
    except TimeoutError:
        raise CallFailed(f"{said}context deadline exceeded") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed(said + _why(error, address)) from error
    if status != 200:
        raise CallFailed(f"failed to call webhook: {_refusal(status, data, media)}")
    try:
        return json.loads(data)
    except ValueError as error:
        raise CallFailed(
            f"failed to call webhook: couldn't get version/kind; json parse error: {error}"
        ) from error


def _address(
    config: Mapping[str, Any], hosts: Mapping[str, str], wait: str
) -> tuple[str, tuple[str, int]]:
    """(URL, what to connect to). A Service is found in `hosts` (`name.namespace.svc`)."""
    service = config.get("service")
    if not service:
        parts = urlsplit(str(config.get("url") or ""))
        return parts.geturl(), (parts.hostname or "", parts.port or 443)
    name, namespace = service.get("name"), service.get("namespace")
    host, port = f"{name}.{namespace}.svc", service.get("port") or 443
    path = "/" + str(service.get("path") or "").lstrip("/")
    url = f"https://{host}:{port}{path}"
    known = hosts.get(host)
    if known is None:
        raise CallFailed(f'failed to call webhook: Post "{url}?{wait}": service "{name}" not found')
    to, _, at = known.rpartition(":")
    return url, (to, int(at))


def _trust(bundle: str) -> ssl.SSLContext:
    if not bundle:
        return ssl.create_default_context()
    try:
        pem = base64.b64decode(bundle, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        text = "unable to load root certificates: unable to parse bytes as PEM block"
        raise ValueError(text) from error
    return ssl.create_default_context(cadata=pem)


def _exchange(
    line: ssl.SSLSocket, host: str, target: str, review: Json, deadline: float
) -> tuple[int, bytes, str]:
    """Status, body and media type of one request; every wait ends at the deadline."""
    body = json.dumps(review).encode()
    head = (
        f"POST {'' if target.startswith('/') else '/'}{target} HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Type: application/json\r\n"
        f"Accept: application/json, */*\r\nUser-Agent: kube-apiserver-admission\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    line.settimeout(_left(deadline))
    line.sendall(head.encode("latin-1") + body)
    response = http.client.HTTPResponse(line, method="POST")
    response.begin()
    data = bytearray()
    while True:
        line.settimeout(_left(deadline))
        chunk = response.read1(65536)
        if not chunk:
            return response.status, bytes(data), response.getheader("Content-Type", "")
        data += chunk
        if len(data) > _MOST:
            raise ValueError("the answer is too large")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _why(error: Exception, address: tuple[str, int]) -> str:
    """What Go's HTTP client would have said."""
    host, port = address
    if isinstance(error, ssl.SSLCertVerificationError):
        text = "x509: certificate signed by unknown authority"
        if "mismatch" in error.verify_message or "not valid for" in error.verify_message:
            text = f"x509: {error.verify_message}"
        return f"tls: failed to verify certificate: {text}"
    if isinstance(error, ConnectionRefusedError):
        return f"dial tcp {host}:{port}: connect: connection refused"
    if isinstance(error, socket.gaierror):
        return f"dial tcp: lookup {host}: no such host"
    if isinstance(error, (ConnectionError, http.client.RemoteDisconnected, ssl.SSLEOFError)):
        return "EOF"
    return str(error)


_REFUSALS = {
    400: "the server rejected our request for an unknown reason",
    401: "the server has asked for the client to provide credentials",
    404: "the server could not find the requested resource",
    405: "the server does not allow this method on the requested resource",
    409: "the server reported a conflict",
    422: "the server rejected our request due to an error in our request",
    429: "the server has received too many requests and has asked us to try again later",
    503: "the server is currently unable to handle the request",
    504: (
        "the server was unable to return a response in the time allotted, but may still be "
        "processing the request"
    ),
}


def _refusal(status: int, data: bytes, media: str) -> str:
    """An HTTP error of the webhook's server, as client-go puts it."""
    is_text = not media or media.strip().lower().startswith("text/")
    said = data.decode("utf-8", "replace").strip() if is_text else "unknown"
    if not is_text:
        try:
            body = json.loads(data)
        except ValueError:
            body = None
        if isinstance(body, dict) and body.get("kind") == "Status" and body.get("message"):
            return str(body["message"])
    if status in (403, 406, 415):
        return said
    if status >= 500 and status not in _REFUSALS:
        return (
            f"an error on the server ({json.dumps(said)}) has prevented the request from succeeding"
        )
    unknown = (
        f"the server responded with the status code {status} but did not return more information"
    )
    return _REFUSALS.get(status, unknown)


def _verified(answer: Any, uid: str, version: str, *, mutating: bool) -> Json:
    """The response of a review that fits the request. Raises CallFailed."""
    said = "received invalid webhook response: "
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
        raise CallFailed(f"{said}webhook response was absent")
    response: Json = answer["response"]
    if version != "v1":
        return response
    got = str(response.get("uid") or "")
    if got != uid:
        raise CallFailed(f'{said}expected response.uid="{uid}", got "{got}"')
    group, _, named = str(answer.get("apiVersion") or "").rpartition("/")
    if (group, named, answer.get("kind")) != ("admission.k8s.io", "v1", "AdmissionReview"):
        raise CallFailed(
            f"{said}expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got "
            f"{group}/{named}, Kind={answer.get('kind') or ''}"
        )
    patch, kind = response.get("patch"), response.get("patchType")
    if not mutating:
        if patch:
            raise CallFailed(f"{said}validating webhook may not return response.patch")
        if kind is not None:
            raise CallFailed(f"{said}validating webhook may not return response.patchType")
    elif patch and kind is None:
        raise CallFailed(f"{said}webhook returned response.patch but not response.patchType")
    elif not patch and kind is not None:
        raise CallFailed(f"{said}webhook returned response.patchType but not response.patch")
    return response


def _patched(name: str, response: Json, about: Attributes) -> Json | None:
    patch = response.get("patch")
    if not patch:
        return None
    try:
        steps = json.loads(base64.b64decode(patch))
        if not isinstance(steps, list):
            raise ValueError("not a list of operations")
    except ValueError as error:
        text = f"received undecodable patch in webhook response: {error}"
        raise CallFailed(text) from error
    if not steps:
        return None
    if about.new is None:
        raise internal(
            f'admission webhook "{name}" attempted to modify the object, which is not supported '
            "for this operation"
        )
    if response.get("patchType") not in ("JSONPatch", None):
        raise CallFailed(f'unsupported patch type "{response.get("patchType")}"')
    try:
        patched: Json = json_patch(about.new, steps)
    except StatusError as error:
        raise internal(error.next or error.message) from error
    return patched
