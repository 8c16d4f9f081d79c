"""What the rules that ask want to know: each thing once, of whom it is needed, and nothing else."""

from __future__ import annotations

import pytest
from review_pairs import OWN, delivered

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.asked import judged_answers, wanted_of
from fluxtui.domain.review.wanted import (
    DefinitionAsked,
    Heard,
    ImageAsked,
    KindAsked,
    ObjectAsked,
    WantedFact,
)

WEB = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, turn: "%s"}}
    spec: {containers: [%s]}
"""


def web(*containers: str, name: str = "web", turn: int = 1) -> str:
    return WEB % (name, turn, ", ".join(containers))


def one(image: str, name: str = "web", more: str = "") -> str:
    return f"{{name: {name}, image: '{image}'{more}}}"


def wanted(rule: str, before: str, after: str, **how: bool) -> list[WantedFact]:
    return [w for w in wanted_of([delivered(before, after, **how)]) if w.rule == rule]


def says(rule: str, before: str, after: str, answer: Heard = Heard(False)) -> list[str]:  # noqa: B008
    asked = wanted(rule, before, after)
    return [danger.says for danger in judged_answers((each, answer) for each in asked)]


# ---- images -------------------------------------------------------------------------------------


def test_an_image_is_asked_for_once_and_says_who_needs_it() -> None:
    after = web(one("a:1"), one("a:1", "side"), one("b:1", "init")) + web(one("a:1"), name="zoo")
    asked = wanted("image-missing", "", after)
    assert [(w.asked, w.needs) for w in asked] == [
        (ImageAsked("a:1"), "container web"),
        (ImageAsked("b:1"), "container init"),
    ]
    assert {w.kustomization for w in asked} == {OWN}
    assert says("image-missing", "", web(one("a:1"))) == [
        "Deployment/apps/web container web: image a:1 is not in its registry"
    ]


def test_what_goes_and_what_has_no_image_is_not_asked_for() -> None:
    assert wanted("image-missing", web(one("a:1")), "") == []
    assert wanted("image-missing", "", web("{name: web}")) == []


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ([one("a:1")], [one("a:1")], ["a:1"]),
        # What changes its image is in the diff, and another container's image is not its own.
        ([one("a:1")], [one("a:2")], []),
        ([one("a:1")], [one("a:1", "other")], []),
        ([one("a@sha256:1")], [one("a@sha256:1")], []),
        (["{name: web}"], ["{name: web}"], []),
        ([one("a:1"), one("b:1", "side")], [one("a:1"), one("b:1", "side")], ["a:1", "b:1"]),
    ],
)
def test_a_tag_may_have_moved_under_a_container_that_keeps_it(
    before: list[str], after: list[str], asked: list[str]
) -> None:
    found = wanted("image-moved", web(*before), web(*after, turn=2))
    assert [w.asked.image for w in found if isinstance(w.asked, ImageAsked)] == asked


def test_without_a_selector_nobody_can_find_the_pods_that_run() -> None:
    bare = web(one("a:1")).replace("  selector: {matchLabels: {app: web}}\n", "")
    assert wanted("image-moved", bare, bare.replace('"1"', '"2"')) == []


def test_a_registry_that_does_not_say_what_a_tag_is_says_not_that_it_moved() -> None:
    again = web(one("a:1")), web(one("a:1"), turn=2)
    running = ("sha256:" + "1" * 64,)
    assert says("image-moved", *again, Heard(True, running=running)) == []
    now = Heard(True, digests=("sha256:" + "2" * 64,), running=running)
    assert says("image-moved", *again, now) == [
        "Deployment/apps/web container web: a:1 is sha256:22222222 now, and sha256:11111111 runs:"
        " new Pods get another image under the same name"
    ]


# ---- kinds and namespaces -----------------------------------------------------------------------

BOAT = "---\napiVersion: sea.example.com/v1\nkind: Boat\nmetadata: {name: %s}\n"
DEFINITION = """---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com, namespace: ""}
spec:
  group: sea.example.com
  names: {kind: Boat}
  versions: [%s]
