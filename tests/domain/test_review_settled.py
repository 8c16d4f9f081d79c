"""Two ways to write one object, which the API holds alike, and two that only look alike."""

from __future__ import annotations

from typing import Any

import pytest

from fluxtui.domain.review.settled import settled


def alike(one: Any, other: Any) -> bool:
    return bool(settled({"spec": one}) == settled({"spec": other}))


POD = {"containers": [{"name": "a", "image": "a:1"}]}


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({"dnsPolicy": "ClusterFirst"}, {"dnsPolicy": "Default"}),
        ({"restartPolicy": "Always"}, {"restartPolicy": "Never"}),
        ({"hostNetwork": False}, {"hostNetwork": True}),
        ({"hostNetwork": False}, {"hostNetwork": 0}),
        ({"enableServiceLinks": True}, {"enableServiceLinks": 1}),
        ({"terminationGracePeriodSeconds": 30}, {"terminationGracePeriodSeconds": 31}),
        ({"completions": 1}, {"completions": True}),
        ({"securityContext": {}}, {"securityContext": {"runAsUser": 1}}),
        ({"resources": {}}, {"resources": {"limits": {"cpu": 1}}}),
        ({"nodeName": None}, {"nodeName": "a"}),
    ],
)
def test_what_is_default_anyway_may_be_left_out(said: Any, other: Any) -> None:
    assert alike(POD, {**POD, **said})
    assert not alike(POD, {**POD, **other})


def test_what_is_empty_by_its_own_defaults_is_default_too() -> None:
    assert alike(POD, {**POD, "securityContext": {"hostPID": False}})
    assert not alike(POD, {**POD, "affinity": {"hostPID": False}})


@pytest.mark.parametrize("holder", ["labels", "matchLabels", "nodeSelector", "annotations"])
def test_names_that_people_give_are_no_defaults(holder: str) -> None:
    assert not alike({holder: {"protocol": "TCP"}}, {holder: {}})
    assert not alike({holder: {"value": ""}}, {holder: {}})
    assert alike({holder: {"protocol": None}}, {holder: {}})


@pytest.mark.parametrize("holder", ["limits", "requests", "capacity", "hard"])
def test_an_amount_may_be_written_otherwise(holder: str) -> None:
    assert alike({holder: {"cpu": "1000m"}}, {holder: {"cpu": 1}})
    assert not alike({holder: {"cpu": "1001m"}}, {holder: {"cpu": 1}})
    assert not alike({holder: {"cpu": "much"}}, {holder: {"cpu": "more"}})
    assert not alike({"env": {"cpu": "1000m"}}, {"env": {"cpu": "1"}})


def test_the_limit_of_a_scratch_volume_is_an_amount() -> None:
    assert alike({"sizeLimit": "1024Mi"}, {"sizeLimit": "1Gi"})
    assert not alike({"sizeLimit": "1G"}, {"sizeLimit": "1Gi"})
    assert not alike({"path": "1024Mi"}, {"path": "1Gi"})


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("a", "Always"),
        ("a:latest", "Always"),
        ("r.io:5000/a", "Always"),
        ("a:1", "IfNotPresent"),
        ("a@sha256:00", "IfNotPresent"),
        ("a:latest@sha256:00", "IfNotPresent"),
        ("r.io:5000/a:1", "IfNotPresent"),
    ],
)
def test_when_an_image_is_pulled_hangs_on_its_name(image: str, policy: str) -> None:
    bare = {"image": image}
    for each in ("Always", "IfNotPresent", "Never"):
        assert alike(bare, {**bare, "imagePullPolicy": each}) is (each == policy)
    assert alike({}, {"imagePullPolicy": "Always"})


def test_the_older_field_of_an_account_is_a_copy_of_the_newer_one() -> None:
    newer = {"serviceAccountName": "a"}
    assert alike(newer, {**newer, "serviceAccount": "a"})
    assert not alike({}, {"serviceAccount": "a"})


def test_a_template_of_a_claim_is_an_object_of_which_its_spec_counts() -> None:
    bare = {"metadata": {"name": "data"}, "spec": {"a": 1}}
    whole = {**bare, "apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"b": 2}}
    assert alike({"volumeClaimTemplates": [bare]}, {"volumeClaimTemplates": [whole]})
    assert not alike({"volumes": [bare]}, {"volumes": [whole]})
    other = {**bare, "spec": {"a": 2}}
    assert not alike({"volumeClaimTemplates": [bare]}, {"volumeClaimTemplates": [other]})


@pytest.mark.parametrize("holder", ["fieldRef", "roleRef"])
def test_a_reference_says_its_api_though_there_is_one(holder: str) -> None:
    bare = {"fieldPath": "a", "name": "b"}
    for word, own in (("apiVersion", "v1"), ("apiGroup", "rbac.authorization.k8s.io")):
        assert alike({holder: bare}, {holder: {**bare, word: own}})
        assert not alike({holder: bare}, {holder: {**bare, word: "v2"}})
        assert not alike({"otherRef": bare}, {"otherRef": {**bare, word: own}})


def test_lists_count_by_their_order_and_their_items() -> None:
    assert alike({"ports": [{"protocol": "TCP", "port": 1}]}, {"ports": ({"port": 1},)})
    assert not alike({"ports": [{"port": 1}, {"port": 2}]}, {"ports": [{"port": 2}, {"port": 1}]})
