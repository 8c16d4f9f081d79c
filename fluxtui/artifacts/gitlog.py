"""The commits between two revisions, as `git log old..new` has them: of a remote, without any tree,
or of a checkout on this machine.

Where the newer one is the older, they are the commits that are taken back. Blocking, for a thread;
a checkout is only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fluxtui.artifacts.gitahead import MOST_BYTES, by_login
from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.gitremote import GitCommit, GitRemote, git_commit
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ArtifactError, GitError

_MOST_READ = 2000  # commits of a checkout


class GitLog(NamedTuple):
    """(id, commit), the newest first. `back`: what the way from old to new takes back."""

    commits: tuple[tuple[str, GitCommit], ...]
    back: bool = False


def remote_log(
    url: str, old: str, new: str, settings: RegistrySettings, patience: Patience
) -> GitLog:
    """Of a remote over HTTP(S). Raises GitError."""
    return by_login(url, settings, lambda login: _remote(url, login, old, new, settings, patience))


def checkout_log(folder: str, old: str, new: str) -> GitLog | None:
    """Of the checkout that the folder is in; None where there is none, or it lacks one of them."""
    from dulwich.repo import Repo

    try:
        with Repo.discover(str(Path(folder))) as repo:
            for back in (False, True):
                first, last = (new, old) if back else (old, new)
                walker: Any = repo.get_walker(
                    include=[last.encode()],  # type: ignore[list-item]
                    exclude=[first.encode()],  # type: ignore[list-item]
                    max_entries=_MOST_READ,
                )
                read = {e.commit.id.decode(): git_commit(e.commit) for e in walker}
                if read:
                    return GitLog(_newest_first(read), back)
    except Exception:  # whatever lies in that folder, it is no checkout that says it
        return None
    return None


def _remote(
    url: str, login: GitLogin, old: str, new: str, settings: RegistrySettings, patience: Patience
) -> GitLog:
    remote = GitRemote(url, login, settings, patience, thin=False)
    try:
        try:
            return GitLog(_between(remote, old, new))
        except _Apart as apart:
            try:
                return GitLog(_between(remote, new, old), back=True)
            except (_Apart, ArtifactError):
                raise GitError(apart.what) from None
    finally:
        remote.close()


class _Apart(GitError):
    """The first is not in the history of the second."""


def _between(remote: GitRemote, old: str, new: str) -> tuple[tuple[str, GitCommit], ...]:
    with tempfile.TemporaryDirectory(prefix="fluxtui-git-") as folder:
        try:
            fetched = remote.between(folder, new, old, MOST_BYTES)
        except GitError as error:
            raise _Apart(error.what) from error
    seen: dict[str, GitCommit] = {}
    open_, joined = [new], False
    while open_:
        commit = open_.pop()
        joined = joined or commit == old
        if commit in fetched and commit not in seen:
            seen[commit] = fetched[commit]
            open_ += fetched[commit].parents
    if not joined or not seen:
        raise _Apart("neither of them is in the history of the other")
    return _newest_first(seen)


def _newest_first(read: Mapping[str, GitCommit]) -> tuple[tuple[str, GitCommit], ...]:
    """By time; of one second children before their parents."""
    depth: dict[str, int] = {}
    for id_ in sorted(read, key=lambda one: -read[one].at):
        for parent in read[id_].parents:
            depth[parent] = max(depth.get(parent, 0), depth.get(id_, 0) + 1)
    return tuple(sorted(read.items(), key=lambda item: (-item[1].at, depth.get(item[0], 0))))
