"""What can be made to go wrong in the World's registry, as one value.

Tests and the demo turn these while the server runs; counting knobs ("the next N answers ...") are
used up as they strike. This module decides nothing about HTTP: it only holds and counts.
Needed by the artifact client's and the Engine's tests of bad registries.
"""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Knobs:
    """The registry's behaviour. Durations in seconds; a count of 0 means "never"."""

    down: bool = False
    """Every connection is closed unanswered."""
    latency: float = 0.0
    """Wait before each answer."""
    page_latency: float = 0.0
    """Further wait before each page of tags."""
    page_size: int = 0
    """At most so many tags on a page, whatever was asked for; 0: as asked for."""
    bearer: bool = False
    """Challenge with Bearer and a token endpoint; otherwise Basic."""
    realm: str = ""
    """Token endpoint named in the challenge; empty: our own `/token`."""
    token_ttl: float = 300.0
    """Life of a token."""
    anonymous_pull: bool = False
    """Reading needs no credentials (but, with `bearer`, a token all the same)."""
    expires_in: bool = True
    """The token endpoint says how long a token lives."""
    throttle: int = 0
    """The next N requests get 429 with `Retry-After`."""
    retry_after: str = "1"
    """Value of that header; empty: none is sent."""
    fail: int = 0
    """The next N requests get `fail_status`."""
    fail_status: int = 503
    hang: int = 0
    """The next N requests get no answer until the server stops (a half-open connection)."""
    cut: int = 0
    """The next N answers are cut in the middle of the body."""
    cut_blobs: int = 0
    """The next N blob downloads are cut in the middle of the body."""
    lying_blobs: int = 0
    """The next N blob downloads carry other bytes than their digest says."""
    redirect_blobs: str = ""
    """Base URL that blob downloads are redirected to, as object stores are; `self`: our own."""
    head_manifests: bool = True
    """HEAD on manifests is served; otherwise 405."""
    delete_by_tag: bool = True
    """DELETE of a tag removes that tag alone; otherwise 400 UNSUPPORTED."""
    referrers: bool = True
    """The referrers API is served; otherwise 404, as older registries answer."""


class Panel:
    """The knobs as they stand now; safe to turn and to read from any thread."""

    def __init__(self, knobs: Knobs) -> None:
        self._lock = threading.Lock()
        self._knobs = knobs

    @property
    def now(self) -> Knobs:
        return self._knobs

    def turn(self, **changes: object) -> Knobs:
        """Change some knobs; returns all of them. Raises TypeError for an unknown one."""
        with self._lock:
            self._knobs = dataclasses.replace(self._knobs, **changes)  # type: ignore[arg-type]
            return self._knobs

    def strikes(self, name: str) -> bool:
        """True when the counting knob `name` strikes now; uses it up by one."""
        if not getattr(self._knobs, name):
            return False
        with self._lock:
            left = getattr(self._knobs, name)
            if left > 0:
                self._knobs = dataclasses.replace(self._knobs, **{name: left - 1})
            return bool(left > 0)
