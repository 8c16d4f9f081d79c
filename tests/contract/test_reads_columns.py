"""The columns and cells that `kubectl get` prints: of built-in kinds, of Flux's, of any CRD's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.reads import TABLE
from tests.contract.server import crd, define
from tests.world.apiserver.client import FLUX, MERGE, Client, Json, kustomization


def shown(body: Json) -> dict[str, Json]:
    """Name -> column -> cell."""
    titles = [column["name"] for column in body["columnDefinitions"]]
    rows = [dict(zip(titles, row["cells"], strict=True)) for row in body["rows"] or ()]
    return {row["Name"]: row for row in rows}


def wide(body: Json) -> list[str]:
    return [c["name"] for c in body["columnDefinitions"] if c["priority"] > 0]


SELECTOR = {
    "matchLabels": {"app": "web"},
    "matchExpressions": [
        {"key": "tier", "operator": "In", "values": ["x", "b"]},
        {"key": "old", "operator": "DoesNotExist"},
    ],
}
IN_WORDS = "app=web,!old,tier in (b,x)"
TEMPLATE: Json = {
    "metadata": {"labels": {"app": "web", "tier": "b"}},
    "spec": {"containers": [{"name": "c", "image": "i:1"}, {"name": "d", "image": "j:2"}]},
}
JOB: Json = {"template": {"spec": TEMPLATE["spec"] | {"restartPolicy": "Never"}}}
APPS, BATCH = "/apis/apps/v1/namespaces/{}", "/apis/batch/v1/namespaces/{}"
CORE = "/api/v1/namespaces/{}"
NETWORK = "/apis/networking.k8s.io/v1/namespaces/{}"
RULES = [
    {
        "host": f"{name}.example.com",
        "http": {
            "paths": [
                {
                    "path": "/",
                    "pathType": "Prefix",
                    "backend": {"service": {"name": "x", "port": {"number": 80}}},
                }
            ]
        },
    }
    for name in "abcd"
]
METRICS = [
    {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
    },
    {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "100Mi"}},
    },
]
# path, spec (or the rest of the object), status, what is shown, what only wide output shows
KINDS: list[tuple[str, Json, Json, Json, str]] = [
    (
        f"{APPS}/deployments",
        {"spec": {"replicas": 3, "selector": SELECTOR, "template": TEMPLATE}},
        {"replicas": 3, "readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1},
        {
            "Ready": "1/3",
            "Up-to-date": 2,
            "Available": 1,
            "Selector": IN_WORDS,
            "Images": "i:1,j:2",
        },
        "Containers Images Selector",
    ),
    (
        f"{APPS}/statefulsets",
        {"spec": {"replicas": 2, "selector": SELECTOR, "template": TEMPLATE, "serviceName": "x"}},
        {"replicas": 2, "readyReplicas": 1},
        {"Ready": "1/2", "Containers": "c,d"},
        "Containers Images",
    ),
    (
        f"{APPS}/replicasets",
        {"spec": {"replicas": 2, "selector": SELECTOR, "template": TEMPLATE}},
        {"replicas": 1, "readyReplicas": 1},
        {"Desired": 2, "Current": 1, "Ready": 1, "Selector": IN_WORDS},
        "Containers Images Selector",
    ),
    (
        f"{APPS}/daemonsets",
        {"spec": {"selector": SELECTOR, "template": TEMPLATE}},
        {
            "currentNumberScheduled": 1,
            "desiredNumberScheduled": 2,
            "numberMisscheduled": 0,
            "numberReady": 1,
        },
        {"Desired": 2, "Current": 1, "Ready": 1, "Up-to-date": 0, "Node Selector": "<none>"},
        "Containers Images Selector",
    ),
    (
        f"{BATCH}/jobs",
        {"spec": JOB | {"parallelism": 2, "completions": 3}},
        {"active": 1, "succeeded": 1},
        {"Status": "Running", "Completions": "1/3", "Duration": ""},
        "Containers Images Selector",
    ),
    (
        f"{BATCH}/jobs",
        {"spec": JOB | {"parallelism": 3}},
        {},
        {"Completions": "0/1 of 3"},
        "Containers Images Selector",
    ),
    (
        f"{BATCH}/cronjobs",
        {"spec": {"schedule": "*/5 * * * *", "suspend": True, "jobTemplate": {"spec": JOB}}},
        {"active": [{"kind": "Job", "name": "x"}]},
        {"Schedule": "*/5 * * * *", "Timezone": "<none>", "Suspend": "True", "Active": 1},
        "Containers Images Selector",
    ),
    (
        f"{CORE}/services",
        {"spec": {"clusterIP": "None", "selector": {"a": "b"}, "ports": [{"port": 80}]}},
        {},
        {"Type": "ClusterIP", "Cluster-IP": "None", "External-IP": "<none>", "Port(s)": "80/TCP"},
        "Selector",
    ),
    (
        f"{CORE}/persistentvolumeclaims",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "fast",
                "volumeName": "pv",
                "resources": {"requests": {"storage": "1Gi"}},
            }
        },
        {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}},
        {"Status": "Bound", "Volume": "pv", "Capacity": "1Gi", "Access Modes": "RWO"},
        "VolumeMode",
    ),
    (f"{CORE}/secrets", {"stringData": {"a": "b"}}, {}, {"Type": "Opaque", "Data": 1}, ""),
    (
        f"{NETWORK}/ingresses",
        {"spec": {"ingressClassName": "n", "rules": RULES}},
        {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
        {
            "Class": "n",
            "Hosts": "a.example.com,b.example.com,c.example.com + 1 more...",
            "Address": "192.0.2.1",
            "Ports": "80",
        },
        "",
    ),
    (
        "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
        {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "maxReplicas": 5,
                "metrics": METRICS,
            }
        },
        {
            "currentReplicas": 2,
            "desiredReplicas": 2,
            "currentMetrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "current": {"averageUtilization": 40, "averageValue": "1m"},
                    },
                }
            ],
        },
        {
            "Reference": "Deployment/web",
            "Targets": "cpu: 40%/80%, memory: <unknown>/100Mi",
            "MinPods": "1",
            "MaxPods": 5,
            "Replicas": 2,
        },
        "",
    ),
    (
        "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
        {"spec": {"minAvailable": "50%", "selector": {"matchLabels": {"a": "b"}}}},
        {},
        {"Min Available": "50%", "Max Unavailable": "N/A", "Allowed Disruptions": 0},
        "",
    ),
    (
        "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
            "subjects": [
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "u"},
                {"kind": "ServiceAccount", "name": "s", "namespace": "x"},
            ],
        },
        {},
        {"Role": "Role/r", "Users": "u", "Groups": "", "ServiceAccounts": "x/s"},
        "Users Groups ServiceAccounts",
    ),
]


@pytest.mark.parametrize(("path", "body", "status", "cells", "more"), KINDS)
def test_built_in_kinds(
    api: Client, ns: str, path: str, body: Json, status: Json, cells: Json, more: str
) -> None:
    place = path.format(ns)
    api.post(place, {"metadata": {"name": "w"}} | body).ok()
    if status:
        api.patch(f"{place}/w/status", {"status": status}, MERGE).ok()
    listed = api.get(place, accept=TABLE).ok()
    row = shown(listed)["w"]
    assert {title: row[title] for title in cells} == cells
    assert wide(listed) == more.split() and "Age" in row


CONTAINER = {"name": "c", "image": "i:1"}
RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def container(state: Json, **more: Any) -> Json:
    head = {"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": 0}
    return head | {"state": state} | more


PODS: list[tuple[Json, Json, tuple[str, str, str]]] = [
    ({}, {}, ("0/1", "Pending", "0")),
    ({}, {"phase": "Failed", "reason": "Evicted"}, ("0/1", "Evicted", "0")),
    (
        {},
        {"phase": "Running", "containerStatuses": [container(RUNNING, ready=True)]},
        ("1/1", "Running", "0"),
    ),
    (
        {},
        {
            "phase": "Running",
            "containerStatuses": [
                container({"waiting": {"reason": "CrashLoopBackOff"}}, restartCount=4)
            ],
        },
        ("0/1", "CrashLoopBackOff", "4"),
    ),
    (
        {},
        {"phase": "Failed", "containerStatuses": [container({"terminated": {"exitCode": 3}})]},
        ("0/1", "ExitCode:3", "0"),
    ),
    (
        {},
        {
            "phase": "Failed",
            "containerStatuses": [container({"terminated": {"exitCode": 137, "signal": 9}})],
        },
        ("0/1", "Signal:9", "0"),
    ),
    (
        {"initContainers": [{"name": "c", "image": "i:1"}, {"name": "e", "image": "i:1"}]},
        {
            "phase": "Pending",
            "initContainerStatuses": [container({"running": None}, restartCount=2)],
        },
        ("0/1", "Init:0/2", "2"),
    ),
    (
        {"initContainers": [{"name": "c", "image": "i:1"}]},
        {
            "phase": "Pending",
            "initContainerStatuses": [
                container({"terminated": {"exitCode": 1, "reason": "Error"}}, restartCount=1)
            ],
        },
        ("0/1", "Init:Error", "1"),
    ),
    (
        {"initContainers": [{"name": "s", "image": "i:1", "restartPolicy": "Always"}]},
        {
            "phase": "Running",
            "initContainerStatuses": [
                container(RUNNING, ready=True, started=True, restartCount=2) | {"name": "s"}
            ],
            "containerStatuses": [container(RUNNING, ready=True, restartCount=1)],
        },
        ("2/2", "Running", "3"),
    ),
]


@pytest.mark.parametrize(("spec", "status", "cells"), PODS)
def test_the_one_word_for_a_pod(
    api: Client, ns: str, spec: Json, status: Json, cells: tuple[str, str, str]
) -> None:
    pods = f"/api/v1/namespaces/{ns}/pods"
    body = {"containers": [CONTAINER | {"name": "main"}]} | spec
    api.post(pods, {"metadata": {"name": "p"}, "spec": body}).ok()
    if status:
        api.patch(f"{pods}/p/status", {"status": status}).ok()
    listed = api.get(pods, accept=TABLE).ok()
    row = shown(listed)["p"]
    assert (row["Ready"], row["Status"], row["Restarts"]) == cells
    assert (row["IP"], row["Node"]) == ("<none>", "<none>")
    assert wide(listed) == ["IP", "Node", "Nominated Node", "Readiness Gates"]
    done = [c["reason"] for c in listed["rows"][0].get("conditions") or ()]
    assert done == (["Failed"] if status.get("phase") == "Failed" else [])


def test_events_are_about_something(api: Client, ns: str) -> None:
    about = {"kind": "Pod", "name": "p", "namespace": ns, "fieldPath": "spec.containers{c}"}
    body = {
        "metadata": {"name": "e"},
        "involvedObject": about,
        "reason": "BackOff",
        "message": " again \n",
        "type": "Warning",
        "count": 7,
        "firstTimestamp": "2020-01-01T00:00:00Z",
        "lastTimestamp": "2020-01-01T00:00:00Z",
        "source": {"component": "kubelet", "host": "n1"},
    }
    events = f"/api/v1/namespaces/{ns}/events"
    api.post(events, body).ok()
    listed = api.get(events, accept=TABLE).ok()
    titles = "Last Seen,Type,Reason,Object,Subobject,Source,Message,First Seen,Count,Name"
    assert [c["name"] for c in listed["columnDefinitions"]] == titles.split(",")
    row = shown(listed)["e"]
    assert (row["Object"], row["Subobject"]) == ("pod/p", "spec.containers{c}")
    assert (row["Message"], row["Source"], row["Count"]) == ("again", "kubelet, n1", 7)
    assert row["Last Seen"] == row["First Seen"]
    assert wide(listed) == ["Subobject", "Source", "First Seen", "Count", "Name"]


def test_flux_objects_by_their_own_columns(api: Client, ns: str) -> None:
    place = FLUX.replace("default", ns)
    api.post(place, kustomization("apps")).ok()
    empty = shown(api.get(place, accept=TABLE).ok())["apps"]
    assert (empty["Ready"], empty["Status"]) == (None, None)
    ready = {"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded"}
    ready |= {"message": "Applied revision: 1.4.2@sha256:ab", "observedGeneration": 1}
    ready |= {"lastTransitionTime": "2026-01-01T00:00:00Z"}
    api.patch(f"{place}/apps/status", {"status": {"conditions": [ready]}}).ok()
    listed = api.get(place, accept=TABLE).ok()
    row = shown(listed)["apps"]
    assert (row["Ready"], row["Status"]) == ("True", ready["message"])
    assert [c["name"] for c in listed["columnDefinitions"]] == ["Name", "Age", "Ready", "Status"]


COLUMNS = [
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
    {"name": "On", "type": "boolean", "jsonPath": ".spec.on", "priority": 1},
    {"name": "Share", "type": "number", "jsonPath": ".spec.share"},
    {"name": "First", "type": "string", "jsonPath": ".spec.tags[0]"},
    {"name": "Tags", "type": "string", "jsonPath": ".spec.tags"},
    {"name": "Up", "type": "string", "jsonPath": '.spec.parts[?(@.name=="up")].state'},
    {"name": "Since", "type": "date", "jsonPath": ".spec.since"},
]


def test_columns_of_a_crd(api: Client, ns: str, group: str) -> None:
    define(api, crd(group, additionalPrinterColumns=COLUMNS))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    head = {"apiVersion": f"{group}/v1", "kind": "Widget"}
    spec: Json = {"size": 3, "on": True, "share": 0.5, "tags": ["x", "y"]}
    spec |= {"parts": [{"name": "down", "state": "a"}, {"name": "up", "state": "b"}]}
    spec |= {"since": "2020-01-01T00:00:00Z"}
    api.post(widgets, head | {"metadata": {"name": "full"}, "spec": spec}).ok()
    api.post(widgets, head | {"metadata": {"name": "none"}, "spec": {}}).ok()
    odd = {"size": "large", "on": "maybe", "tags": "x", "since": "yesterday"}
    api.post(widgets, head | {"metadata": {"name": "odd"}, "spec": odd}).ok()
    listed = api.get(widgets, accept=TABLE).ok()
    assert wide(listed) == ["On"]
    rows = shown(listed)
    full = rows["full"]
    assert (full["Size"], full["On"], full["Share"], full["First"]) == (3, True, 0.5, "x")
    assert (full["Tags"], full["Up"]) == ('["x","y"]', "b")
    assert full["Since"].endswith("d") or "y" in full["Since"]
    assert set(rows["none"].values()) == {"none", None}
    assert (rows["odd"]["Size"], rows["odd"]["On"]) == (None, None)
    assert (rows["odd"]["First"], rows["odd"]["Since"]) == (None, "<invalid>")


def test_a_crd_without_columns_shows_its_age(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    body = api.get(f"/apis/{group}/v1/namespaces/{ns}/widgets", accept=TABLE).ok()
    assert [c["name"] for c in body["columnDefinitions"]] == ["Name", "Age"]
    assert body["rows"] == []
