"""Dangers that only a cluster can tell of: what is asked, and what each answer means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from review_pairs import OWN, delivered

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.resource import Key
from fluxtui.domain.review.asked import ASKING, judged_answers, wanted_of
from fluxtui.domain.review.wanted import Heard

POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %s
  template:
    spec:
      %s
      containers:
        - {name: web, image: "a:1", %s}
"""
ENV = "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a%s}}}]"
FROM = "envFrom: [{configMapRef: {name: db%s}}]"
VOLUME = "volumes: [{name: v, secret: {secretName: db%s}}]"
PROJECTED = "volumes: [{name: v, projected: {sources: [{configMap: {name: db%s}}]}}]"
PULL = "imagePullSecrets: [{name: db}]"
SECRET = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: x}\n"
CONFIG = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {a: x}\n"
EXTERNAL = """---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: other}
spec: {target: {name: %s}}
"""
DATABASE = """---
apiVersion: acid.example.com/v1
kind: Cluster
metadata: {name: %s}
spec: {size: 3}
"""
BOAT = "apiVersion: sea.example.com/v1\nkind: Boat\nmetadata: {name: b}\nspec: {size: %s}\n"
DEFINITION = """---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com}
spec: {group: sea.example.com, names: {kind: Boat}, versions: [{name: v1, served: true}]}
"""
NAMESPACED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: %s}\n"
NAMESPACE = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s, namespace: ''}\n"
KNOWN = {
    "image a:1",
    "Deployment (apps/v1)",
    "ConfigMap (v1)",
    "Secret (v1)",
    "Namespace (v1)",
    "CustomResourceDefinition (apiextensions.k8s.io/v1)",
    "Namespace/apps",
}


def heard(before: str, after: str, *there: str, **how: bool) -> tuple[Danger, ...]:
    """What all rules say where the cluster has `there`, and what every cluster has."""
    has = {*KNOWN, *there}
    wanted = wanted_of([delivered(before, after, **how)])
    return judged_answers(
        (w, Heard(not w.gone and (str(w.asked) in has or "*" in there))) for w in wanted
    )


def pod(more: str = "", container: str = "", replicas: int = 1) -> str:
    return POD % (replicas, more, container)


HAVE_IT = [
    ("reference-missing", "", pod("", ENV % "")),
    ("reference-missing", "", pod("", FROM % "")),
    ("reference-missing", "", pod(VOLUME % "")),
    ("reference-missing", pod(), pod(PROJECTED % "")),
    ("reference-missing", "", pod(PULL)),
    ("reference-missing", pod("", ENV % "") + SECRET, pod("", ENV % "")),
    ("reference-missing", "", pod("", ENV % "") + EXTERNAL % "another"),
    ("reference-missing", "", pod("", ENV % "") + CONFIG),
    ("kind-unserved", "", BOAT % 1),
    ("kind-unserved", "", BOAT % 1 + DEFINITION.replace("name: v1", "name: v2")),
    ("image-missing", "", pod().replace("a:1", "b:2")),
    ("image-missing", pod(), pod().replace("a:1", "a:2")),
    ("namespace-missing", "", NAMESPACED % "new"),
    ("namespace-missing", NAMESPACED % "a" + NAMESPACE % "a", NAMESPACED % "a"),
]
HAVE_NOT = [
    ("reference-missing", "", pod("", ENV % ", optional: true")),
    ("reference-missing", "", pod("", FROM % ", optional: true")),
    ("reference-missing", "", pod(VOLUME % ", optional: true")),
    ("reference-missing", "", pod("", ENV % "") + SECRET),
    ("reference-missing", "", pod("", ENV % "") + EXTERNAL % "db"),
    ("reference-missing", pod("", ENV % ""), pod("", ENV % "") + CONFIG),
    ("reference-missing", "", pod("", FROM.replace("db", "kube-root-ca.crt") % "")),
    ("kind-unserved", "", BOAT % 1 + DEFINITION),
    ("kind-unserved", "", CONFIG),
    ("image-missing", pod().replace("a:1", "b:2"), pod("", "", 3).replace("a:1", "b:2")),
    ("namespace-missing", "", NAMESPACED % "new" + NAMESPACE % "new"),
    ("namespace-missing", NAMESPACED % "new", NAMESPACED % "new" + CONFIG),
    ("namespace-missing", "", NAMESPACED % "apps"),
]


# What a delivery itself takes away, or defines otherwise, the cluster cannot make good.
ASKED = [case for case in HAVE_IT if case[1] == "" and "name: v2" not in case[2]]


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_IT)
def test_it_is_found_where_the_cluster_lacks_it(rule: str, before: str, after: str) -> None:
    assert rule in {danger.rule for danger in heard(before, after)}


