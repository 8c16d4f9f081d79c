"""Amounts that fall: a bound on what is kept, a volume, the number of Pods. Half is the boundary
of the first and the last; of a volume every byte counts.
"""

from __future__ import annotations

import pytest
from review_pairs import found, rules_of

from fluxtui.domain.danger import Gravity

STREAM = """---
apiVersion: jetstream.sea.example.com/v1
kind: Stream
metadata: {name: audit}
spec: {%s: %s}
"""
DATABASE = """---
apiVersion: sea.example.com/v1
kind: PostgresCluster
metadata: {name: db}
spec: {%s}
"""
STATEFUL = """---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  volumeClaimTemplates: [%s]
  template: {spec: {containers: [{name: db, image: "db:1"}]}}
"""
TEMPLATE = "{metadata: {name: %s}, spec: {resources: {requests: {%s}}}}"
WEB = """---
apiVersion: apps/v1
kind: %s
metadata: {name: web}
spec: {%stemplate: {spec: {containers: [{name: web, image: "web:%s"}]}}}
"""
SCALER = """---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web%s}
spec: {%sscaleTargetRef: {kind: %s, name: web}}
"""
TASK = """---
apiVersion: batch/v1
kind: %s
metadata: {name: m}
spec: {suspend: %s}
"""


def bound(field: str, before: object, after: object) -> bool:
    """Whether this change of a Stream's field is a danger to what it keeps."""
    pair = (STREAM % (field, value) for value in (before, after))
    return "bound-lowered" in rules_of(*pair)


@pytest.mark.parametrize(
    ("field", "before", "half", "more"),
    [
        ("maxBytes", 100, 50, 51),
        ("maxMsgs", 7, 3, 4),
        ("maxAge", "2h", "60m", "61m"),
        ("maxAge", "1h30m", "45m", "46m"),
        ("maxAge", "3s", "1500ms", "1501ms"),
        ("maxAge", "2w", "7d", "8d"),
        ("maxAge", "1y", "182d", "183d"),
        ("retention", "20GiB", "10.5GB", "10.8GB"),
        ("retention", "21GB", "9.5GiB", "10GiB"),
        ("retentionSize", "2KB", "1000B", "1001B"),
        ("retentionSize", "2KiB", "1024", "1025"),
    ],
)
def test_a_bound_that_falls_to_half_loses_data_and_one_that_stays_above_does_not(
    field: str, before: object, half: object, more: object
) -> None:
    assert bound(field, before, half)
    assert not bound(field, before, more)
    assert not bound(field, half, before), "raised"


def test_nothing_at_all_may_be_kept_is_the_lowest_bound() -> None:
    assert bound("maxBytes", 100, 0) and bound("maxAge", "1h", "0s")


@pytest.mark.parametrize("value", ["''", "-1", "forever", "1h or so", "[1]", "{a: 1}", "true"])
def test_what_says_no_amount_is_no_bound(value: str) -> None:
    assert not bound("maxAge", "72h", value)
    assert not bound("maxAge", value, "72h")
    assert not bound("maxBytes", 100, value)


def test_a_bound_that_comes_or_goes_has_not_fallen() -> None:
    assert not bound("maxBytes", 100, "null")
    assert not bound("maxBytes", "null", 100)
    assert not bound("maxBytes", 0, "null")


def test_other_amounts_of_a_store_may_fall() -> None:
    assert not bound("maxConsumers", 100, 1)
    assert not bound("duplicates", "2h", "1s")


def test_a_size_says_how_long_only_in_a_kind_that_keeps_things() -> None:
    kept = STREAM.replace("kind: Stream", "kind: Queue")
    other = STREAM.replace("kind: Stream", "kind: Certificate")
    assert "bound-lowered" in rules_of(kept % ("ttl", "10h"), kept % ("ttl", "1h"))
    assert "bound-lowered" not in rules_of(other % ("ttl", "10h"), other % ("ttl", "1h"))
    pair = (other % ("retention", value) for value in ("10h", "1h"))
    assert "bound-lowered" in rules_of(*pair), "whatever is called so keeps something"


def test_kubernetes_own_kinds_bound_nothing_that_way() -> None:
    own = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {retention: '%s'}\n"
    assert rules_of(own % 100, own % 1) == set()


def database(before: str, after: str) -> set[str]:
    """What the rules say of a database whose spec changes so."""
    return rules_of(DATABASE % before, DATABASE % after)


@pytest.mark.parametrize(
    "path",
    [
        "storage: {size: %s}",
        "dataVolume: {size: %s}",
        "storageSize: %s",
        "pvcSize: %s",
        "claim: {resources: {requests: {storage: %s}}}",
    ],
)
def test_a_volume_of_an_operator_cannot_shrink_by_a_byte(path: str) -> None:
    assert "storage-shrink" in database(path % "1Gi", path % 1073741823)
    assert "storage-shrink" not in database(path % "1Gi", path % 1073741824)
    assert "storage-shrink" not in database(path % "1Gi", path % 1073741825)


@pytest.mark.parametrize("field", ["memory", "requests: {memory", "font: {size"])
def test_what_is_no_volume_may_become_smaller(field: str) -> None:
    end = "}" * field.count("{")
    assert database(f"{field}: 2Gi{end}", f"{field}: 1Gi{end}") == set()


def test_a_volume_of_no_size_before_or_after_has_not_shrunk() -> None:
    for other in ("", "storage: {size: much}", "storage: {size: [1Gi]}"):
        assert "storage-shrink" not in database("storage: {size: 1Gi}", other)
        assert "storage-shrink" not in database(other, "storage: {size: 1Gi}")


