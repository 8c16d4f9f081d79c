"""`GET pods/NAME/log`: which container, which run, from where, and on as it is written.

The words are the World's (speech.py); what may be asked for, and how it is refused, is
Kubernetes'. A followed log ends with its container or with the Pod.
Needed by the product's log view and `kubectl logs`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from fluxtui.world.apiserver.kinds import ApiKind
from fluxtui.world.apiserver.state import State
from fluxtui.world.apiserver.status import Json, StatusError, bad_request, not_found
from fluxtui.world.apiserver.store import Key
from fluxtui.world.http.exchange import Response
from fluxtui.world.speech import NotStartedError, Spoken, containers, spoken

LOOK = 0.5  # seconds between two looks at a log that is followed

Query = Mapping[str, str]


def read(state: State, kind: ApiKind, key: Key, query: Query, closing: threading.Event) -> Response:
    """The answer. Raises 400, 404."""
    log = _Log(state, kind, key, query)
    if query.get("follow") in ("true", "1"):
        return Response(200, stream=log.followed(closing), media="text/plain")
    return Response(200, b"".join(map(log.printed, log.asked())), "text/plain")


class _Log:
    def __init__(self, state: State, kind: ApiKind, key: Key, query: Query) -> None:
        self._state, self._kind, self._key, self._query = state, kind, key, query
        pod = self._pod()
        if pod is None:
            raise not_found(kind.named(key[1]))
        self._container = self._chosen(pod)
        self._first = self._lines(pod)  # refused before anything is sent

    def _pod(self) -> Json | None:
        stored = self._state.store.get(self._kind.resource, self._key)
        return None if stored is None else stored.obj

    def _chosen(self, pod: Json) -> str:
        names, name = containers(pod), self._query.get("container", "")
        mains = [str(c.get("name")) for c in (pod.get("spec") or {}).get("containers") or ()]
        if name and name not in names:
            raise bad_request(f"container {name} is not valid for pod {self._key[1]}")
        if not name and len(mains) > 1:
            choice = " ".join(mains)
            raise bad_request(
                f"a container name must be specified for pod {self._key[1]}, "
                f"choose one of: [{choice}]"
            )
        return name or mains[0]

    def _lines(self, pod: Json) -> list[Spoken]:
        now = datetime.fromtimestamp(self._state.clock(), UTC)
        try:
            return spoken(pod, self._container, now, previous=self._is("previous"))
        except NotStartedError as error:
            raise bad_request(str(error)) from error

    def _is(self, word: str) -> bool:
        return self._query.get(word) in ("true", "1")

    def asked(self) -> list[Spoken]:
        """The lines there are, from where it was asked."""
        lines, since = self._first, self._query.get("sinceSeconds", "")
        if since.isdigit():
            first = datetime.fromtimestamp(self._state.clock(), UTC) - timedelta(seconds=int(since))
            lines = [line for line in lines if line.at >= first]
        tail = self._query.get("tailLines", "")
        if tail.isdigit():
            lines = lines[-int(tail) :] if int(tail) else []
        return lines

    def printed(self, line: Spoken) -> bytes:
        """One line as it is sent."""
        stamp = f"{line.at:%Y-%m-%dT%H:%M:%S.%f}000Z " if self._is("timestamps") else ""
        return f"{stamp}{line.text}\n".encode()

    def followed(self, closing: threading.Event) -> Iterator[bytes]:
        """The lines there are, then each as it comes, until the run or the Pod is over."""
        last = self._first[-1].at if self._first else datetime.min.replace(tzinfo=UTC)
        yield b"".join(map(self.printed, self.asked()))
        begin = self._first[0].at if self._first else None
        while not closing.wait(LOOK):
            pod = self._pod()
            if pod is None:
                return
            try:
                lines = self._lines(pod)
            except StatusError:
                return  # it waits for another start
            if begin is not None and (not lines or lines[0].at != begin):
                return  # another run: that is another log
            for line in lines:
                if line.at > last:
                    last = line.at
                    yield self.printed(line)
            if not self._goes_on(pod):
                return

    def _goes_on(self, pod: Json) -> bool:
        status = pod.get("status") or {}
        entries = [
            *(status.get("containerStatuses") or ()),
            *(status.get("initContainerStatuses") or ()),
        ]
        return any(
            e.get("name") == self._container and "running" in (e.get("state") or {})
            for e in entries
        )
