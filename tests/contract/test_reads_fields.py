"""Field selectors: name and namespace everywhere, a few fields of a few kinds, what a CRD adds."""

from __future__ import annotations

import pytest

from tests.contract.reads import make_maps, maps_of, names
from tests.contract.server import crd, define
from tests.world.apiserver.client import DEPLOYMENTS, FLUX, MAPS, Client, Json, kustomization


def test_names_and_namespaces(api: Client, ns: str) -> None:
    make_maps(api, ns, "a", "b", kept=ns)
    everywhere = {"labelSelector": f"kept={ns}"}
    for selector, found in [
        ("metadata.name=a", ["a"]),
        ("metadata.name==a", ["a"]),
        ("metadata.name!=a", ["b"]),
        ("metadata.name=", []),
        ("metadata.name=a,metadata.name=b", []),
        (f"metadata.namespace={ns}", ["a", "b"]),
        (f"metadata.namespace!={ns}", []),
        (f"metadata.name=b,,metadata.namespace={ns}", ["b"]),
        ("metadata.name=a\\,b", []),
    ]:
        for path in (maps_of(ns), MAPS.replace("/namespaces/default", "")):
            listed = api.get(path, fieldSelector=selector, **everywhere).ok()
            assert names(listed) == found, (path, selector)


NOT_ONE = '"{}" is not a known field selector: only "metadata.name", "metadata.namespace"'
REFUSED = [
    (MAPS, "data.x=1", NOT_ONE.format("data.x")),
    (MAPS, "metadata.labels.x=1", NOT_ONE.format("metadata.labels.x")),
    (MAPS, "=x", NOT_ONE.format("")),
    (MAPS, "metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
    (MAPS, "metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
    (MAPS, "metadata.name=a\\b", "invalid field selector: invalid escape sequence: \\b"),
    (DEPLOYMENTS, "status.replicas=1", NOT_ONE.format("status.replicas")),
    ("/apis/apps/v1/replicasets", "status.replicas=0", NOT_ONE.format("status.replicas")),
    ("/api/v1/pods", "spec.priority=1", "field label not supported: spec.priority"),
    ("/api/v1/events", "count=2", "field label not supported: count"),
    ("/api/v1/events", "regarding.kind=Pod", "field label not supported: regarding.kind"),
    ("/api/v1/namespaces", "metadata.namespace=x", "field label not supported: metadata.namespace"),
    (FLUX, "spec.path=x", "field label not supported: spec.path"),
    (FLUX, "=x", "field label not supported: "),
]


@pytest.mark.parametrize(("path", "selector", "message"), REFUSED)
def test_what_cannot_be_selected_by_is_refused(
    api: Client, path: str, selector: str, message: str
) -> None:
    answer = api.get(path, fieldSelector=selector)
    assert (answer.status, answer.json["reason"]) == (400, "BadRequest")
    assert answer.json["message"] == message


def test_pods_by_place_and_state(api: Client, ns: str) -> None:
    pods = f"/api/v1/namespaces/{ns}/pods"
    for name, node in (("a", "n1"), ("b", "n2")):
        spec: Json = {"nodeName": node, "containers": [{"name": "c", "image": "i:1"}]}
        api.post(pods, {"metadata": {"name": name}, "spec": spec}).ok()
    status = {"phase": "Running", "podIP": "10.0.0.9", "podIPs": [{"ip": "10.0.0.9"}]}
    api.patch(f"{pods}/a/status", {"status": status}).ok()
    for selector, found in [
        ("spec.nodeName=n1", ["a"]),
        ("spec.nodeName!=n1", ["b"]),
        ("status.phase=Running", ["a"]),
        ("status.phase=Pending", ["b"]),
        ("status.phase=Running,spec.nodeName=n2", []),
        ("status.podIP=10.0.0.9", ["a"]),
        ("spec.restartPolicy=Always", ["a", "b"]),
        ("spec.schedulerName=default-scheduler", ["a", "b"]),
        ("spec.hostNetwork=false", ["a", "b"]),
        ("status.nominatedNodeName=", ["a", "b"]),
    ]:
        listed = names(api.get(pods, fieldSelector=selector).ok())
        assert listed == found, selector


def test_events_by_what_they_are_about(api: Client, ns: str) -> None:
    events = f"/api/v1/namespaces/{ns}/events"
    for name, kind, told in (("a", "Pod", "Normal"), ("b", "Kustomization", "Warning")):
        about = {"kind": kind, "name": f"{name}-1", "namespace": ns, "apiVersion": "v1", "uid": "u"}
        body = {"metadata": {"name": name}, "involvedObject": about, "reason": "Told", "type": told}
        source = {"source": {"component": "kubelet"}} if name == "a" else {}
        api.post(events, body | source).ok()
    for selector, found in [
        ("involvedObject.kind=Pod", ["a"]),
        ("involvedObject.kind!=Pod", ["b"]),
        ("involvedObject.name=b-1", ["b"]),
        (f"involvedObject.namespace={ns}", ["a", "b"]),
        ("involvedObject.uid=u,type=Warning", ["b"]),
        ("involvedObject.apiVersion=v1", ["a", "b"]),
        ("involvedObject.fieldPath=", ["a", "b"]),
        ("reason=Told,type!=Normal", ["b"]),
        ("source=kubelet", ["a"]),
        ("reportingComponent=kubelet", []),
    ]:
        listed = names(api.get(events, fieldSelector=selector).ok())
        assert listed == found, selector


def test_a_few_fields_of_other_kinds(api: Client, ns: str) -> None:
    api.post(f"/api/v1/namespaces/{ns}/secrets", {"metadata": {"name": "s"}, "type": "x/y"}).ok()
    service = {"metadata": {"name": "s"}, "spec": {"clusterIP": "None", "selector": {"a": "b"}}}
    api.post(f"/api/v1/namespaces/{ns}/services", service).ok()
    container = {"name": "c", "image": "i:1"}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    job = {"metadata": {"name": "j"}, "spec": {"template": template}}
    api.post(f"/apis/batch/v1/namespaces/{ns}/jobs", job).ok()
    for path, selector, found in [
        (f"/api/v1/namespaces/{ns}/secrets", "type=x/y", ["s"]),
        (f"/api/v1/namespaces/{ns}/secrets", "type=Opaque", []),
        (f"/api/v1/namespaces/{ns}/services", "spec.clusterIP=None", ["s"]),
        (f"/api/v1/namespaces/{ns}/services", "spec.type=NodePort", []),
        (f"/apis/batch/v1/namespaces/{ns}/jobs", "status.successful=0", ["j"]),
        ("/api/v1/namespaces", f"status.phase=Active,metadata.name={ns}", [ns]),
        ("/api/v1/namespaces", f"status.phase=Terminating,metadata.name={ns}", []),
    ]:
        assert names(api.get(path, fieldSelector=selector).ok()) == found, (path, selector)


def test_flux_objects_by_name(api: Client, ns: str) -> None:
    place = FLUX.replace("default", ns)
    for name in ("apps", "infra"):
        api.post(place, kustomization(name)).ok()
    assert names(api.get(place, fieldSelector="metadata.name=infra").ok()) == ["infra"]


def test_a_crd_can_name_fields_of_its_own(api: Client, ns: str, group: str) -> None:
    schema: Json = {"type": "object", "properties": {"size": {"type": "integer"}}}
    schema["properties"] |= {"colour": {"type": "string"}, "on": {"type": "boolean"}}
    fields = [{"jsonPath": f".spec.{name}"} for name in ("colour", "size", "on")]
    define(api, crd(group, schema=schema, selectableFields=fields))
    widgets = f"/apis/{group}/v1/namespaces/{ns}/widgets"
    for name, spec in (("a", {"colour": "red", "size": 1, "on": True}), ("b", {"colour": "blue"})):
        head = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": name}}
        api.post(widgets, head | {"spec": spec}).ok()
    for selector, found in [
        ("spec.colour=red", ["a"]),
        ("spec.colour!=red", ["b"]),
        ("spec.size=1", ["a"]),
        ("spec.on=true", ["a"]),
        ("spec.size=", ["b"]),
    ]:
        assert names(api.get(widgets, fieldSelector=selector).ok()) == found, selector
    assert api.get(widgets, fieldSelector="spec.other=1").status == 400
