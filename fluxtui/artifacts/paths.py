"""Where the parts of a repository are on a registry's host, as the distribution specification says.

Host and path without a scheme: which scheme a host is spoken to with is the connection's business.
"""

from __future__ import annotations

from fluxtui.kit.records import NamedTuple


class Paths(NamedTuple):
    """Of one repository at `host[:port]`."""

    host: str
    repository: str

    def tags(self, page: int) -> str:
        """Its tags, so many a page."""
        return f"{self._root}/tags/list?n={page}"

    def manifest(self, target: str) -> str:
        """The manifest of a tag or a digest."""
        return f"{self._root}/manifests/{target}"

    def blob(self, digest: str) -> str:
        """A blob."""
        return f"{self._root}/blobs/{digest}"

    def uploads(self) -> str:
        """Where an upload of a blob begins."""
        return f"{self._root}/blobs/uploads/"

    def referrers(self, digest: str) -> str:
        """What refers to a manifest."""
        return f"{self._root}/referrers/{digest}"

    @property
    def _root(self) -> str:
        return f"{self.host}/v2/{self.repository}"
