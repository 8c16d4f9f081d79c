"""Field selectors: name and namespace everywhere, a few fields of a few kinds, custom ones too."""

from __future__ import annotations

from tests.contract.reads import make_maps, maps_of, names
from tests.world.apiserver.client import FLUX, MAPS, Client, Json, kustomization


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
    ]:
        for path in (maps_of(ns), MAPS.replace("/namespaces/default", "")):
            listed = api.get(path, fieldSelector=selector, **everywhere).ok()
            assert names(listed) == found, (path, selector)


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
    ]:
        listed = names(api.get(events, fieldSelector=selector).ok())
        assert listed == found, selector


def test_flux_objects_by_name(api: Client, ns: str) -> None:
    place = FLUX.replace("default", ns)
    for name in ("apps", "infra"):
        api.post(place, kustomization(name)).ok()
    assert names(api.get(place, fieldSelector="metadata.name=infra").ok()) == ["infra"]
