"""How far a Git remote is ahead of a commit, with as little of it fetched as can be.

First its references; when these lead elsewhere, the commits between, without their trees where the
server can do that, and no more than a bounded number of bytes. What cannot be counted so is said to
be ahead, without a number. Blocking, for a thread.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import TypeVar

from fluxtui.artifacts.gitcredentials import users_own
from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.artifacts.gitremote import GitRemote
from fluxtui.artifacts.gitwire import Patience
from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ArtifactError, GitError
from fluxtui.domain.gitreference import GitReference, Head
from fluxtui.domain.revision import commit_of

T = TypeVar("T")
MOST_BYTES = 4 << 20


def ahead(
    url: str, wanted: GitReference, stored: str, settings: RegistrySettings, patience: Patience
) -> tuple[str, int | None]:
    """The remote's revision of the reference ("" when it has none), and how many commits it has
    that the revision `stored` has not: None when they were not counted. Raises GitError.

    Asked without credentials first; with the user's own when the remote wants some.
    """
    return by_login(
        url, settings, lambda login: _asked(url, login, wanted, stored, settings, patience)
    )


def by_login(url: str, settings: RegistrySettings, ask: Callable[[GitLogin], T]) -> T:
    """The answer without credentials; by the user's own where the remote wants some. Raises
    GitError."""
    try:
        return ask(GitLogin())
    except GitError as error:
        login = users_own(url) if "authentication required" in error.what else GitLogin()
        if not login.authorization or login.refusal(url, settings):
            raise
    return ask(login)


def _asked(
    url: str,
    login: GitLogin,
    wanted: GitReference,
    stored: str,
    settings: RegistrySettings,
    patience: Patience,
) -> tuple[str, int | None]:
    remote = GitRemote(url, login, settings, patience, thin=False)
    try:
        head = remote.head(wanted)
        if head is None:
            return "", None
        if head.revision == stored:
            return head.revision, 0
        return head.revision, _counted(remote, head, commit_of(stored))
    finally:
        remote.close()


def _counted(remote: GitRemote, head: Head, stored: str) -> int | None:
    if not stored:
        return None
    if stored == head.commit:
        return 0
    with tempfile.TemporaryDirectory(prefix="fluxtui-git-") as folder:
        try:
            commits = remote.between(folder, head.commit, stored, MOST_BYTES)
        except (GitError, ArtifactError):
            return None
    seen: set[str] = set()
    open_, joined = [head.commit], False
    while open_:
        commit = open_.pop()
        if commit == stored:
            joined = True
        elif commit in commits and commit not in seen:
            seen.add(commit)
            open_ += commits[commit].parents
    return len(seen) if joined else None
