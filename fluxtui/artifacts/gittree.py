"""The files of one commit: out of a checkout on this machine, or of a remote over HTTP(S).

For who renders what a commit would bring. Bounded in bytes and files; nothing is kept, a checkout
is only read. Blocking, for a thread.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from fluxtui.artifacts.gitahead import by_login
from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.gitremote import GitRemote, committed_files
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.artifacts.unpacking import Limits
from fluxtui.domain.errors import GitError

MOST_SENT = 64 << 20
"""Bytes of a pack that one commit may take."""
LIMITS = Limits(max_bytes=64 << 20, max_entries=20_000)


def checkout_files(folder: str, commit: str, limits: Limits = LIMITS) -> Mapping[str, bytes] | None:
    """Of the checkout that the folder is in; None where there is none, or it lacks the commit.
    Raises GitError when it has more than may be read."""
    from dulwich.repo import Repo

    try:
        with Repo.discover(str(Path(folder))) as repo:
            return committed_files(repo.object_store, commit, limits)
    except GitError:
        raise
    except Exception:  # whatever lies in that folder, it has no such commit
        return None


def remote_files(
    url: str,
    commit: str,
    settings: RegistrySettings,
    patience: Patience,
    limits: Limits = LIMITS,
    most: int = MOST_SENT,
) -> Mapping[str, bytes]:
    """Of a remote, by the user's own credentials where it wants some. Raises GitError."""

    def asked(login: GitLogin) -> Mapping[str, bytes]:
        remote = GitRemote(url, login, settings, patience, thin=False)
        try:
            with tempfile.TemporaryDirectory(prefix="fluxtui-git-") as folder:
                return remote.files_at(folder, commit, limits, most)
        finally:
            remote.close()

    return by_login(url, settings, asked)
