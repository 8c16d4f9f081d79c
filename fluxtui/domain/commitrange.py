"""What lies between two revisions of a build's source: the range, and the commits that were read of
it, as values. Subjects of commits are data of whoever wrote them.
"""

from __future__ import annotations

from fluxtui.kit.values import frozen

MOST_COMMITS = 20


@frozen
class CommitRange:
    """From what runs to the build that comes, by their commits (40 hex digits).

    `source`: the Git remote that both were made of, as the manifest says; `repository`: the
    artifact's `oci://...`; `page`: where a forge shows the range, "" where none is known to.
    """

    environments: tuple[str, ...]
    build: str
    repository: str
    source: str
    old: str
    new: str
    page: str = ""

    @property
    def says(self) -> str:
        """`1a2b3c4d..5e6f7a8b of https://...`."""
        return f"{self.old[:8]}..{self.new[:8]}{f' of {self.source}' if self.source else ''}"


@frozen
class Commit:
    """One of them: 40 hex digits, and the first line of what was said of it."""

    id: str
    subject: str


@frozen
class Changelog:
    """The commits of a range, the newest first: at most MOST_COMMITS, and how many `more` there
    are. `back`: they are taken back, for the build is the older one. `error`: why none was read,
    "" when they were."""

    range: CommitRange
    commits: tuple[Commit, ...] = ()
    more: int = 0
    back: bool = False
    error: str = ""

    @property
    def unread(self) -> str:
        """What was not looked at, as a sentence; "" when it was."""
        return f"the commits {self.range.says}: {self.error}" if self.error else ""
