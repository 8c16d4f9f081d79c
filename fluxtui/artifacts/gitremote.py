"""A Git remote over HTTP(S): which commit a reference means now, and the files of that commit.

What source-controller makes of spec.ref, in its order and with its words (docs/flux.md#git).
dulwich speaks the protocol; here are the questions. Blocking, for a thread; it writes nothing but a
folder that is gone with the answer. It must not know of clusters.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.unpacking import Limits
from fluxtui.domain.errors import GitError
from fluxtui.domain.gitreference import GitReference, Head
from fluxtui.domain.selection import Policy

if TYPE_CHECKING:
    from dulwich.objects import Commit

    from fluxtui.artifacts.gitwire import Patience

_PEELED = b"^{}"
_SUBJECT = 200  # characters
_REGULAR = (0o100644, 0o100755)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of one commit by path; links and submodules are left out. `message`: its first
    line."""

    head: Head
    message: str
    files: Mapping[str, bytes]


class GitCommit(NamedTuple):
    """`at`: when it was committed, epoch seconds; `subject`: the first line of its message."""

    parents: tuple[str, ...]
    at: int
    subject: str


def git_commit(commit: Commit) -> GitCommit:
    """What is kept of a commit as dulwich has it."""
    first = commit.message.decode("utf-8", "replace").strip().partition("\n")[0]
    return GitCommit(
        tuple(p.decode() for p in commit.parents), commit.commit_time, first[:_SUBJECT]
    )


