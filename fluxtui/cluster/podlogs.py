"""Logs of Pods: read at once, or line by line as they are written.

A log is silent for as long as its program has nothing to say, so a followed one has no idle limit;
it ends with its container. Text comes as it is: making it safe to show is the screen's part.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from fluxtui.cluster.port import ApiResource
from fluxtui.cluster.streams import LogOptions
from fluxtui.cluster.transport import Query, Transport

_PODS = ApiResource("", "v1", "Pod", "pods")
_LONGEST = 64 * 1024
"""Bytes of a line that are shown at most; a program may well write a megabyte without an end."""


async def read(transport: Transport, namespace: str, pod: str, options: LogOptions) -> str:
    """The last lines. Raises the ClusterError family."""
    data = await transport.data(
        "GET", _path(namespace, pod), query=_query(options), where=_where(namespace, pod)
    )
    return data.decode("utf-8", "replace")


async def follow(
    transport: Transport, namespace: str, pod: str, options: LogOptions
) -> AsyncIterator[str]:
    """Lines until the container ends. Raises the ClusterError family."""
    query = [*_query(options), ("follow", "true")]
    tail = bytearray()
    async for chunk in transport.chunks(
        _path(namespace, pod), query=query, where=_where(namespace, pod)
    ):
        tail += chunk
        *whole, tail = tail.split(b"\n")
        for line in whole:
            yield _text(line)
        if len(tail) > _LONGEST:
            yield _text(tail)
            tail = bytearray()
    if tail:
        yield _text(tail)


def _query(options: LogOptions) -> Query:
    query = [("tailLines", str(options.tail))]
    if options.container:
        query.append(("container", options.container))
    if options.since:
        query.append(("sinceSeconds", str(options.since)))
    for name in ("previous", "timestamps"):
        if getattr(options, name):
            query.append((name, "true"))
    return query


def _text(line: bytes | bytearray) -> str:
    return line[:_LONGEST].decode("utf-8", "replace").rstrip("\r")


def _path(namespace: str, pod: str) -> str:
    return _PODS.path(namespace, pod, "log")


def _where(namespace: str, pod: str) -> str:
    return f"Pod {namespace}/{pod}"
