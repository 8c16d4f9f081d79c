"""The World's Git host: one repository that anybody here reads and whoever has the password writes.

dulwich speaks the protocol and keeps the repository; here it is put behind the World's own server.
Loaded after the registry stands.
"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from dulwich.errors import GitProtocolError
from dulwich.index import commit_tree
from dulwich.object_store import MemoryObjectStore
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.refs import HEADREF, Ref
from dulwich.repo import Repo
from dulwich.server import DictBackend, UploadPackHandler
from dulwich.web import make_wsgi_chain

from fluxtui.world.faults import Faults, Rule
from fluxtui.world.http.exchange import Request, Response
from fluxtui.world.http.server import HttpServer

PATH = "/platform/infra.git"
BRANCH = b"refs/heads/main"
_AUTHOR = b"Platform <platform@example.com>"


class _Fetches(UploadPackHandler):
    required_capabilities = classmethod(lambda _cls: ())  # not all clients take thin packs


class GitHost:
    """Serves the bare repository in `folder` at PATH on 127.0.0.1, in threads, until `stop`."""

    max_body = 64 << 20

    def __init__(self, folder: Path) -> None:
        self.username, self.password = "fluxtui", secrets.token_urlsafe(18)
        self.faults = Faults()
        self.closing = threading.Event()
        self._repo = Repo(str(folder))
        self._lock = threading.Lock()
        repos: Any = {PATH: self._repo}
        self._app: Any = make_wsgi_chain(
            DictBackend(repos), handlers={b"git-upload-pack": _Fetches}
        )
        self._server = HttpServer(self, tls=None)
        self._server.start()
        self.address = f"127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """End all connections."""
        self.closing.set()
        self._server.stop()
        self._repo.close()

    def respond(self, request: Request) -> Response:
        """One request's answer, by dulwich."""
        if "git-receive-pack" in f"{request.path}?{request.search}" and not self._knows(request):
            ask = {"WWW-Authenticate": 'Basic realm="infra"'}
            return Response(401, b"a push needs the demo's password\n", "text/plain", ask)
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.search,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "HTTP_GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "wsgi.input": BytesIO(request.body),
        }
        response, written = Response(), bytearray()

        def begin(status: str, headers: Iterable[tuple[str, str]]) -> Any:
            response.status = int(status.split()[0])
            response.headers = dict(headers)
            return written.extend

        with self._lock:
            try:
                for part in self._app(environ, begin):
                    written += part
            except GitProtocolError as error:
                return Response(400, str(error).encode(), "text/plain")
        response.body = bytes(written)
        return response

    def broken(self, request: Request, rule: Rule) -> Response:
        """The error that a fault answers with."""
        return Response(rule.status, (rule.message or "out of order").encode(), "text/plain")

    def answered(self, request: Request, status: int) -> None:
        """Nobody counts."""

    def _knows(self, request: Request) -> bool:
        scheme, value = request.authorization
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return scheme == "basic" and secrets.compare_digest(value.encode(), pair.encode())


def create(folder: Path, tree: Path, when: float) -> None:
    """A bare repository whose only commit holds the files of `tree`; `when` in seconds."""
    folder.mkdir(parents=True)
    files = {p.relative_to(tree).as_posix(): p.read_bytes() for p in tree.rglob("*") if p.is_file()}
    store = MemoryObjectStore()
    oid = commit(store, files, "Deliver activity, notifications and the status page", when)
    with Repo.init_bare(str(folder)) as repo:
        repo.object_store.add_objects([(store[each], None) for each in store])  # one pack
        repo.refs[Ref(BRANCH)] = oid
        repo.refs.set_symbolic_ref(HEADREF, Ref(BRANCH))


def commit(
    store: Any,
    files: Mapping[str, bytes],
    message: str,
    when: float,
    parent: ObjectID | None = None,
) -> ObjectID:
    """A commit of these files and no others, put into the store of objects."""
    blobs = []
    for path, data in files.items():
        blob = Blob.from_string(data)
        store.add_object(blob)
        blobs.append((path.encode(), blob.id, 0o100644))
    made = Commit()
    made.tree = commit_tree(store, blobs)
    made.parents = [parent] if parent else []
    made.author = made.committer = _AUTHOR
    made.author_time = made.commit_time = int(when)
    made.author_timezone = made.commit_timezone = 0
    made.message = message.encode()
    store.add_object(made)
    return made.id
