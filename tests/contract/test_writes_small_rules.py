"""What the API adds or says about single fields: schedules, gates, limits, times, CRDs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import crd, define, wait_until
from tests.contract.writing import causes_of, warnings_of
from tests.world.apiserver.client import CRDS, Client, Json

POD = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "x"}]}
INVALID = "FieldValueInvalid"


def cron_job(**spec: Any) -> Json:
    template = {"spec": {"template": {"spec": POD}}}
    return {"metadata": {"name": "often"}, "spec": {**spec, "jobTemplate": template}}


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("0 0 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("*/5/2 * * * *", "too many slashes: */5/2"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("@bogus", "unrecognized descriptor: @bogus"),
        ("@every x", 'failed to parse duration @every x: time: invalid duration "x"'),
        ("TZ=UTC 0 0 * * *", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
    ],
)
def test_schedules_that_do_not_parse(api: Client, ns: str, schedule: str, told: str) -> None:
    body = cron_job(schedule=schedule)
    answer = api.post(f"/apis/batch/v1/namespaces/{ns}/cronjobs", body)
    expected = (INVALID, "spec.schedule", f'Invalid value: "{schedule}": {told}')
    assert (answer.status, causes_of(answer)) == (422, [expected])


@pytest.mark.parametrize("schedule", ["*/5 * * * *", "@every 1h", "0 0 1,15 JAN-mar MON", "@daily"])
def test_schedules_that_do(api: Client, ns: str, schedule: str) -> None:
    body = cron_job(schedule=schedule, timeZone="UTC")
    api.post(f"/apis/batch/v1/namespaces/{ns}/cronjobs", body).ok()


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Nowhere/City", "unknown time zone Nowhere/City"),
        ("", "timeZone must be nil or non-empty string"),
        (
            "Local",
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        ),
    ],
)
def test_time_zones_must_be_known(api: Client, ns: str, zone: str, told: str) -> None:
    body = cron_job(schedule="0 0 * * *", timeZone=zone)
    answer = api.post(f"/apis/batch/v1/namespaces/{ns}/cronjobs", body)
    expected = (INVALID, "spec.timeZone", f'Invalid value: "{zone}": {told}')
    assert (answer.status, causes_of(answer)) == (422, [expected])


def test_a_gated_pod_says_that_nobody_schedules_it(api: Client, ns: str) -> None:
    body = {"metadata": {"name": "gated"}, "spec": {**POD, "schedulingGates": [{"name": "a.b/c"}]}}
    (found,) = api.post(f"/api/v1/namespaces/{ns}/pods", body).ok()["status"]["conditions"]
    assert found.pop("lastTransitionTime")
    assert found == {
        "type": "PodScheduled",
        "status": "False",
        "lastProbeTime": None,
        "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
    }


def test_times_of_conditions_are_null_until_told(api: Client, ns: str) -> None:
    pods = f"/api/v1/namespaces/{ns}/pods"
    api.post(pods, {"metadata": {"name": "p"}, "spec": POD}).ok()
    status = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    (found,) = api.patch(f"{pods}/p/status", status).ok()["status"]["conditions"]
    assert found["lastProbeTime"] is None and found["lastTransitionTime"] is None


def test_limits_follow_from_each_other(api: Client, ns: str) -> None:
    given = {"type": "Container", "max": {"cpu": "2"}, "default": {"memory": "1Gi"}}
    body = {"metadata": {"name": "limits"}, "spec": {"limits": [given]}}
    answer = api.post(f"/api/v1/namespaces/{ns}/limitranges", body).ok()
    both = {"cpu": "2", "memory": "1Gi"}
    assert answer["spec"]["limits"] == [{**given, "default": both, "defaultRequest": both}]


def test_an_autoscaler_without_metrics_looks_at_the_cpu(api: Client, ns: str) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    body = {"metadata": {"name": "web"}, "spec": {"maxReplicas": 3, "scaleTargetRef": target}}
    path = f"/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers"
    (metric,) = api.post(path, body).ok()["spec"]["metrics"]
    use = {"type": "Utilization", "averageUtilization": 80}
    assert metric == {"type": "Resource", "resource": {"name": "cpu", "target": use}}


def test_unknown_fields_of_a_definition(api: Client, group: str) -> None:
    body = crd(group)
    body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["bogus"] = 1
    warned = api.post(CRDS, body, dryRun="All")
    path = "spec.versions[0].schema.openAPIV3Schema.bogus"
    assert warned.status == 201
    assert any(f'unknown field "{path}"' in each for each in warnings_of(warned))
    strict = api.post(CRDS, body, dryRun="All", fieldValidation="Strict")
    assert strict.status == 400 and f'unknown field "{path}"' in strict.json["message"]


def test_an_owner_without_uid_is_refused_when_applied(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x"}
    metadata = {"name": "thing", "ownerReferences": [owner]}
    body = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": metadata}
    answer = api.apply(f"/apis/{group}/v1/namespaces/{ns}/widgets/thing", body)
    assert answer.status == 422, answer.data
    assert (INVALID, "metadata.ownerReferences.uid", 'Invalid value: "": must not be empty') in (
        causes_of(answer)
    )


def test_a_custom_kind_has_no_other_subresources(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    for name in ("status", "scale", "bogus"):
        answer = api.get(f"/apis/{group}/v1/namespaces/{ns}/widgets/thing/{name}")
        assert answer.status == 404
        assert answer.json["message"] == f'widgets.{group} "thing" not found'


def test_a_definition_that_goes_says_so(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    things = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    body = {"apiVersion": f"{group}/v1", "kind": "Widget"}
    api.post(things, body | {"metadata": {"name": "held", "finalizers": ["a.b/c"]}}).ok()
    api.delete(f"{CRDS}/widgets.{group}").ok()
    answer = wait_until(
        api,
        f"{CRDS}/widgets.{group}",
        lambda found: any(
            (each["type"], each["status"], each["reason"])
            == ("Terminating", "True", "InstanceDeletionInProgress")
            for each in found["status"]["conditions"]
        ),
    )
    assert answer["metadata"]["deletionTimestamp"]
    api.patch(f"{things}/held", {"metadata": {"finalizers": None}}).ok()
