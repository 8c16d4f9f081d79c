"""A digest wears its tag wherever it is shown, also where no registry is asked for it."""

from __future__ import annotations

import json
import re

import pytest
from cli_delivery import Shell
from cli_objects import RELEASE, ks, oci, pushed, put

BARE = re.compile(r"(?<!\()sha256:[0-9a-f]{8}")


@pytest.mark.parametrize(
    "words",
    [
        "chain", "get ks", "get sources", "events", "diff app --patches",
        "trace deploy/apps/web", f"diff app --to {RELEASE}", "versions", "status",
    ],
)  # fmt: skip
def test_what_fluxtui_pinned_is_read_by_its_tag_everywhere(shell: Shell, words: str) -> None:
    digest = pushed(shell, RELEASE, b"2")
    shell.cluster("staging")
    held = dict(oci("app", digest, digest=digest, semver="*"))
    noted = json.dumps({"digest": None, "pinned": digest, "tag": RELEASE})
    notes = {"annotations": {"fluxtui.dev/pin-inverse": noted}}
    held["metadata"] = {**held["metadata"], **notes}
    member = dict(ks("web", digest))
    inventory = {"entries": [{"id": "apps_web_apps_Deployment", "v": "v1"}]}
    member["status"] = {**member["status"], "inventory": inventory}
    put(shell, "staging", (held, member))
    said = shell(*words.split(), "-e", "staging")
    assert said.code == 0 and RELEASE in said.out, said
    assert not BARE.search(said.out), said.out
