"""How much is suspended in an Environment: sources count as well as what applies them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import digest, ks, revision, snapshot, source

from fluxtui.domain.marks import PIN_INVERSE, inverse_text
from fluxtui.domain.resource import Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.engine.publication.ledger import Ledger
from fluxtui.engine.publication.store import Batch, Touch


def kept(ledger: Ledger, seen: Snapshot, *touched: Resource) -> Snapshot:
    """The Snapshot after these objects have come, or are otherwise now."""
    touches = tuple(Touch(one.key, None, one) for one in touched)
    return ledger.keep(Batch(seen, touches, frozenset(), (), True), seen)


def pinned(*, suspend: bool) -> Resource:
    ref = {"semver": ">=0.0.0", "digest": digest("a")}
    return source(
        name="web",
        ref=ref,
        stored=revision("1.4.2", "a"),
        suspend=suspend,
        annotations={PIN_INVERSE: inverse_text(digest("a"), None)},
    )


def test_a_suspended_source_counts_as_what_applies_it_does_and_a_pin_does_not() -> None:
    ledger = Ledger()
    seen = kept(ledger, snapshot(), source(suspend=True), ks(suspend=True), pinned(suspend=False))
    assert (seen.holds["staging"].suspended, seen.holds["staging"].held) == (2, 3)
    seen = kept(ledger, seen, pinned(suspend=True))
    assert (seen.holds["staging"].suspended, seen.holds["staging"].held) == (3, 4)
    seen = kept(ledger, seen, ks(), pinned(suspend=False))
    assert (seen.holds["staging"].suspended, seen.holds["staging"].held) == (1, 2)
