"""What `kubectl get` shows of each kind."""

from __future__ import annotations

import pytest

from fluxtui.world.apiserver.print.cells import duration, selector
from tests.world.apiserver.client import DEPLOYMENTS, PODS, TABLE, Client, Json, deployment
from tests.world.apiserver.conftest import Clock


def rows(table: Json) -> list[Json]:
    """Rows as {column: cell}."""
    names = [c["name"] for c in table["columnDefinitions"]]
    return [dict(zip(names, r["cells"], strict=True)) for r in table["rows"]]


def pod_row(api: Client, status: Json, **metadata: object) -> Json:
    spec = {"containers": [{"name": "a", "image": "a:1"}], "nodeName": "n1"}
    api.post(PODS, {"metadata": {"name": "p", **metadata}, "spec": spec}).ok()
    api.patch(f"{PODS}/p/status", {"status": status}).ok()
    return rows(api.get(PODS, accept=TABLE).ok())[0]


def test_a_deployments_row(api: Client, clock: Clock) -> None:
    api.post(DEPLOYMENTS, deployment("web", replicas=3)).ok()
    status = {"replicas": 3, "updatedReplicas": 2, "readyReplicas": 1, "availableReplicas": 1}
    api.patch(f"{DEPLOYMENTS}/web/status", {"status": status}).ok()
    clock.forward(3 * 3600 + 60)
    assert rows(api.get(DEPLOYMENTS, accept=TABLE).ok()) == [
        {
            "Name": "web",
            "Ready": "1/3",
            "Up-to-date": 2,
            "Available": 1,
            "Age": "3h1m",
            "Containers": "app",
            "Images": "nginx:1.27",
            "Selector": "app=web",
        }
    ]


def running(ready: bool, **more: object) -> Json:
    return {"name": "a", "ready": ready, "state": {"running": {}}, **more}


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ({"phase": "Pending"}, ("0/1", "Pending", "0")),
        (
            {"phase": "Running", "containerStatuses": [running(True, restartCount=0)]},
            ("1/1", "Running", "0"),
        ),
        (
            {
                "phase": "Running",
                "containerStatuses": [
                    {
                        "name": "a",
                        "ready": False,
                        "restartCount": 4,
                        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                        "lastState": {"terminated": {"finishedAt": "2026-09-21T14:12:20Z"}},
                    }
                ],
            },
            ("0/1", "CrashLoopBackOff", "4 (60s ago)"),
        ),
        (
            {
                "phase": "Succeeded",
                "containerStatuses": [
                    {"name": "a", "state": {"terminated": {"reason": "Completed", "exitCode": 0}}}
                ],
            },
            ("0/1", "Completed", "0"),
        ),
        (
            {
                "phase": "Pending",
                "initContainerStatuses": [
                    {"name": "i", "state": {"waiting": {"reason": "ImagePullBackOff"}}}
                ],
            },
            ("0/1", "Init:ImagePullBackOff", "0"),
        ),
        ({"phase": "Failed", "reason": "Evicted"}, ("0/1", "Evicted", "0")),
    ],
)
def test_a_pods_one_word(api: Client, status: Json, shown: tuple[str, str, str]) -> None:
    row = pod_row(api, status)
    assert (row["Ready"], row["Status"], row["Restarts"]) == shown
    assert row["Node"] == "n1"


def test_a_pod_that_is_being_deleted_is_terminating(api: Client) -> None:
    pod_row(api, {"phase": "Running"}, finalizers=["x.io/hold"])
    api.delete(f"{PODS}/p").ok()
    assert rows(api.get(PODS, accept=TABLE).ok())[0]["Status"] == "Terminating"


def test_a_jobs_row_counts_its_time(api: Client, clock: Clock) -> None:
    spec = {"restartPolicy": "Never", "containers": [{"name": "m", "image": "m:1"}]}
    job = {"metadata": {"name": "m"}, "spec": {"template": {"spec": spec}}}
    jobs = "/apis/batch/v1/namespaces/default/jobs"
    api.post(jobs, job).ok()
    status = {
        "startTime": "2026-09-21T14:13:20Z",
        "completionTime": "2026-09-21T14:13:45Z",
        "succeeded": 1,
        "conditions": [{"type": "Complete", "status": "True"}],
    }
    api.patch(f"{jobs}/m/status", {"status": status}).ok()
    row = rows(api.get(jobs, accept=TABLE).ok())[0]
    assert (row["Status"], row["Completions"], row["Duration"]) == ("Complete", "1/1", "25s")


def test_an_events_row_begins_with_when(api: Client, clock: Clock) -> None:
    event = {
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
        "type": "Warning",
        "reason": "BackOff",
        "message": "again\n",
        "count": 3,
        "lastTimestamp": "2026-09-21T14:13:20Z",
    }
    events = "/api/v1/namespaces/default/events"
    api.post(events, event).ok()
    clock.forward(130)
    row = rows(api.get(events, accept=TABLE).ok())[0]
    assert list(row)[:5] == ["Last Seen", "Type", "Reason", "Object", "Subobject"]
    assert (row["Last Seen"], row["Object"], row["Message"]) == ("2m10s", "pod/p", "again")
    assert row["Count"] == 3


def test_rows_carry_metadata_the_object_or_nothing(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    usual = api.get(DEPLOYMENTS, accept=TABLE).ok()["rows"][0]["object"]
    assert usual["kind"] == "PartialObjectMetadata"
    whole = api.get(DEPLOYMENTS, accept=TABLE, includeObject="Object").ok()["rows"][0]["object"]
    assert whole["spec"]["replicas"] == 1
    nothing = api.get(DEPLOYMENTS, accept=TABLE, includeObject="None").ok()["rows"][0]
    assert nothing["object"] is None
    one = api.get(f"{DEPLOYMENTS}/web", accept=TABLE).ok()
    assert one["kind"] == "Table" and len(one["rows"]) == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (130, "2m10s"),
        (599, "9m59s"),
        (700, "11m"),
        (3 * 3600, "3h"),
        (3 * 3600 + 120, "3h2m"),
        (9 * 3600, "9h"),
        (50 * 3600, "2d2h"),
        (9 * 86400, "9d"),
        (800 * 86400, "2y70d"),
    ],
)
def test_ages_read_like_kubectls(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_selectors_as_text() -> None:
    assert selector(None) == "<none>"
    terms = [
        {"key": "a", "operator": "In", "values": ["x", "y"]},
        {"key": "b", "operator": "DoesNotExist"},
    ]
    chosen = {"matchLabels": {"k": "v"}, "matchExpressions": terms}
    assert selector(chosen) == "a in (x,y),!b,k=v"
    assert selector({"app": "web"}) == "app=web"


def test_who_asks_for_metadata_alone_is_sent_nothing_else(api: Client) -> None:
    api.post(DEPLOYMENTS, deployment("web")).ok()
    form = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    answer = api.get(f"{DEPLOYMENTS}/web", accept=form).ok()
    assert set(answer) == {"apiVersion", "kind", "metadata"}
    assert answer["metadata"]["name"] == "web"
