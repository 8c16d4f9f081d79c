"""What the stories about reads share: requests with headers of their own, watches read to an end,
and history forgotten on either server.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.contract.server import Server
from tests.world.apiserver.client import Answer, Client, Json, Stream, config_map

MAPS = "/api/v1/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
INITIAL_END = "k8s.io/initial-events-end"


def maps_of(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"


def make_maps(api: Client, ns: str, *names: str, **labels: str) -> int:
    """Create ConfigMaps; the resourceVersion of the last."""
    version = "0"
    for name in names:
        made = api.post(maps_of(ns), config_map(name, {"of": name}, labels=labels)).ok()
        version = made["metadata"]["resourceVersion"]
    return int(version)


def ask(
    client: Client,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    **query: Any,
) -> Answer:
    """A request with exactly these headers, and the client's token unless they say otherwise."""
    if query:
        path = f"{path}?{urlencode(query)}"
    sent = {"Authorization": f"Bearer {client.token}", "User-Agent": "stories/1"}
    client.connection.request(method, path, None, sent | (headers or {}))
    response = client.connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def names(body: Json) -> list[str]:
    return [item["metadata"]["name"] for item in body["items"]]


def version_of(body: Json) -> int:
    return int(body["metadata"]["resourceVersion"])


def take(stream: Stream, count: int) -> list[tuple[str, str]]:
    """The next changes of a watch as (change, name)."""
    return [
        (change, obj["metadata"]["name"]) for change, obj in (stream.next() for _ in range(count))
    ]


def causes(answer: Answer) -> list[tuple[str, str]]:
    """Field and reason of each cause of a refusal."""
    return [(c["field"], c["reason"]) for c in answer.json["details"]["causes"]]


def forget_history(server: Server, api: Client, version: int) -> None:
    """Make versions before this as old as hours would. The World has a path for it; etcd is told
    to compact, and apiserver by the note that its kind leave each other."""
    if server.forget is not None:
        server.forget()
        return
    note = {"key": "compact_rev_key", "value": str(version)}
    told = {name: base64.b64encode(text.encode()).decode() for name, text in note.items()}
    _etcd(server, "kv/put", told)
    _etcd(server, "kv/compaction", {"revision": str(version), "physical": True})


def _etcd(server: Server, path: str, body: Json) -> None:
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{server.store}/v3/{path}", data)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200, answer.read()
    except urllib.error.HTTPError as error:
        if b"has been compacted" not in (told := error.read()):
            raise AssertionError(told) from error


def until(ask_again: Callable[[], Answer], good: Callable[[Answer], bool]) -> Answer:
    """The first good answer, for what a real server comes to know a moment after it was done and
    tells nobody of. AssertionError with the last answer where it does not come."""
    pause, deadline = threading.Event(), time.monotonic() + 60
    while not good(answer := ask_again()):
        assert time.monotonic() < deadline, (answer.status, answer.data.decode()[:2000])
        pause.wait(0.05)
    return answer


def until_gone(api: Client, path: str, **query: Any) -> Answer:
    """The first answer that is 410: apiserver hears of a compaction a moment after it."""
    return until(lambda: api.get(path, **query), lambda answer: answer.status == 410)


def unchanged(api: Client, path: str, accept: str) -> tuple[Answer, Answer]:
    """A document and the answer to who has it already. Others may define kinds between the two."""
    first = [ask(api, path, headers={"Accept": accept})]

    def again() -> Answer:
        tag = first[-1].headers["ETag"]
        answer = ask(api, path, headers={"Accept": accept, "If-None-Match": tag})
        if answer.status == 200 and answer.headers["ETag"] != tag:
            first.append(answer)
        else:
            assert answer.status == 304, "it has not changed"
        return answer

    answer = until(again, lambda found: found.status == 304)
    return first[-1], answer
