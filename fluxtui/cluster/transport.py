"""Sends requests to one Kubernetes API and brings back bytes, or raises our errors.

Watches, long lists and all other requests each have places of their own, so that an act gets
through however many feeds are open. Error statuses are judged here; a 401 renews the credentials
once, and where nobody answers the kubeconfig is read again. Nothing here knows kinds or objects.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from fluxtui.cluster.credentials import Credentials
from fluxtui.cluster.port import WATCHES_AT_ONCE
from fluxtui.cluster.status import not_an_api, status_error
from fluxtui.cluster.troubles import unreachable
from fluxtui.cluster.wire import Answer, Timeouts
from fluxtui.domain.errors import ClusterError, Unreachable

Query = list[tuple[str, str]]
_LONGEST_LINE = 64 * 1024 * 1024
_LISTS_AT_ONCE = 16
_REQUESTS_AT_ONCE = 16


class Transport:
    """Requests to one API. Closing it ends every connection."""

    def __init__(self, name: str, credentials: Credentials, timeouts: Timeouts) -> None:
        self.name = name
        self._credentials = credentials
        self._timeouts = timeouts
        self._watches = asyncio.Semaphore(WATCHES_AT_ONCE)
        self._lists = asyncio.Semaphore(_LISTS_AT_ONCE)
        self._requests = asyncio.Semaphore(_REQUESTS_AT_ONCE)

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
        bulk: bool = False,
    ) -> dict[str, Any]:
        """The JSON document answered; `bulk`: a long list, which may wait behind other lists.

        Raises the ClusterError family.
        """
        data = await self.data(
            method,
            path,
            query=query,
            body=body,
            content_type=content_type,
            accept=accept,
            where=where,
            bulk=bulk,
        )
        return self.document(data, where)

    def document(self, data: bytes, where: str = "") -> dict[str, Any]:
        """The JSON document in an answer. Raises the ClusterError family."""
        try:
            document = json.loads(data)
        except ValueError as error:
            raise not_an_api(self._where(where)) from error
        if not isinstance(document, dict):
            raise not_an_api(self._where(where))
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
        bulk: bool = False,
    ) -> bytes:
        """The raw answer. Raises the ClusterError family."""
        headers = [("Accept", accept)]
        if body is not None:
            headers.append(("Content-Type", content_type))
        async with self._lists if bulk else self._requests:
            return await self._data(method, path, query or [], headers, body, where)

    async def _data(
        self, method: str, path: str, query: Query, headers: Query, body: Any, where: str
    ) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        try:
            response = await self._send(method, path, query, headers, data, self._timeouts)
            answer = await response.read()
        except OSError as error:
            raise self._unreachable(error, where) from error
        if response.status >= 400:
            raise self._refused(response, answer, where)
        return answer

    async def lines(
        self, path: str, *, query: Query, where: str = ""
    ) -> AsyncGenerator[dict[str, Any], None]:
        """JSON documents, one per line, until the server ends the stream.

        Raises Unreachable when the line is cut in the middle or silent for `idle` seconds.
        """
        async with self._watches:
            lines = self._lines(path, query, where)
            try:
                async for line in lines:
                    yield line
            finally:
                await lines.aclose()

    async def _lines(
        self, path: str, query: Query, where: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        idle = self._timeouts._replace(total=None, read=self._timeouts.idle)
        headers = [("Accept", "application/json")]
        try:
            async with asyncio.timeout(self._timeouts.total):
                response = await self._send("GET", path, query, headers, None, idle, stream=True)
        except OSError as error:
            raise self._unreachable(error, where) from error
        try:
            if response.status >= 400:
                raise self._refused(response, await response.read(), where)
            tail = bytearray()
            async for chunk in response.chunks():
                tail += chunk
                if b"\n" not in chunk:
                    if len(tail) > _LONGEST_LINE:
                        raise Unreachable("a watch line is too long", where=self._where(where))
                    continue
                *whole, tail = tail.split(b"\n")
                for line in whole:
                    if line.strip():
                        yield _document(line, self._where(where))
            if tail.strip():
                raise Unreachable("the watch was cut in mid-line", where=self._where(where))
        except OSError as error:
            raise self._unreachable(error, where) from error
        finally:
            response.cut()

    async def chunks(
        self, path: str, *, query: Query, where: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """What the server sends, piece by piece, until it ends the stream; silence is no fault.

        Raises the ClusterError family.
        """
        patient = self._timeouts._replace(total=None, read=None)
        headers = [("Accept", "*/*")]
        try:
            response = await self._send("GET", path, query, headers, None, patient, stream=True)
        except OSError as error:
            raise self._unreachable(error, where) from error
        try:
            if response.status >= 400:
                raise self._refused(response, await response.read(), where)
            async for chunk in response.chunks():
                yield chunk
        except OSError as error:
            raise self._unreachable(error, where) from error
        finally:
            response.cut()

    async def close(self) -> None:
        """Close all connections, and wait until the sockets are closed."""
        await self._credentials.close()

    async def _send(
        self,
        method: str,
        path: str,
        query: Query,
        headers: Query,
        body: bytes | None,
        limits: Timeouts,
        *,
        stream: bool = False,
    ) -> Answer:
        for last in (False, True):
            wire, identity = await self._credentials.wire()
            serial = self._credentials.serial
            all_headers = [*headers, *identity]
            try:
                answer = await wire.request(
                    method, path, query, all_headers, body, limits, stream=stream
                )
            except OSError:
                # A server that was begun anew may stand elsewhere; no write is sent twice.
                if last or not await self._credentials.moved(serial) or method != "GET":
                    raise
                continue
            if answer.status != 401 or last:
                return answer
            try:
                if not await self._credentials.renew(serial):
                    return answer
            except BaseException:
                answer.cut()
                raise
            answer.release()
        raise AssertionError("the loop above always returns")

    def _refused(self, response: Answer, body: bytes, where: str) -> ClusterError:
        error = status_error(response.status, body, response.headers, where=self._where(where))
        if error.status in (401, 403) and self._credentials.withheld:
            error.next = "use an https server: credentials are not sent over plain HTTP"
        return error

    def _where(self, where: str) -> str:
        return f"{self.name} {where}".strip()

    def _unreachable(self, error: Exception, where: str) -> Unreachable:
        return unreachable(error, self._where(where))


def _document(line: bytes | bytearray, where: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise Unreachable("a watch line is no JSON", where=where) from error
    if not isinstance(document, dict):
        raise Unreachable("a watch line is no JSON object", where=where)
    return document