class GitRemote:
    """One remote, asked with these credentials for as long as `patience` lasts."""

    def __init__(
        self,
        url: str,
        login: GitLogin,
        settings: RegistrySettings,
        patience: Patience,
        *,
        environ: Mapping[str, str] | None = None,
        thin: bool = True,
    ) -> None:
        """`thin`: a pack may rest on what it is not sent with: not when that is to be counted."""
        from dulwich.client import Urllib3HttpGitClient

        from fluxtui.artifacts.gitwire import GitWire

        self.url = url
        self._patience = patience
        wire = GitWire(url, login, settings, os.environ if environ is None else environ, patience)
        self._wire = wire
        pool: Any = wire
        logging.getLogger("dulwich").setLevel(logging.ERROR)  # no word of a library on the screen
        self._client = Urllib3HttpGitClient(
            _bare(url), pool_manager=pool, quiet=True, thin_packs=thin
        )

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def head(self, wanted: GitReference) -> Head | None:
        """What the reference means now, without its files; None where only these tell (a commit, a
        range with equal versions), and where there is no such reference. Raises GitError."""
        if wanted.commit:
            return None
        with self._words("unable to list remote for"):
            if wanted.semver and not (wanted.name or wanted.tag):
                refs = self._refs(b"refs/tags/")
                tags = _chosen(wanted.semver, refs)
                full = f"refs/tags/{tags[0]}"
                return _head(full, refs, wanted) if len(tags) == 1 else None
            return _head(wanted.full_name, self._refs(_plain(wanted.full_name)), wanted)

    def checkout(self, wanted: GitReference, *, limits: Limits | None = None) -> Checkout | None:
        """Its files; None of a repository without any commit. Raises GitError."""
        with self._words("unable to clone"):
            if wanted.commit:
                return self._at_commit(wanted, limits or Limits())
            if wanted.name:
                return self._at_name(wanted, limits or Limits())
            if wanted.semver and not wanted.tag:
                return self._at_version(wanted, limits or Limits())
            refs = self._refs(b"")
            if not refs and not wanted.tag:
                return None
            full = wanted.full_name.encode()
            if full not in refs:
                raise GitError(f'couldn\'t find remote ref "{wanted.full_name}"')
            return self._one(wanted.full_name, refs[full], wanted, limits or Limits())

    def between(self, folder: str, head: str, have: str, most: int) -> dict[str, GitCommit]:
        """The commits that `head` has and `have` has not, by their ids; fetched into the empty
        `folder`. Raises GitError, also when they are more than `most` bytes."""
        from dulwich.objects import Commit

        with self._words("unable to count the commits of"):
            with self._packed(folder, [head], [have], most, without=b"tree:0") as store:
                every = (store[oid] for oid in store)
                return {c.id.decode(): git_commit(c) for c in every if isinstance(c, Commit)}

    def files_at(self, folder: str, commit: str, limits: Limits, most: int) -> Mapping[str, bytes]:
        """The files of one commit, fetched into the empty `folder`: alone where the remote gives
        that, else with the history of its branches. Raises GitError, also when what is sent is more
        than `most` bytes."""
        with self._words("unable to fetch a commit of"), ExitStack() as stack:
            store: Any = {}
            try:
                alone = self._packed(f"{folder}/one", [commit], [], most, depth=1)
                store = stack.enter_context(alone)
            except _TooMany:
                raise
            except Exception as error:  # as hosts do that give out tips alone
                logging.getLogger(__name__).debug("alone it is not given: %s", error)
            if commit.encode() not in store:
                tips = sorted({tip.decode() for tip in self._refs(b"refs/heads/").values()})
                store = stack.enter_context(self._packed(f"{folder}/all", tips, [], most))
            if commit.encode() not in store:
                raise GitError(f"no branch has {commit}")
            return committed_files(store, commit, limits)

    @contextmanager
    def _packed(
        self,
        folder: str,
        wants: Sequence[str],
        haves: Sequence[str],
        most: int,
        *,
        depth: int | None = None,
        without: bytes | None = None,
    ) -> Iterator[Any]:
        """The objects of a bare repository in `folder`, at most `most` bytes of them sent."""
        from dulwich.object_store import ObjectStoreGraphWalker
        from dulwich.repo import Repo

        Path(folder).mkdir(exist_ok=True)
        size = 0
        with Repo.init_bare(folder) as repo:
            file, commit, abort = repo.object_store.add_pack()

            def keep(data: bytes) -> int:
                nonlocal size
                size += len(data)
                if size > most:
                    raise _TooMany("refused: they are too many")
                return file.write(data)

            have: Any = [each.encode() for each in haves]
            walker: Any = ObjectStoreGraphWalker(have, lambda _: [])
            chosen: Any = lambda _refs, depth=None: [each.encode() for each in wants]  # noqa: E731
            more: Any = {"filter_spec": without} if without else {"depth": depth} if depth else {}
            try:
                self._client.fetch_pack("", chosen, walker, keep, self._go_on, **more)
            except BaseException:
                abort()
                raise
            commit()
            yield repo.object_store

    def _at_name(self, wanted: GitReference, limits: Limits) -> Checkout:
        refs = self._refs(_plain(wanted.name))
        oid = refs.get(wanted.name.encode())
        if oid is None:
            raise _Plain(f"unable to resolve ref '{wanted.name}' to a specific commit")
        return self._one(wanted.name, oid, wanted, limits)

    def _at_commit(self, wanted: GitReference, limits: Limits) -> Checkout:
        """The commit has to be in the history of its branch, or of any."""
        refs = self._refs(b"refs/heads/")
        name = wanted.full_name
        tips = list(refs.values())
        if wanted.branch:
            branch = f"refs/heads/{wanted.branch}"
            if branch.encode() not in refs:
                raise GitError(f'couldn\'t find remote ref "{branch}"')
            tips = [refs[branch.encode()]]
        with self._fetched(tips, None) as store:
            if wanted.commit.encode() not in store:
                raise _Plain(
                    f"unable to resolve commit object for '{wanted.commit}': object not found"
                )
            return _checkout(store, wanted.commit.encode(), name, wanted, limits)

    def _at_version(self, wanted: GitReference, limits: Limits) -> Checkout:
        refs = self._refs(b"refs/tags/")
        tags = _chosen(wanted.semver, refs)
        names = [f"refs/tags/{tag}" for tag in tags]
        with self._fetched([refs[name.encode()] for name in names], 1) as store:
            # Of equal versions the one whose commit is the younger.
            full = max(names, key=lambda n: _commit(store, refs[n.encode()]).commit_time)
            return _checkout(store, refs[full.encode()], full, wanted, limits)

    def _one(self, name: str, oid: bytes, wanted: GitReference, limits: Limits) -> Checkout:
        with self._fetched([oid], 1) as store:
            return _checkout(store, oid, name, wanted, limits)

    def _refs(self, prefix: bytes) -> dict[bytes, bytes]:
        """Name -> object, a tag's own beside the commit it is peeled to (`^{}`)."""
        answer = self._client.get_refs("", ref_prefix=[prefix] if prefix else None)
        return {bytes(name): bytes(oid) for name, oid in answer.refs.items() if oid is not None}

    @contextmanager
    def _fetched(self, wants: Sequence[bytes], depth: int | None) -> Iterator[Any]:
        """The object store of a repository that is gone afterwards."""
        from dulwich.repo import Repo

        with tempfile.TemporaryDirectory(prefix="fluxtui-git-") as folder:
            with Repo.init_bare(folder) as repo:
                chosen: Any = lambda _refs, depth=None: list(dict.fromkeys(wants))  # noqa: E731
                self._client.fetch(
                    "", repo, determine_wants=chosen, progress=self._go_on, depth=depth
                )
                yield repo.object_store

    def _go_on(self, _progress: bytes) -> None:
        """Raises GitError when nobody waits any more."""
        self._patience.left()

    @contextmanager
    def _words(self, doing: str) -> Iterator[None]:
        """Every fault as a GitError that says what was being done, as Flux does."""
        from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
        from dulwich.pack import UnresolvedDeltas

        broken = (
            GitProtocolError,
            HangupException,
            UnresolvedDeltas,
            OSError,
            ValueError,
            KeyError,
        )

        try:
            yield
        except _Plain:
            raise
        except GitError as error:
            message = f"{doing} '{_bare(self.url)}': {error.what}"
            raise GitError(message, next=error.next) from error
        except NotGitRepository as error:
            raise GitError(f"{doing} '{_bare(self.url)}': repository not found") from error
        except broken as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            raise GitError(f"{doing} '{_bare(self.url)}': {reason}") from error


