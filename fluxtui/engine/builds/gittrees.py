"""Gets the files of a commit that a Git source has or would have, for a review.

First out of a checkout that the configuration names; else of the remote, and that only where the
user lets Git remotes be asked. The last few are kept in memory: a review that is opened again
fetches nothing. What cannot be had is a GitError with what to do.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping

from fluxtui.domain.config import Config
from fluxtui.domain.errors import GitError
from fluxtui.domain.kinds import sources
from fluxtui.domain.resource import Resource
from fluxtui.kit.asides import aside

LONGEST = 60.0
_AT_ONCE = 2
_KEPT = 4
_CHECKOUT = "name a checkout of it under git.checkouts"


class GitTrees:
    """Lives on the Engine's loop."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._kept: OrderedDict[tuple[str, str], Mapping[str, bytes]] = OrderedDict()

    async def files(self, source: Resource, commit: str) -> Mapping[str, bytes]:
        """By path, as the source's artifact of that commit would have them before `.sourceignore`.
        Raises GitError."""
        whole = _unmade(source)
        if whole:
            raise GitError(whole, next="render it where Flux runs")
        place = (sources.url(source), commit)
        async with self._slots:
            files = self._kept.get(place)
            if files is None:
                files = await aside(lambda over: self._read(*place, over), f"commit {commit[:8]}")
            self._kept[place] = files
            self._kept.move_to_end(place)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return _sparse(files, source)

    def _read(self, url: str, commit: str, over: Callable[[], bool]) -> Mapping[str, bytes]:
        from fluxtui.artifacts.gittree import checkout_files, remote_files
        from fluxtui.artifacts.gitwire import Patience
        from fluxtui.artifacts.settings import RegistrySettings

        folder = self._config.checkout(url)
        files = checkout_files(folder, commit) if folder else None
        if files is not None:
            return files
        lacks = f"{folder} has no commit {commit[:8]}, and " if folder else ""
        if not self._config.ask_remotes:
            raise GitError(
                f"{lacks}its remote is not asked: git.askRemotes is off",
                next="fetch it in that checkout" if folder else f"turn that on, or {_CHECKOUT}",
            )
        if not url.startswith(("http://", "https://")):
            raise GitError(f"{lacks}only remotes over HTTP and HTTPS are asked", next=_CHECKOUT)
        about = self._config.registries
        settings = RegistrySettings(ca_files=about.ca_files, plain_http=about.plain_http)
        return remote_files(url, commit, settings, Patience(LONGEST, over))


def _unmade(source: Resource) -> str:
    """What of a source's files nobody here puts together, as a sentence."""
    if source.spec.get("include"):
        return "it includes files of other repositories, which are not put together here"
    if source.spec.get("recurseSubmodules") is True:
        return "it has submodules, which are not fetched here"
    return ""


def _sparse(files: Mapping[str, bytes], source: Resource) -> Mapping[str, bytes]:
    """What spec.sparseCheckout names, by the beginning of its path as Flux does."""
    folders = source.spec.get("sparseCheckout")
    if not isinstance(folders, list) or not folders:
        return files
    starts = tuple(str(folder).removeprefix("./") for folder in folders)
    return {name: data for name, data in files.items() if name.startswith(starts)}
