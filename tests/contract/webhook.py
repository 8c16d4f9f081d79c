"""An admission webhook under the test's control: HTTPS on loopback, answers by a function."""

from __future__ import annotations

import base64
import copy
import http.server
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import trustme

from tests.world.apiserver.client import Client, config_map

Json = dict[str, Any]
PROBE = "webhook-probe"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A server that does not trust the certificate hangs up: that is what a test wanted."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Hook:
    """`decide` gets the review's request and gives the response without its uid; a whole answer
    may be given with `{"raw": bytes, "status": int, "media": str}`. `seen` are the requests,
    probes left out."""

    def __init__(self) -> None:
        self.decide: Callable[[Json], Json] = lambda _: {"allowed": True}
        self.seen: list[Json] = []
        self.probed: set[str] = set()
        self.released = threading.Event()
        authority = trustme.CA()
        self.ca = base64.b64encode(authority.cert_pem.bytes()).decode()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "policy.guards.svc").configure_cert(context)
        self._http = _Listener(("127.0.0.1", 0), self._handler())
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/review"

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, review: Json, path: str) -> tuple[int, bytes, str]:
        request = review["request"]
        response = {"allowed": True}
        if request.get("name") == PROBE:
            self.probed.add(path.partition("?")[0])
        else:
            self.seen.append(copy.deepcopy(request))
            response = self.decide(request)
        if "raw" in response:
            media = response.get("media", "application/json")
            return response.get("status", 200), response["raw"], media
        full = {
            "apiVersion": review["apiVersion"],
            "kind": "AdmissionReview",
            "response": {"uid": request["uid"], **response},
        }
        return 200, json.dumps(full).encode(), "application/json"

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, data, media = hook.answer(json.loads(body), self.path)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", media)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    return  # the server did not wait any longer, which is what a test wanted

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing on stderr."""

        return Handler


def patch(*steps: Json) -> Json:
    """A mutating webhook's response that makes these JSON patch steps."""
    data = base64.b64encode(json.dumps(steps).encode()).decode()
    return {"allowed": True, "patchType": "JSONPatch", "patch": data}


def rule(*resources: str, operations: tuple[str, ...] = ("*",), **more: Any) -> Json:
    return {
        "apiGroups": ["*"],
        "apiVersions": ["*"],
        "operations": list(operations),
        "resources": list(resources),
        **more,
    }


def webhook(hook: Hook, ns: str, name: str, **more: Any) -> Json:
    """One entry of a configuration, about ConfigMaps in one namespace when nothing else is said."""
    return {
        "name": name,
        "clientConfig": {"url": hook.url, "caBundle": hook.ca},
        "rules": [rule("configmaps")],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ns}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        **more,
    }


class Registrar:
    """Stores configurations and takes them away again; returns once the server asks them."""

    def __init__(self, api: Client, ns: str, hook: Hook) -> None:
        self._api, self._ns, self._hook = api, ns, hook
        self._made: list[str] = []

    def __call__(self, *hooks: Json, mutating: bool = False) -> None:
        """Store one configuration of these webhooks, and one more entry to see it in force by."""
        kind = "MutatingWebhookConfiguration" if mutating else "ValidatingWebhookConfiguration"
        place = f"/probe/{len(self._made)}"
        config = {"url": self._hook.url.replace("/review", place), "caBundle": self._hook.ca}
        probe = webhook(self._hook, self._ns, "probe.guards.example", clientConfig=config)
        only = {"name": "only-the-probe", "expression": f"request.name == '{PROBE}'"}
        body = {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": kind,
            "metadata": {"name": f"{self._ns}-{len(self._made)}"},
            "webhooks": [*hooks, {**probe, "matchConditions": [only], "failurePolicy": "Ignore"}],
        }
        path = f"{ADMISSION}/{kind.lower()}s"
        self._api.post(path, body).ok()
        self._made.append(f"{path}/{body['metadata']['name']}")
        self._until(lambda: place in self._hook.probed)

    def create(self, plural: str, body: Json) -> None:
        """Store a policy or a binding; nothing tells when it is in force."""
        path = f"{ADMISSION}/{plural}"
        self._api.post(path, body).ok()
        self._made.append(f"{path}/{body['metadata']['name']}")

    def clear(self) -> None:
        for path in self._made:
            self._api.delete(path).ok()

    def _until(self, done: Callable[[], bool]) -> None:
        """A real server takes up a configuration a moment after it is stored."""
        pause, deadline = threading.Event(), time.monotonic() + 60
        maps = f"/api/v1/namespaces/{self._ns}/configmaps"
        while True:
            self._api.post(maps, config_map(PROBE), dryRun="All")
            if done():
                return
            assert time.monotonic() < deadline, "the configuration is not in force"
            pause.wait(0.02)
