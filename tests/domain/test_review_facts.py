"""Dangers that need more of a cluster or a registry than whether something is there: how many
objects a definition has, what Pods run, what the API says to a trial.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from review_pairs import OWN, delivered

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.asked import judged_answers, wanted_of
from fluxtui.domain.review.wanted import DefinitionAsked, Heard, ImageAsked, ObjectAsked, WantedFact

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com, namespace: ""}
spec:
  group: sea.example.com
  names: {kind: Boat}
  versions: [%s]
"""
ONE_VERSION = "{name: v1, served: true, storage: true}"
BROKEN = "Boat/apps/a: spec.size: more than 9"
BOTH = "{name: v1beta1, served: true, storage: false}, " + ONE_VERSION


def in_use(
    before: str, after: str, stored: tuple[str, ...], count: int, *broken: str, cut: bool = False
) -> tuple[Danger, ...]:
    wanted = [w for w in wanted_of([delivered(before, after)]) if w.rule == "crd-in-use"]
    heard = Heard(True, stored=stored, count=count, broken=broken, cut=cut)
    return judged_answers((w, heard) for w in wanted)


def test_a_definition_that_loses_a_version_or_goes_is_judged_by_what_there_is() -> None:
    (dropped,) = in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1beta1", "v1"), 3)
    assert dropped.level is Gravity.STOP
    assert "drops v1beta1, in which objects are stored" in dropped.says
    (gone,) = in_use(CRD % ONE_VERSION, "", ("v1",), 3)
    assert gone.level is Gravity.LOSS and "3 objects are in the cluster and go with it" in gone.says


def test_objects_that_would_not_fit_are_named_and_the_rest_is_counted() -> None:
    (danger,) = in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1",), 20, BROKEN)
    assert danger.says.endswith(": 1 object of 20 in the cluster would not fit v1 any more")
    assert danger.level is Gravity.STOP and danger.look == (BROKEN,)
    eight = [f"Boat/apps/b{n}: spec.size: more than 9" for n in range(8)]
    (danger,) = in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1",), 20, *eight)
    assert danger.look == tuple(eight)
    many = (f"Boat/apps/b{n}: spec.size: more than 9" for n in range(10))
    (danger,) = in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1",), 2000, *many, cut=True)
    assert "10 objects of the first 2000" in danger.says and danger.look[-1] == "... 2 more"


def test_objects_are_tried_by_the_schema_of_the_version_that_they_will_be_stored_in() -> None:
    wanted = wanted_of([delivered(CRD % BOTH, CRD % ONE_VERSION)])
    (asked,) = (w.asked for w in wanted if isinstance(w.asked, DefinitionAsked))
    assert asked.version == "v1" and json.loads(asked.schemas) == [{}, {}]
    (goes,) = (
        w.asked
        for w in wanted_of([delivered(CRD % ONE_VERSION, "")])
        if isinstance(w.asked, DefinitionAsked)
    )
    assert goes.goes and goes.schemas == "" and not goes.rules
    rule = "schema: {openAPIV3Schema: {x-kubernetes-validations: [{rule: has(self.spec)}]}}"
    ruled = CRD % ONE_VERSION.replace("storage", f"{rule}, storage")
    (asked,) = (
        w.asked
        for w in wanted_of([delivered(CRD % ONE_VERSION, ruled)])
        if isinstance(w.asked, DefinitionAsked)
    )
    assert asked.rules, "nobody tries it, and that has to be said"


RUNS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, turn: "%s"}}
    spec: {containers: [{name: web, image: "a:1%s"}]}
"""
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def moved(
    before: str, after: str, digests: tuple[str, ...], running: tuple[str, ...]
) -> tuple[Danger, ...]:
    wanted = [w for w in wanted_of([delivered(before, after)]) if w.rule == "image-moved"]
    heard = Heard(True, "", digests, running)
    return judged_answers((w, heard) for w in wanted)


def test_what_runs_is_asked_of_the_pods_that_are_replaced() -> None:
    (wanted,) = (
        w for w in wanted_of([delivered(RUNS % (1, ""), RUNS % (2, ""))]) if w.rule == "image-moved"
    )
    assert wanted.asked == ImageAsked("a:1", "apps", (("app", "web"),), "web")


TRIED = ObjectAsked("v1", ObjectId("apps", "quota", "", "Pod"))
AGAIN = RUNS % (1, ""), RUNS % (2, "")
SCALED = (RUNS % (1, "")).replace("spec:\n  sel", "spec:\n  replicas: 2\n  sel")


def tried(answer: Heard) -> tuple[Danger, ...]:
    wanted = WantedFact("admission-refused", TRIED, OWN, TRIED.target)
    return judged_answers([(wanted, answer)])


Case = tuple[str, Callable[[], tuple[Danger, ...]]]
HAVE_IT: list[Case] = [
    ("crd-in-use", lambda: in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1beta1", "v1"), 0)),
    ("crd-in-use", lambda: in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1",), 1, BROKEN)),
    ("crd-in-use", lambda: in_use(CRD % ONE_VERSION, "", ("v1",), 3)),
    ("image-moved", lambda: moved(*AGAIN, (TWO,), (ONE,))),
    ("admission-refused", lambda: tried(Heard(False, "exceeded quota: pods"))),
]
HAVE_NOT: list[Case] = [
    ("crd-in-use", lambda: in_use(CRD % BOTH, CRD % ONE_VERSION, ("v1",), 3)),
    ("crd-in-use", lambda: in_use(CRD % ONE_VERSION, CRD % BOTH, ("v1",), 3)),
    ("crd-in-use", lambda: in_use(CRD % ONE_VERSION, "", ("v1",), 0)),
    ("image-moved", lambda: moved(*AGAIN, (ONE,), (ONE,))),
    ("image-moved", lambda: moved(*AGAIN, (TWO, ONE), (ONE,))),  # an index of what runs
    ("image-moved", lambda: moved(*AGAIN, (TWO,), ())),  # no Pod says what it runs
    (
        "image-moved",
        lambda: moved(RUNS % (1, "@" + ONE), RUNS % (2, "@" + ONE), (TWO,), (ONE,)),
    ),
    ("image-moved", lambda: moved(RUNS % (1, ""), SCALED, (TWO,), (ONE,))),  # its Pods stay
    ("admission-refused", lambda: tried(Heard(True))),
    ("admission-refused", lambda: tried(Heard(None, "pods is forbidden"))),
]


@pytest.mark.parametrize(("rule", "case"), HAVE_IT)
def test_it_is_found(rule: str, case: Callable[[], tuple[Danger, ...]]) -> None:
    assert rule in {danger.rule for danger in case()}


@pytest.mark.parametrize(("rule", "case"), HAVE_NOT)
def test_it_is_not_where_it_only_looks_like_it(
    rule: str, case: Callable[[], tuple[Danger, ...]]
) -> None:
    assert rule not in {danger.rule for danger in case()}
