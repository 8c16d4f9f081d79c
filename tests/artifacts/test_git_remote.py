"""A Git remote is trusted with nothing: no other host's password, none of our time or folders."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.gitremote import Checkout, GitRemote
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.unpacking import Limits
from fluxtui.domain.errors import ConfigError, GitError
from fluxtui.domain.gitreference import GitReference
from fluxtui.world.githost import BRANCH, PATH, GitHost, create
from fluxtui.world.http.server import HttpServer

MAIN = GitReference(branch="main")
ME = GitLogin("me", "secret")
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """Its URL, and the Authorization of each request."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            answer(self)

        def log_message(self, *_: object) -> None:
            """Silent."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}/x.git", seen
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def remote(
    url: str, login: GitLogin = ME, patience: Patience | None = None, **environ: str
) -> GitRemote:
    settings = RegistrySettings()
    return GitRemote(url, login, settings, patience or Patience(30), environ=environ)


def taken(remote: GitRemote, limits: Limits | None = None) -> Checkout | None:
    with closing(remote):
        return remote.checkout(MAIN, limits=limits)


def test_a_redirect_to_another_host_loses_the_password() -> None:
    with server(says(404, b"not here")) as (other, theirs):
        moved = other.replace("/x.git", "/y.git/info/refs?service=git-upload-pack")
        with server(says(302, Location=moved)) as (url, ours):
            with pytest.raises(GitError, match="repository not found: not here"):
                taken(remote(url))
    assert ours and ours[0].startswith("Basic ")
    assert theirs == [""]


def test_what_the_server_says_is_one_short_line() -> None:
    with server(says(500, b"<html>\n" + b"long " * 10_000)) as (url, _seen):
        with pytest.raises(GitError) as caught:
            taken(remote(url))
    assert "unexpected client error: status code 500: <html> long" in caught.value.what
    assert "\n" not in caught.value.what and len(caught.value.what) < 500


def test_what_is_no_git_host_is_told() -> None:
    with server(says(200, b"<html>hello</html>")) as (url, _seen):
        with pytest.raises(GitError, match="unable to list remote for"):
            with closing(remote(url)) as asked:
                asked.head(MAIN)


def test_a_password_in_the_address_is_used_and_never_shown() -> None:
    with server(says(401, b"no")) as (url, seen):
        url = url.replace("://", "://you:hidden@")
        with pytest.raises(GitError) as caught:
            taken(remote(url, GitLogin.of(None, url)))
    assert seen[0].startswith("Basic ") and "hidden" not in str(caught.value)


def test_nobody_waits_longer_than_the_time_limit() -> None:
    now = [0.0]
    patience = Patience(10.0, clock=lambda: now[0])
    now[0] = 11.0
    with server(says(200)) as (url, seen):
        with pytest.raises(GitError, match="no answer in time"):
            taken(remote(url, patience=patience))
    assert seen == []


def test_what_nobody_waits_for_any_more_ends() -> None:
    with server(says(200)) as (url, seen):
        with pytest.raises(GitError, match="no answer in time"):
            taken(remote(url, patience=Patience(10.0, stopped=lambda: True)))
    assert seen == []


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_the_proxy_of_the_environment_is_used(proxy: str) -> None:
    with pytest.raises(GitError, match=r"the proxy failed|connection refused"):
        taken(remote("http://git.example.com/x.git", HTTP_PROXY=proxy))


def test_more_than_an_artifact_may_hold_is_refused(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"x" * 100)
    create(tmp_path / "x.git", tree, 0)
    host = GitHost(tmp_path / "x.git")
    try:
        url = f"http://{host.address}{PATH}"
        found = taken(remote(url))
        assert found is not None and set(found.files) == {"a"}
        with pytest.raises(GitError, match="more than an artifact may hold"):
            taken(remote(url), Limits(max_bytes=99))
    finally:
        host.stop()


def test_a_tree_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    blob = Blob.from_string(b"x")
    inner, outer, commit = Tree(), Tree(), Commit()
    inner.add(b"passwd", 0o100644, blob.id)
    outer.add(b"..", 0o040000, inner.id)
    commit.tree = outer.id
    commit.author = commit.committer = b"x <x@example.com>"
    commit.author_time = commit.commit_time = 0
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = b"hostile"
    (tmp_path / "x.git").mkdir()
    with Repo.init_bare(str(tmp_path / "x.git")) as repo:
        for part in (blob, inner, outer, commit):
            repo.object_store.add_object(part)
        repo.refs[Ref(BRANCH)] = commit.id
    host = GitHost(tmp_path / "x.git")
    try:
        with pytest.raises(GitError, match=r"leads out of the folder|'\.\.'"):
            taken(remote(f"http://{host.address}{PATH}"))
    finally:
        host.stop()


@pytest.mark.parametrize(
    ("data", "words"),
    [({"password": "eA=="}, "requires 'username'"), ({"username": "?"}, "username is not base64")],
)
def test_a_secret_that_is_no_login_is_told(data: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        GitLogin.of({"data": data}, "https://git.example.com/x.git")


def test_a_certificate_that_is_none_is_told() -> None:
    login = GitLogin(authority=b"no certificate")
    with pytest.raises(GitError, match="a certificate cannot be used"):
        remote("https://git.example.com/x.git", login)


# -- over TLS


@contextmanager
def over_tls(tmp_path: Path, authority: trustme.CA, *, wants_ours: bool) -> Iterator[str]:
    """A Git host that shows a certificate of that authority, and may want one of the client."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_bytes(b"x")
    create(tmp_path / "x.git", tmp_path / "tree", 0)
    host = GitHost(tmp_path / "x.git")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    if wants_ours:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    server = HttpServer(host, tls=context)
    server.start()
    try:
        yield f"https://127.0.0.1:{server.port}{PATH}"
    finally:
        host.stop()
        server.stop()


def test_a_host_is_trusted_by_the_authority_of_the_secret_or_of_the_settings(
    tmp_path: Path,
) -> None:
    authority = trustme.CA()
    pem = authority.cert_pem.bytes()
    (tmp_path / "ca.pem").write_bytes(pem)
    with over_tls(tmp_path, authority, wants_ours=False) as url:
        with pytest.raises(GitError, match="TLS failed"):
            taken(remote(url, GitLogin()))
        assert taken(remote(url, GitLogin(authority=pem))) is not None
        host = url.split("/")[2]
        settings = RegistrySettings(ca_files={host: str(tmp_path / "ca.pem")})
        assert taken(GitRemote(url, GitLogin(), settings, Patience(30), environ={})) is not None


def test_the_certificate_of_the_secret_is_shown(tmp_path: Path) -> None:
    authority = trustme.CA()
    ours = authority.issue_cert("me.example.com")
    data = {
        "ca.crt": authority.cert_pem.bytes(),
        "tls.crt": ours.cert_chain_pems[0].bytes(),
        "tls.key": ours.private_key_pem.bytes(),
    }
    secret = {"data": {name: base64.b64encode(pem).decode() for name, pem in data.items()}}
    with over_tls(tmp_path, authority, wants_ours=True) as url:
        with pytest.raises(GitError):
            taken(remote(url, GitLogin(authority=data["ca.crt"])))
        assert taken(remote(url, GitLogin.of(secret, url))) is not None