def test_each_claim_of_a_statefulset_is_compared_with_the_one_of_its_name() -> None:
    small, large = (TEMPLATE % ("data", f"storage: {size}") for size in ("1Gi", "2Gi"))
    logs = TEMPLATE % ("logs", "storage: 500Mi")
    said = [
        danger.says
        for danger in found(STATEFUL % f"{logs}, {large}", STATEFUL % f"{small}, {logs}")
        if danger.rule == "storage-shrink"
    ]
    assert said == [
        "StatefulSet/apps/db claim data asks for 1Gi, less than 2Gi: the API refuses it"
    ]


def test_a_claim_that_comes_goes_or_asks_for_nothing_has_not_shrunk() -> None:
    claim, none = TEMPLATE % ("data", "storage: 1Gi"), TEMPLATE % ("data", "")
    for one, other in ((claim, ""), (claim, none), (claim, TEMPLATE % ("logs", "storage: 1Mi"))):
        assert "storage-shrink" not in rules_of(STATEFUL % one, STATEFUL % other)
        assert "storage-shrink" not in rules_of(STATEFUL % other, STATEFUL % one)


def web(replicas: object, kind: str = "Deployment", version: int = 1) -> str:
    said = "" if replicas is None else f"replicas: {replicas}, "
    return WEB % (kind, said, version)


def scaler(more: str = "", kind: str = "Deployment", name: str = "") -> str:
    return SCALER % (name, more, kind)


def drops(before: str, after: str) -> list[str]:
    """What the rule says of replicas."""
    return [danger.says for danger in found(before, after) if danger.rule == "replicas-drop"]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "ReplicaSet"])
def test_half_of_the_replicas_is_told_and_more_is_not(kind: str) -> None:
    assert drops(web(4, kind), web(2, kind)) == [f"{kind}/apps/web goes from 4 to 2 replicas"]
    assert drops(web(5, kind), web(3, kind)) == []
    assert drops(web(4, kind), web(4, kind, 2)) == []
    assert drops(web(2, kind), web(4, kind)) == []


def test_scaled_to_nothing_is_the_worst_and_what_was_nothing_stays_so() -> None:
    (danger,) = (d for d in found(web(1), web(0)) if d.rule == "replicas-drop")
    assert danger.level is Gravity.STOP and danger.says.endswith("is scaled to 0 (from 1)")
    assert drops(web(0), web(0, version=2)) == []
    assert drops(web(0), web(None)) == []
    assert drops(web("two"), web(1)) == [] == drops(web(4), web("one"))


def test_replicas_that_are_left_out_are_one() -> None:
    (says,) = drops(web(2), web(None))
    assert says.endswith("goes from 2 to 1 replicas, what the API takes when none is said")
    assert drops(web(None), web(None, version=2)) == []
    assert drops(web(None), web(0)) == ["Deployment/apps/web is scaled to 0 (from 1)"]


def test_they_may_be_left_out_only_where_an_autoscaler_says_them_before_and_after() -> None:
    assert drops(web(9) + scaler(), web(None) + scaler()) == []
    assert drops(web(9), web(None) + scaler()) != []
    assert drops(web(9) + scaler(), web(None)) != []
    elsewhere = scaler().replace("name: web}\nspec", "name: web, namespace: other}\nspec")
    assert drops(web(9) + elsewhere, web(None) + elsewhere) != []
    of_another_kind = scaler(kind="StatefulSet")
    assert drops(web(9) + of_another_kind, web(None) + of_another_kind) != []


def test_an_autoscaler_by_the_name_of_what_it_scales_loses_its_least() -> None:
    (says,) = drops(scaler("minReplicas: 4, "), scaler())
    assert says == "HorizontalPodAutoscaler/apps/web goes from 4 to 1 minReplicas"
    assert drops(scaler("minReplicas: 4, "), scaler("minReplicas: 3, ")) == []
    assert drops(scaler(), scaler("minReplicas: 1, ")) == []


def test_the_most_that_an_autoscaler_may_take_has_no_default() -> None:
    (says,) = drops(scaler("maxReplicas: 9, "), scaler("maxReplicas: 4, "))
    assert says.endswith("goes from 9 to 4 maxReplicas")
    assert drops(scaler("maxReplicas: 9, "), scaler("maxReplicas: 5, ")) == []
    assert drops(scaler("maxReplicas: 9, "), scaler()) == []
    (none,) = drops(scaler("minReplicas: 1, "), scaler("minReplicas: 0, "))
    assert none.endswith("is scaled to 0 (from 1) (minReplicas)")


@pytest.mark.parametrize("field", ["instances", "replicas", "minReplicaCount", "shardsCount"])
def test_an_operator_is_told_its_replicas_by_other_names(field: str) -> None:
    says = drops(DATABASE % f"pool: {{{field}: 4}}", DATABASE % f"pool: {{{field}: 2}}")
    assert says == [f"PostgresCluster/apps/db goes from 4 to 2 spec.pool.{field}"]
    assert drops(DATABASE % f"{field}: 4", DATABASE % f"{field}: 3") == []
    assert drops(DATABASE % "connections: 4", DATABASE % "connections: 1") == []


@pytest.mark.parametrize("kind", ["CronJob", "Job"])
def test_what_is_suspended_does_not_run_any_more(kind: str) -> None:
    assert drops(TASK % (kind, "false"), TASK % (kind, "true")) == [
        f"{kind}/apps/m is suspended: it does not run any more"
    ]
    assert drops(TASK % (kind, "true"), TASK % (kind, "true, parallelism: 2")) == []
    assert drops(TASK % (kind, "true"), TASK % (kind, "false")) == []
    other = TASK.replace("batch/v1", "v1") % ("Task", "%s")
    assert drops(other % "false", other % "true") == []
