"""The user's own credentials for a Git remote, as git itself would find them.

Git is asked (`git credential fill`), so that whatever helper somebody has set up works. It gets no
terminal and little time; where there is no git there are no credentials. Nothing is stored, and no
Secret of a cluster is ever read for this.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

from fluxtui.artifacts.gitlogin import GitLogin
from fluxtui.domain.proxies import bare

_LONGEST = 10.0
_SILENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "SSH_ASKPASS": "true",
    "GCM_INTERACTIVE": "never",
}


def users_own(url: str, environ: Mapping[str, str] | None = None) -> GitLogin:
    """What git has for the address; an empty login when it has nothing, or there is no git."""
    parts = urlsplit(url)
    question = f"protocol={parts.scheme}\nhost={bare(parts)}\npath={parts.path.lstrip('/')}\n\n"
    if "\n" in url or "\0" in url:
        return GitLogin()
    try:
        done = subprocess.run(
            ["git", "credential", "fill"],
            input=question,
            env={**(os.environ if environ is None else environ), **_SILENT},
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return GitLogin()
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    if done.returncode or not told.get("password"):
        return GitLogin()
    return GitLogin(told.get("username", ""), told["password"])
