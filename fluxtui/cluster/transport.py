"""Sends requests to one Kubernetes API and brings back bytes, or raises our errors.

The only module that calls the kubernetes package's ApiClient (its low-level signatures changed
before and may again). Error statuses are not raised by the package at this level, so they are
judged here; a 401 renews the credentials once. Nothing here knows kinds or objects.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fluxtui.cluster.credentials import Credentials
from fluxtui.cluster.status import status_error
from fluxtui.domain.errors import ClusterError, Unreachable

Query = list[tuple[str, str]]
_LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two reads, for a whole answer, of a silent watch."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0
    idle: float = 90.0


class Transport:
    """Requests to one API. Closing it ends every connection."""

    def __init__(self, name: str, credentials: Credentials, timeouts: Timeouts) -> None:
        self.name = name
        self._credentials = credentials
        self._timeouts = timeouts
        self._ending: set[asyncio.Future[None]] = set()

    async def json(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        where: str = "",
    ) -> dict[str, Any]:
        """The JSON document answered. Raises the ClusterError family."""
        data = await self.data(
            method,
            path,
            query=query,
            body=body,
            content_type=content_type,
            accept=accept,
            where=where,
        )
        try:
            document = json.loads(data)
        except ValueError as error:
            raise ClusterError(
                "the answer is no JSON: is this a Kubernetes API?", where=self._where(where)
            ) from error
        if not isinstance(document, dict):
            raise ClusterError("the answer is no JSON object", where=self._where(where))
        return document

    async def data(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "*/*",
        where: str = "",
    ) -> bytes:
        """The raw answer. Raises the ClusterError family."""
        from aiohttp import ClientError, ClientTimeout

        limits = self._timeouts
        timeout = ClientTimeout(
            total=limits.total, sock_connect=limits.connect, sock_read=limits.read
        )
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = content_type
        try:
            response = await self._send(method, path, query, headers, body, timeout)
            async with response:
                try:
                    data: bytes = await response.read()
                except BaseException:
                    self._cut(response)
                    raise
                if response.status >= 400:
                    raise status_error(
                        response.status, data, response.headers, where=self._where(where)
                    )
                return data
        except (ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(error, where) from error

    async def lines(
        self, path: str, *, query: Query, where: str = ""
    ) -> AsyncIterator[dict[str, Any]]:
        """JSON documents, one per line, until the server ends the stream.

        Raises Unreachable when the line is cut in the middle or silent for `idle` seconds.
        """
        from aiohttp import ClientError, ClientTimeout

        limits = self._timeouts
        timeout = ClientTimeout(total=None, sock_connect=limits.connect, sock_read=limits.idle)
        try:
            response = await self._send(
                "GET", path, query, {"Accept": "application/json"}, None, timeout
            )
        except (ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(error, where) from error
        try:
            if response.status >= 400:
                raise status_error(
                    response.status,
                    await response.read(),
                    response.headers,
                    where=self._where(where),
                )
            rest = bytearray()
            async for chunk in response.content.iter_any():
                rest += chunk
                if b"\n" not in chunk:
                    if len(rest) > _LONGEST_LINE:
                        raise Unreachable("a watch line is too long", where=self._where(where))
                    continue
                *whole, rest = rest.split(b"\n")
                for line in whole:
                    if line.strip():
                        yield _document(line, self._where(where))
            if rest.strip():
                raise Unreachable("the watch was cut in mid-line", where=self._where(where))
        except (ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(error, where) from error
        finally:
            self._cut(response)

    async def chunks(self, path: str, *, query: Query, where: str = "") -> AsyncIterator[bytes]:
        """What the server sends, piece by piece, until it ends the stream; silence is no fault.

        Raises the ClusterError family.
        """
        from aiohttp import ClientError, ClientTimeout

        timeout = ClientTimeout(total=None, sock_connect=self._timeouts.connect)
        try:
            response = await self._send("GET", path, query, {"Accept": "*/*"}, None, timeout)
        except (ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(error, where) from error
        try:
            if response.status >= 400:
                data = await response.read()
                raise status_error(
                    response.status, data, response.headers, where=self._where(where)
                )
            async for chunk in response.content.iter_any():
                yield chunk
        except (ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(error, where) from error
        finally:
            self._cut(response)

    async def close(self) -> None:
        """Close all connections, and wait until the sockets are closed."""
        await self._credentials.close()
        if self._ending:
            await asyncio.wait(self._ending)
        await asyncio.sleep(0)  # the loop closes aborted sockets on its next turn

    def _cut(self, response: Any) -> None:
        """End a connection in the middle of an answer, at once.

        Closing it politely would wait for the server's TLS farewell, which may outlive our loop.
        """
        connection = response.connection
        if connection is not None and connection.protocol is not None:
            ended = connection.protocol.closed
            if ended is not None:
                self._ending.add(ended)
                ended.add_done_callback(self._ending.discard)
            connection.protocol.abort()
        response.close()

    async def _send(
        self,
        method: str,
        path: str,
        query: Query | None,
        headers: dict[str, str],
        body: Any,
        timeout: Any,
    ) -> Any:
        for last in (False, True):
            client = await self._credentials.client()
            serial = self._credentials.serial
            request = await client.param_serialize(
                method,
                path,
                query_params=list(query or []),
                header_params=dict(headers),
                body=body,
                auth_settings=["BearerToken"],
            )
            answer = (await client.call_api(*request, _request_timeout=timeout)).response
            if answer.status != 401 or last:
                return answer
            try:
                if not await self._credentials.renew(serial):
                    return answer
            except BaseException:
                answer.close()
                raise
            answer.release()
        raise AssertionError("the loop above always returns")

    def _where(self, where: str) -> str:
        return f"{self.name} {where}".strip()

    def _unreachable(self, error: Exception, where: str) -> Unreachable:
        if isinstance(error, asyncio.TimeoutError):
            what = f"no answer in time: {error}" if str(error) else "no answer in time"
        else:
            what = str(error) or type(error).__name__
        return Unreachable(
            what,
            where=self._where(where),
            next="check that the API is up and the network reaches it",
        )


def _document(line: bytes | bytearray, where: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise Unreachable("a watch line is no JSON", where=where) from error
    if not isinstance(document, dict):
        raise Unreachable("a watch line is no JSON object", where=where)
    return document