@pytest.mark.parametrize(("rule", "before", "after"), HAVE_NOT)
def test_it_is_not_where_it_only_looks_like_it(rule: str, before: str, after: str) -> None:
    assert rule not in {danger.rule for danger in heard(before, after)}


@pytest.mark.parametrize(("rule", "before", "after"), ASKED)
def test_it_is_not_where_the_cluster_has_it(rule: str, before: str, after: str) -> None:
    assert rule not in {danger.rule for danger in heard(before, after, "*")}


def test_every_rule_is_told_of_here() -> None:
    assert {rule for rule, *_ in HAVE_IT} == {rule for rule, *_ in HAVE_NOT}
    assert {rule for rule, *_ in HAVE_IT} == {rule.id for rule in ASKING} - {
        "image-moved",
        "crd-in-use",
        "admission-refused",
    }


def test_what_nobody_could_say_is_no_danger_and_no_clean_bill() -> None:
    wanted = wanted_of([delivered("", pod("", ENV % "") + BOAT % 1 + NAMESPACED % "new")])
    assert judged_answers((one, Heard(None, "403")) for one in wanted) == ()


def test_what_another_build_of_the_same_delivery_brings_is_there() -> None:
    other = Key("production", "kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "base")
    both = [delivered("", pod("", ENV % "")), replace(delivered("", SECRET), kustomization=other)]
    assert "reference-missing" not in {w.rule for w in wanted_of(both)}
    elsewhere = [both[0], replace(both[1], kustomization=other._replace(environment="staging"))]
    assert "reference-missing" in {w.rule for w in wanted_of(elsewhere)}


def test_how_bad_it_is_follows_from_what_it_is_needed_for() -> None:
    (danger,) = heard("", pod("", ENV % ""))
    assert danger.level is Gravity.STOP and danger.kustomization == OWN
    assert danger.says == (
        "Deployment/apps/web needs Secret/apps/db, which neither build nor cluster has (A of web)"
    )
    (danger,) = heard("", pod(PULL))
    assert danger.level is Gravity.CARE and "its pull secret" in danger.says
    operated = pod("", (ENV % "").replace("db", "pg-app")) + DATABASE % "pg"
    (danger,) = heard("", operated, "Cluster (acid.example.com/v1)")
    assert danger.level is Gravity.CARE and "Cluster/apps/pg may make it" in danger.says
    (danger,) = heard(pod("", ENV % "") + SECRET, pod("", ENV % ""))[-1:]
    assert "which this delivery deletes" in danger.says


def test_a_secret_that_the_delivery_deletes_is_asked_of_nobody() -> None:
    wanted = wanted_of([delivered(pod("", ENV % "") + SECRET, pod("", ENV % ""))])
    assert [w.gone for w in wanted if w.rule == "reference-missing"] == [True]
    kept = wanted_of([delivered(pod("", ENV % "") + SECRET, pod("", ENV % ""), prune=False)])
    assert "reference-missing" not in {w.rule for w in kept}


def keyed(*keys: str, known: bool = True) -> tuple[Danger, ...]:
    """What is said of a Pod that needs `a` of Secret db, which the cluster has with these keys."""
    wanted = wanted_of([delivered("", pod("", ENV % ""))])
    answer = Heard(True, keys=keys if known else None)
    return judged_answers((w, answer) for w in wanted if w.rule == "reference-missing")


def test_a_key_that_the_cluster_does_not_have_is_found_and_one_it_has_is_not() -> None:
    (danger,) = keyed("b", "aa")
    assert danger.rule == "key-missing" and danger.level is Gravity.STOP
    assert danger.says == (
        "Deployment/apps/web needs a of Secret/apps/db, which does not have it in the cluster"
        " (A of web)"
    )
    assert keyed("a", "b") == ()
    assert keyed(known=False) == (), "nobody says which keys it has"


def test_of_what_comes_whole_no_key_is_asked_for() -> None:
    wanted = wanted_of([delivered("", pod("", FROM % ""))])
    (one,) = (w for w in wanted if w.rule == "reference-missing")
    assert one.keys == () and judged_answers([(one, Heard(True, keys=()))]) == ()


def test_what_many_objects_miss_is_one_danger_that_names_them() -> None:
    pods = "---".join(pod("", ENV % "").replace("name: web}", f"name: web-{n}}}") for n in range(9))
    (danger,) = (d for d in heard("", pods) if d.rule == "reference-missing")
    assert danger.says.startswith("Deployment/apps/web-0 needs Secret/apps/db")
    assert danger.look[0] == "Deployment/apps/web-1 too" and danger.look[-1] == "... 2 more"