class _TooMany(GitError):
    """More bytes are sent than are taken."""


class _Plain(GitError):
    """Said as it is."""


def _plain(name: str) -> bytes:
    """The name that a server knows: `^{}` behind it asks for what a tag is peeled to."""
    return name.encode().removesuffix(_PEELED)


def _bare(url: str) -> str:
    """Without user and password, which are the wire's."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _head(name: str, refs: Mapping[bytes, bytes], wanted: GitReference) -> Head | None:
    oid = refs.get(name.encode() + _PEELED) or refs.get(name.encode())
    return None if oid is None else Head(wanted.revision(name, oid.decode()), oid.decode())


def _chosen(semver: str, refs: Mapping[bytes, bytes]) -> Sequence[str]:
    """The tags as high as the range admits: several when their versions are equal."""
    from fluxtui.domain.versions import select

    tags = [
        name.decode("utf-8", "replace").removeprefix("refs/tags/")
        for name in sorted(refs)
        if name.startswith(b"refs/tags/") and not name.endswith(_PEELED)
    ]
    selection = select(tags, Policy(semver=semver))
    if not selection.chosen:
        _before, broken, reason = selection.error.partition("parse error: ")
        raise _Plain(f"semver parse error: {reason}" if broken else selection.error)
    return selection.ties or (selection.chosen,)


def _commit(store: Any, oid: bytes) -> Any:
    from dulwich.objects import Commit, Tag

    obj = store[oid]
    while isinstance(obj, Tag):
        obj = store[obj.object[1]]
    if not isinstance(obj, Commit):
        raise GitError(f"{oid.decode()} is no commit")
    return obj


def committed_files(store: Any, commit: str, limits: Limits) -> Mapping[str, bytes]:
    """The files of a commit out of a store of objects. Raises GitError, KeyError."""
    return _checkout(store, commit.encode(), "", GitReference(commit=commit), limits).files


def _checkout(store: Any, oid: bytes, name: str, wanted: GitReference, limits: Limits) -> Checkout:
    commit = _commit(store, oid)
    files: dict[str, bytes] = {}
    size = 0
    for entry in store.iter_tree_contents(commit.tree):
        if entry.mode not in _REGULAR:
            continue  # links are left out as from an archive, submodules are not fetched
        path = entry.path.decode("utf-8", "surrogateescape")
        if any(part in ("", ".", "..") for part in path.split("/")) or "\\" in path:
            raise GitError(f"refused: {path!r} leads out of the folder")
        files[path] = store[entry.sha].data
        size += len(files[path])
        if len(files) > limits.max_entries >= 0 or size > limits.max_bytes >= 0:
            raise GitError("refused: it has more than an artifact may hold")
    head = Head(wanted.revision(name, commit.id.decode()), commit.id.decode())
    first = commit.message.decode("utf-8", "replace").partition("\n")[0]
    return Checkout(head, first, files)
