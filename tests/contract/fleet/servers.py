"""What the fleet's sources fetch from: charts, a Git repository and a bucket, on 127.0.0.1.

One HTTP server in the test's own process. Git is git's own `upload-pack`, spoken to as smart HTTP
asks for; commits have fixed authors and times, so that a recording of them is the same each time.
Everything a person could get wrong has its place here: `/gone` has no index, `/private` wants a
password that nobody has, `/locked` that of LOGIN or the TOKEN. It serves tests alone.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

import yaml

LOGIN, TOKEN = ("fleet", "open sesame"), "token-of-the-fleet"
_OPEN = (f"Basic {base64.b64encode(':'.join(LOGIN).encode()).decode()}", f"Bearer {TOKEN}")
_WHEN = "2026-01-01T00:00:00Z"
_WHO = {"NAME": "fleet", "EMAIL": "fleet@example.com", "DATE": _WHEN}
_GIT = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in _WHO.items()}


def chart(
    name: str, version: str, templates: Mapping[str, str], values: str = "greeting: hello\n"
) -> bytes:
    """A packed chart, the same bytes each time."""
    about = {"apiVersion": "v2", "name": name, "version": version, "appVersion": version}
    files = {"Chart.yaml": yaml.safe_dump(about), "values.yaml": values}
    files |= {f"templates/{path}": text for path, text in templates.items()}
    return packed({f"{name}/{path}": text for path, text in files.items()})


def packed(files: Mapping[str, str]) -> bytes:
    """A .tgz, the same bytes each time."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for path, text in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(inner.getvalue(), mtime=0)


class GitRepository:
    """One branch, `main`, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._git("init", "-q", "-b", "main")

    def commit(self, files: Mapping[str, str | None], message: str, when: str = _WHEN) -> str:
        """Write these (None: remove); the new commit."""
        for path, text in files.items():
            place = self.folder / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text)
        self._git("add", "-A")
        self._git("commit", "-q", "-m", message, GIT_COMMITTER_DATE=when)
        return self._git("rev-parse", "HEAD").decode().strip()

    def tag(self, name: str, *flags: str) -> None:
        """A tag on what is checked out; `-a -m TEXT` makes it an object of its own."""
        self._git("tag", *flags, name)

    def branch(self, name: str, at: str) -> None:
        """A branch that begins at that commit."""
        self._git("branch", name, at)

    def switch(self, name: str) -> None:
        """Commit to that branch from now on."""
        self._git("switch", "-q", name)

    def merge(self, name: str) -> None:
        """That branch into the one that is checked out."""
        self._git("merge", "-q", "--no-edit", name)

    def advertise(self, protocol: str) -> bytes:
        service = b"# service=git-upload-pack\n"
        head = b"%04x%s0000" % (len(service) + 4, service)
        return head + self._upload_pack(protocol, "--advertise-refs")

    def serve(self, request: bytes, protocol: str) -> bytes:
        return self._upload_pack(protocol, data=request)

    def _upload_pack(self, protocol: str, *flags: str, data: bytes = b"") -> bytes:
        where = str(self.folder / ".git")
        words = ("upload-pack", "--stateless-rpc", *flags, where)
        return self._git(*words, data=data, GIT_PROTOCOL=protocol)

    def _git(self, *words: str, data: bytes = b"", **more: str) -> bytes:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **_GIT, **more}
        done = subprocess.run(
            ["git", *words], cwd=self.folder, input=data, env=environ, capture_output=True
        )
        assert done.returncode == 0, (words, done.stderr.decode())
        return done.stdout


class Shop:
    """The HTTP server: `charts`, `objects` of the bucket, and `git`, by their first folder."""

    def __init__(self, git: GitRepository) -> None:
        self.git = git
        self.charts: dict[str, bytes] = {}  # by file name
        self.objects: dict[str, bytes] = {}
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def index(self) -> bytes:
        entries: dict[str, list[dict[str, object]]] = {}
        for file, data in sorted(self.charts.items(), reverse=True):
            name, _, version = file.removesuffix(".tgz").rpartition("-")
            line = {"apiVersion": "v2", "name": name, "version": version, "appVersion": version}
            digest = hashlib.sha256(data).hexdigest()
            entries.setdefault(name, []).append(
                {**line, "urls": [file], "digest": digest, "created": _WHEN}
            )
        return yaml.safe_dump({"apiVersion": "v1", "entries": entries}).encode()

    def listing(self) -> bytes:
        """What S3 says of a bucket."""
        told = "".join(
            f"<Contents><Key>{key}</Key><LastModified>{_WHEN}</LastModified>"
            f"<ETag>&quot;{hashlib.md5(data).hexdigest()}&quot;</ETag><Size>{len(data)}</Size>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
            for key, data in sorted(self.objects.items())
        )
        return (
            '<?xml version="1.0"?><ListBucketResult><Name>bundles</Name><IsTruncated>false'
            f"</IsTruncated><KeyCount>{len(self.objects)}</KeyCount>{told}</ListBucketResult>"
        ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, shop: Shop) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.shop = shop

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is its own business; what it missed, its test says."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def shop(self) -> Shop:
        assert isinstance(self.server, _Server)
        return self.server.shop

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query, (top, _, rest) = parse_qs(parts.query), parts.path.lstrip("/").partition("/")
        protocol = self.headers.get("Git-Protocol", "")
        if top == "private":
            self._answer(401, b"who are you?", **{"WWW-Authenticate": 'Basic realm="private"'})
        elif top == "locked" and self.headers.get("Authorization") not in _OPEN:
            self._answer(401, b"the password, please", **{"WWW-Authenticate": 'Basic realm="git"'})
        elif top == "charts" and rest == "index.yaml":
            self._answer(200, self.shop.index())
        elif top == "charts" and rest in self.shop.charts:
            self._answer(200, self.shop.charts[rest])
        elif top in ("git", "locked") and query.get("service") == ["git-upload-pack"]:
            kind = "application/x-git-upload-pack-advertisement"
            self._answer(200, self.shop.git.advertise(protocol), kind)
        elif top == "bundles" and "location" in query:
            self._answer(200, b"<LocationConstraint></LocationConstraint>", "application/xml")
        elif top == "bundles" and not rest:
            self._answer(200, self.shop.listing(), "application/xml")
        elif top == "bundles" and rest in self.shop.objects:
            data = self.shop.objects[rest]
            tag, when = f'"{hashlib.md5(data).hexdigest()}"', "Thu, 01 Jan 2026 00:00:00 GMT"
            self._answer(200, data, **{"ETag": tag, "Last-Modified": when})
        else:
            self._answer(404, b"there is nothing here")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        top = self.path.split("/")[1]
        if top != "git" and not (top == "locked" and self.headers.get("Authorization") in _OPEN):
            self._answer(401, b"who are you?")
            return
        told = self.shop.git.serve(data, self.headers.get("Git-Protocol", ""))
        self._answer(200, told, "application/x-git-upload-pack-result")

    def _answer(
        self, status: int, data: bytes, kind: str = "application/octet-stream", **headers: str
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """A test's output is no place for a log of requests."""
