"""How registries differ, and how one can lie, as one value; bad networks are faults (world/faults).

Tests turn these while the server runs. This module decides nothing.
Needed by the artifact client's and the Engine's tests of other registries than ours; `rehearsed`
by a review of a build that the demo has broken, which asks for its images.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Knobs:
    """The registry's behaviour. Durations in seconds."""

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
    lying_blobs: bool = False
    """Blob downloads carry other bytes than their digest says."""
    redirect_blobs: str = ""
    """Base URL that blob downloads are redirected to, as object stores are; `self`: our own."""
    head_manifests: bool = True
    """HEAD on manifests is served; otherwise 405."""
    delete_by_tag: bool = True
    """DELETE of a tag removes that tag alone; otherwise 400 UNSUPPORTED."""
    rehearsed: tuple[str, ...] = ()
    """Ends of tags under which whatever stands without them is read too, and listed never: images
    that are there and break."""
    referrers: bool = True
    """The referrers API is served; otherwise 404, as older registries answer."""
