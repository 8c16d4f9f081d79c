"""What a Plan rests on: what people set of an object, field by field, and none of its text."""

from __future__ import annotations

from typing import Any

from fluxtui.domain.fingerprint import differences, fingerprint
from fluxtui.domain.kinds.kind import REQUESTED_AT
from fluxtui.domain.resource import LAST_APPLIED, Resource

SPEC = {"interval": "1m", "ref": {"tag": "1", "digest": ""}}


def of(spec: Any = None, **metadata: Any) -> dict[str, str]:
    meta = {"name": "web", "namespace": "apps", **metadata}
    api = "source.toolkit.fluxcd.io/v1"
    body = {"apiVersion": api, "kind": "OCIRepository", "metadata": meta, "spec": spec or SPEC}
    return fingerprint(Resource.from_object("staging", body))


def test_each_field_that_people_set_has_a_mark_of_its_own() -> None:
    one = of(labels={"app": "web"}, annotations={"note": "hunter2"})
    assert list(one) == ["annotation note", "label app", "spec.interval", "spec.ref"]
    assert len(set(one.values())) == 4 and all(len(mark) == 16 for mark in one.values())
    assert "hunter2" not in repr(one), "a Plan file is read by others"


def test_what_was_set_changed_or_taken_away_in_between_is_named() -> None:
    before = of(labels={"app": "web", "team": "a"})
    after = of(
        {"interval": "1m", "ref": {"tag": "2"}}, labels={"app": "web"}, annotations={"n": "x"}
    )
    assert differences(before, after) == ("annotation n", "label team", "spec.ref")
    assert differences(before, before) == ()
    turned = {"ref": {"digest": "", "tag": "1"}, "interval": "1m"}
    assert differences(of(), of(turned)) == (), "the order of fields says nothing"


def test_what_controllers_and_kubectl_note_is_nothing_that_people_set() -> None:
    books = {REQUESTED_AT: "now", LAST_APPLIED: "{}"}
    assert of(annotations=books) == of()
    assert of(resourceVersion="9", generation=4) == of()
