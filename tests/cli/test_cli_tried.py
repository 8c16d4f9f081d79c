"""`tags` says of a tag how it went where it was tried, in the table and as data."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import ks, revision, snapshot, source, tag_list

from fluxtui.cli.forms import tags as form
from fluxtui.cli.tags import _listed, _shown, _text

FAILED = (revision("1.5.0", "b"), "HealthCheckFailed", "2026-11-23T02:00:00Z")


def test_a_tag_that_failed_here_says_so_before_the_policy_has_a_word() -> None:
    seen = snapshot(
        source(ref={"semver": "1.x"}, stored=revision("1.4.2", "a")),
        ks(applied=revision("1.4.2", "a"), history=(FAILED,)),
        tags=[tag_list({"1.4.2": "a", "1.5.0": "b"})],
    )
    key = source().key
    verdicts, listed = _shown(seen, key), _listed(seen, key)
    row = next(line for line in _text(seen, key, verdicts, ()).splitlines() if "1.5.0 " in line)
    assert "failed here: HealthCheckFailed; the highest admitted by" in row
    body = form.tags(seen, {key: verdicts}, {key: listed})
    told = {tag["tag"]: tag["reason"] for tag in body["items"][0]["tags"]}
    assert told["1.5.0"].startswith("failed here: HealthCheckFailed; ")
    assert not told["1.4.2"].startswith("failed")
