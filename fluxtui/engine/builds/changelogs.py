"""Reads what lies between two revisions of a build's source, for a review.

First out of a checkout that the configuration names or publishes the service from; else of the
remote, and that only where the user lets Git remotes be asked. Whatever goes wrong is the answer's
error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fluxtui.domain.ask import ReviewCommits
from fluxtui.domain.commitrange import MOST_COMMITS, Changelog, Commit, CommitRange
from fluxtui.domain.config import Config
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.service import configured, repository_path
from fluxtui.kit.asides import aside

LONGEST = 20.0
_AT_ONCE = 4


class ChangelogReader:
    """Lives on the Engine's loop."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def answer(self, question: ReviewCommits) -> tuple[Changelog, ...]:
        """One for each range, in their order. Never raises for what a remote answers."""
        return tuple(await asyncio.gather(*map(self._of, question.ranges)))

    async def _of(self, asked: CommitRange) -> Changelog:
        async with self._slots:
            try:
                return await aside(lambda over: self._read(asked, over), f"commits {asked.source}")
            except FluxtuiError as error:
                return Changelog(asked, error=error.what)

    def _read(self, asked: CommitRange, over: Callable[[], bool]) -> Changelog:
        from fluxtui.artifacts.gitlog import GitLog, checkout_log, remote_log
        from fluxtui.artifacts.gitwire import Patience
        from fluxtui.artifacts.settings import RegistrySettings

        service = configured(repository_path(asked.repository), self._config.services)
        log: GitLog | None = None
        published = service.folder if service is not None else ""
        for folder in (published, self._config.checkout(asked.source)):
            if folder and log is None:
                log = checkout_log(folder, asked.old, asked.new)
        if log is None:
            why = self._unasked(asked.source)
            if why:
                return Changelog(asked, error=why)
            about = self._config.registries
            settings = RegistrySettings(ca_files=about.ca_files, plain_http=about.plain_http)
            patience = Patience(LONGEST, over)
            log = remote_log(asked.source, asked.old, asked.new, settings, patience)
        few = tuple(Commit(id_, one.subject) for id_, one in log.commits[:MOST_COMMITS])
        return Changelog(asked, few, max(0, len(log.commits) - MOST_COMMITS), log.back)

    def _unasked(self, source: str) -> str:
        """Why the remote is not asked."""
        if not source:
            return "the manifests name no source"
        if not source.startswith(("http://", "https://")):
            return f"{source} is no remote over HTTP or HTTPS"
        return "" if self._config.ask_remotes else "its remote is not asked: git.askRemotes is off"
