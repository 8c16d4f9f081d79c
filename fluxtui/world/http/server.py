"""A server on one port: a thread a connection, and an end that ends every connection.

Handlers answer; nothing here reads a byte.
"""

from __future__ import annotations

import logging
import socket
import socketserver
import ssl
import sys
import threading
from typing import Any

from fluxtui.world.http.handler import Handler, Site

_LOG = logging.getLogger(__name__)


class HttpServer(socketserver.ThreadingTCPServer):
    """Listens on `host`:`port` (0: any free one) from its making; `start` serves, `stop` ends it.

    Raises OSError when the port is taken.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, site: Site, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None
    ) -> None:
        self._site = site
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((host, port), type("BoundHandler", (Handler,), {"site": site}))
        self.port = int(self.server_address[1])
        self._thread = threading.Thread(target=self._accept, name=f"port {self.port}", daemon=True)

    def start(self) -> None:
        """Serve on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End every connection and stop listening. The site's `closing` is set before."""
        if self._thread.is_alive():
            self._wake()
            self._thread.join(5)
        self.cut_all()
        self.server_close()

    def cut_all(self) -> None:
        """End every open connection."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was gone already

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        if self._tls is not None:
            # The handshake is for the connection's own thread: a silent client must not stop others
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left in the middle is nothing to tell; anything else is."""
        if not isinstance(sys.exception(), OSError):
            _LOG.exception("a connection failed")

    def _accept(self) -> None:
        """`serve_forever` would poll, and take its time to stop."""
        while not self._site.closing.is_set():
            try:
                connection, address = self.get_request()
            except OSError:
                continue  # the client left before it was accepted
            self.process_request(connection, address)

    def _wake(self) -> None:
        """Make a blocked accept return."""
        host = str(self.server_address[0])
        with socket.create_connection((host, self.port), timeout=1):
            return
