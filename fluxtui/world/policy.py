"""A policy of the World's own: an admission webhook that says no to images of a kind.

Demo and tests switch it on by creating its `configuration` in an environment, as an administrator
would, with any client; from then on the API asks it before it stores a workload. It listens on
127.0.0.1 by TLS. It must not act in a cluster itself.
"""

from __future__ import annotations

import base64
import json
import re
import ssl
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Json = dict[str, Any]

NAME = "images.policy.world.fluxtui.dev"
LATEST = r"(:latest$)|(^[^:@]*(:\d+/[^:@]*)?$)"
"""Images whose tag is `latest`, said or not."""

_WORKLOADS = (
    {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets", "daemonsets"]},
    {"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"]},
    {"apiGroups": [""], "resources": ["pods"]},
)


class Policy:
    """Denies workloads with an image that `pattern` (a regular expression) finds itself in.

    `message` is what the person reads after `denied the request:`; `{image}` stands for the image.
    With `warn` it only warns. Start it, or use it as a context.
    """

    def __init__(
        self,
        pattern: str = LATEST,
        message: str = "image {image} has no version of its own",
        *,
        warn: bool = False,
    ) -> None:
        import trustme

        self._pattern = re.compile(pattern)
        self._message = message
        self._warn = warn
        authority = trustme.CA(organization_name="fluxtui World policy")
        self._ca = base64.b64encode(authority.cert_pem.bytes()).decode()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self._server = _Listener(("127.0.0.1", 0), _handler(self))
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where API servers ask."""
        return f"https://127.0.0.1:{self._server.server_address[1]}/review"

    def start(self) -> Policy:
        """Answer from now on, on threads of its own."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.02,), name="policy", daemon=True
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering: what its failurePolicy says happens then."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Policy:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def configuration(self, *namespaces: str, failure: str = "Fail") -> Json:
        """The object that switches it on; for these namespaces, or for all without any."""
        selector: Json = {}
        if namespaces:
            entry = {"key": "kubernetes.io/metadata.name", "operator": "In"}
            selector = {"matchExpressions": [{**entry, "values": list(namespaces)}]}
        rules = [
            {**rule, "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"]}
            for rule in _WORKLOADS
        ]
        hook = {
            "name": NAME,
            "clientConfig": {"url": self.url, "caBundle": self._ca},
            "rules": rules,
            "namespaceSelector": selector,
            "failurePolicy": failure,
            "sideEffects": "None",
            "timeoutSeconds": 5,
            "admissionReviewVersions": ["v1"],
        }
        return {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": NAME},
            "webhooks": [hook],
        }

    def review(self, asked: Json) -> Json:
        """The answer to an AdmissionReview."""
        request = asked.get("request") or {}
        response: Json = {"uid": request.get("uid"), "allowed": True}
        bad = next((i for i in _images(request.get("object")) if self._pattern.search(i)), "")
        if bad:
            text = self._message.replace("{image}", bad)
            if self._warn:
                response["warnings"] = [text]
            else:
                status = {"message": text, "code": 403, "reason": "Forbidden"}
                response |= {"allowed": False, "status": status}
        return {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "response": response,
        }


def _images(obj: Any) -> Iterator[str]:
    """The images of a Pod, or of the template of whatever makes Pods."""
    spec = (obj or {}).get("spec") or {}
    spec = ((spec.get("jobTemplate") or {}).get("spec")) or spec
    spec = ((spec.get("template") or {}).get("spec")) or spec
    for field in ("initContainers", "containers"):
        for container in spec.get(field) or ():
            yield str(container.get("image") or "")


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An API server that goes away in the middle is nothing to report; anything else is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _handler(policy: Policy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                length = int(self.headers.get("Content-Length") or 0)
                asked = json.loads(self.rfile.read(length))
                status, answer = 200, policy.review(asked)
            except (ValueError, AttributeError):
                status, answer = 400, {"message": "no AdmissionReview"}
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing goes to stderr: the World runs behind a full-screen application."""

    return Handler
