"""Indexes of charts kept between two runs, so that the next one asks only whether there is another.

The text lies among the blobs, by its digest and within their bound; beside them a small record for
each address says which text it is and how to ask about it. A record or text that is damaged, gone
or cannot be written counts as absent: then the index is fetched whole. Addresses are not written
down, as there may be a token in one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from fluxtui.artifacts.cache import BlobCache
from fluxtui.artifacts.chartindex import FetchedIndex, Validators
from fluxtui.domain.errors import ConfigError
from fluxtui.kit.private import write_private

RECORDS = 200
"""Addresses that are remembered; the oldest give way."""
_LONGEST = 4096  # characters of a record


class IndexCache:
    """Records below `folder`, texts among the blobs in it."""

    def __init__(self, folder: Path, records: int = RECORDS) -> None:
        self._folder = folder / "indexes"
        self._blobs = BlobCache(folder)
        self._most = records

    def get(self, url: str) -> FetchedIndex | None:
        """What was kept of that address, whole and verified; None for nothing."""
        record = self._record(url)
        digest = str(record.get("digest", ""))
        known = Validators(str(record.get("etag", "")), str(record.get("modified", "")))
        body = self._blobs.get(digest) if known.headers() else None
        return FetchedIndex(body, known) if body is not None else None

    def put(self, url: str, index: FetchedIndex) -> None:
        """Keep it, if its host tells one text from another."""
        if not index.known.headers():
            return
        digest = f"sha256:{hashlib.sha256(index.body).hexdigest()}"
        names = {"digest": digest, "etag": index.known.etag, "modified": index.known.modified}
        text = json.dumps(names)
        if len(text) > _LONGEST:
            return
        with contextlib.suppress(ConfigError, OSError):
            self._blobs.put(digest, index.body)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._path(url), text)
            self._evict()

    def _record(self, url: str) -> Mapping[str, object]:
        try:
            with self._path(url).open(encoding="utf-8") as file:
                record = json.loads(file.read(_LONGEST + 1))
        except (OSError, ValueError, RecursionError):
            return {}
        return record if isinstance(record, dict) else {}

    def _path(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()}.json"

    def _evict(self) -> None:
        """Forget the oldest records; another process may be doing the same."""
        files = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[: -self._most]:
            file.unlink(missing_ok=True)
