"""A small HTTP client for the stories: one connection, JSON in and out, watches as iterators."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


class Served(Protocol):
    """What is asked: the World's API or a real one."""

    @property
    def url(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def ca_pem(self) -> bytes: ...


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    data: bytes

    @property
    def json(self) -> Json:
        value: Json = json.loads(self.data)
        return value

    def ok(self) -> Json:
        assert 200 <= self.status < 300, (self.status, self.data.decode())
        return self.json


class Stream:
    """An open watch; iterating gives (type, object) until the server ends it."""

    def __init__(
        self, response: http.client.HTTPResponse, socket: socket.socket | None = None
    ) -> None:
        self.response = response
        self.socket = socket

    def __iter__(self) -> Iterator[tuple[str, Json]]:
        while line := self.response.readline():
            event = json.loads(line)
            yield event["type"], event["object"]

    def next(self) -> tuple[str, Json]:
        return next(iter(self))


class Client:
    def __init__(self, server: Served, token: str | None = None) -> None:
        self.server = server
        self.token = server.token if token is None else token
        self.context = ssl.create_default_context(cadata=server.ca_pem.decode())
        self.connection = self._connect()

    def _connect(self) -> http.client.HTTPSConnection:
        parts = urlsplit(self.server.url)
        return http.client.HTTPSConnection(
            str(parts.hostname), parts.port, context=self.context, timeout=120
        )

    def close(self) -> None:
        self.connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        media: str = "application/json",
        accept: str = "application/json",
        **query: Any,
    ) -> Answer:
        if query:
            path = f"{path}?{urlencode(query)}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "User-Agent": "stories/1"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if data is not None:
            headers["Content-Type"] = media
        self.connection.request(method, path, data, headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def get(self, path: str, **query: Any) -> Answer:
        return self.send("GET", path, **query)

    def post(self, path: str, body: Any, **query: Any) -> Answer:
        return self.send("POST", path, body, **query)

    def put(self, path: str, body: Any, **query: Any) -> Answer:
        return self.send("PUT", path, body, **query)

    def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("DELETE", path, body, **query)

    def patch(self, path: str, body: Any, media: str = MERGE, **query: Any) -> Answer:
        return self.send("PATCH", path, body, media=media, **query)

    def apply(self, path: str, body: Any, manager: str = "tester", **query: Any) -> Answer:
        return self.send("PATCH", path, body, media=APPLY, fieldManager=manager, **query)

    @contextmanager
    def watch(
        self, path: str, *, accept: str = "application/json", **query: Any
    ) -> Iterator[Stream]:
        connection = self._connect()
        query = {"watch": "true", **query}
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        connection.request("GET", f"{path}?{urlencode(query)}", headers=headers)
        wire = connection.sock
        response = connection.getresponse()
        try:
            assert response.status == 200, (response.status, response.read())
            yield Stream(response, wire)
        finally:
            response.close()
            connection.close()


def config_map(name: str, data: Json | None = None, **metadata: Any) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        **({"data": data} if data else {}),
    }


def deployment(name: str, image: str = "nginx:1.27", **spec: Any) -> Json:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "app", "image": image}]},
            },
            **spec,
        },
    }


def kustomization(name: str, **spec: Any) -> Json:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name},
        "spec": {
            "interval": "1h",
            "prune": True,
            "sourceRef": {"kind": "OCIRepository", "name": "app"},
            **spec,
        },
    }


MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
FLUX = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/default/kustomizations"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