"""
V1 = "{name: v1, served: true}"
V2 = "{name: v2, served: true}"


def test_a_kind_is_asked_for_once_however_many_there_are() -> None:
    asked = wanted("kind-unserved", "", BOAT % "a" + BOAT % "b")
    assert [(w.asked, w.by) for w in asked] == [
        (KindAsked("sea.example.com/v1", "Boat"), ObjectId("apps", "a", "sea.example.com", "Boat"))
    ]


def test_whoever_serves_no_such_kind_is_named() -> None:
    assert says("kind-unserved", "", BOAT % "a") == [
        "Boat/apps/a cannot be applied: the cluster serves no Boat (sea.example.com/v1)"
    ]
    own = says("kind-unserved", "", BOAT % "a" + DEFINITION % V2)
    assert any("the definition in this build serves no Boat" in each for each in own)
    unserved = DEFINITION % "{name: v1, served: false}"
    assert any(w.gone for w in wanted("kind-unserved", "", BOAT % "a" + unserved))


MAP = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: %s}\n"
SPACE = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s, namespace: ''}\n"


def test_a_namespace_is_asked_for_once_and_never_for_what_has_none() -> None:
    asked = wanted("namespace-missing", "", MAP % ("a", "new") + MAP % ("b", "new"))
    (target,) = [w.asked.target for w in asked if isinstance(w.asked, ObjectAsked)]
    assert (target.kind, target.name) == ("Namespace", "new")
    assert wanted("namespace-missing", "", DEFINITION % V1) == []


def test_a_namespace_that_goes_is_told_from_one_that_never_was() -> None:
    assert says("namespace-missing", "", MAP % ("a", "new")) == [
        "ConfigMap/new/a goes to namespace new, which neither build nor cluster has"
    ]
    gone = says("namespace-missing", MAP % ("a", "new") + SPACE % "new", MAP % ("a", "new"))
    assert gone == ["ConfigMap/new/a goes to namespace new, which this delivery deletes"]


# ---- definitions --------------------------------------------------------------------------------


def test_a_definition_is_asked_about_by_what_objects_are_counted_by() -> None:
    both = DEFINITION % f"{V1}, {V2}"
    (fewer,) = wanted("crd-in-use", both, DEFINITION % V2)
    name = "boats.sea.example.com"
    schemas = "[{}, {}]"  # those of v2, the version that stays
    assert fewer.asked == DefinitionAsked(
        name, "sea.example.com", "v2", "Boat", ("v2",), False, schemas
    )
    (gone,) = wanted("crd-in-use", both, "")
    assert gone.asked == DefinitionAsked(name, "sea.example.com", "v1", "Boat", (), True)
    bare = DEFINITION.partition("spec:")[0]
    (odd,) = wanted("crd-in-use", bare, "")
    assert odd.asked == DefinitionAsked(name, "", "", "", (), True), "what is not there is empty"


def test_only_definitions_that_lose_something_are_asked_about() -> None:
    assert wanted("crd-in-use", web(one("a:1")), "") == [], "no definition"
    assert wanted("crd-in-use", "", DEFINITION % V1) == [], "a new one has no objects"
    assert wanted("crd-in-use", DEFINITION % V1, DEFINITION % V1 + web(one("a:1"))) == []


# ---- what an admission says ---------------------------------------------------------------------


@pytest.mark.parametrize(("there", "dangers"), [(False, 1), (True, 0), (None, 0)])
def test_only_a_refusal_is_one(there: bool | None, dangers: int) -> None:
    by = ObjectId("apps", "web", "apps", "Deployment")
    asked = WantedFact("admission-refused", KindAsked("apps/v1", "Deployment"), OWN, by)
    found = judged_answers([(asked, Heard(there, "no root"))])
    assert len(found) == dangers
    for danger in found:
        assert danger == Danger(
            "admission-refused", Gravity.STOP, "Deployment/apps/web is refused: no root", by, OWN
        )


# ---- what Pods need -----------------------------------------------------------------------------

MAKER = """---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: %s, namespace: %s}
spec: %s
"""


def needing(*names: str) -> str:
    entries = ", ".join(
        f"{{name: V{n}, valueFrom: {{secretKeyRef: {{name: {name}, key: a}}}}}}"
        for n, name in enumerate(names)
    )
    return web(one("a:1", more=f", env: [{entries}]"))


def missing(after: str, before: str = "") -> list[WantedFact]:
    return wanted("reference-missing", before, after)


@pytest.mark.parametrize(
    ("uses", "says"),
    [
        (1, "V0 of web"),
        (2, "V0 of web, V1 of web"),
        (3, "V0 of web, V1 of web and 1 more"),
        (5, "V0 of web, V1 of web and 3 more"),
    ],
)
def test_what_it_is_needed_for_is_said_of_two_and_counted_of_the_rest(uses: int, says: str) -> None:
    (asked,) = missing(needing(*["db"] * uses))
    assert asked.needs == says


def test_what_only_pulls_an_image_is_less_than_what_a_container_reads() -> None:
    pulling = web(one("a:1")).replace("spec: {cont", "spec: {imagePullSecrets: [{name: db}], cont")
    both = needing("db").replace("spec: {cont", "spec: {imagePullSecrets: [{name: db}], cont")
    assert [w.level for w in missing(pulling)] == [Gravity.CARE]
    assert [w.level for w in missing(both)] == [Gravity.STOP]


@pytest.mark.parametrize(
    ("maker", "asked"),
    [
        (MAKER % ("db", "apps", "{}"), []),  # of its name
        (MAKER % ("x", "apps", "{target: {name: db}}"), []),  # that names it
        (MAKER % ("x", "apps", "{targets: [{into: [other, db]}]}"), []),
        (MAKER % ("x", "''", "{target: {name: db}}"), []),  # of the whole cluster
        (MAKER % ("db", "elsewhere", "{}"), [""]),  # that cannot make it here
        (MAKER % ("x", "apps", "{target: {name: dba}}"), [""]),
        (MAKER % ("x", "apps", "{count: 3}"), [""]),
    ],
)
def test_what_may_make_a_secret_is_believed_where_it_can(maker: str, asked: list[str]) -> None:
    found = missing(needing("db") + maker)
    assert [w.needs.partition("; ")[2] for w in found] == asked


def test_a_name_is_looked_for_only_so_deep() -> None:
    def nested(depth: int) -> str:
        return "{a: " * depth + "db" + "}" * depth

    assert missing(needing("db") + MAKER % ("x", "apps", nested(12))) == []
    assert len(missing(needing("db") + MAKER % ("x", "apps", nested(30)))) == 1


def test_a_pod_without_a_namespace_needs_nothing_that_could_be_asked_for() -> None:
    nowhere = needing("db").replace("{name: web}\n", "{name: web, namespace: ''}\n", 1)
    assert missing(nowhere) == []
