"""By what a thing is reached, and whose Pods a selector chooses: each kind in its own words."""

from __future__ import annotations

from typing import Any

import pytest
from review_pairs import found, objects, rules_of

from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.review.chosen import words, workloads
from fluxtui.domain.review.reached import serves, ways

GATEWAY = "gateway.networking.k8s.io/v1"
ISTIO = "networking.istio.io/v1"
POD = "spec: {template: {metadata: {labels: {%s}}, spec: {containers: [{name: a, image: 'a:1'}]}}}"


def reached_by(api: str, kind: str, spec: str, meta: str = "") -> tuple[str, ...]:
    text = f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: web{meta}}}\nspec: {{{spec}}}"
    (obj,) = objects(text)
    return ways(ObjectId.of(obj), obj)


@pytest.mark.parametrize(
    ("api", "kind", "spec", "by"),
    [
        ("v1", "Service", "ports: [{port: 80}]", ("port 80/TCP",)),
        ("v1", "Service", "ports: [{port: 53, protocol: UDP}]", ("port 53/UDP",)),
        ("v1", "Service", "ports: [{port: 80, nodePort: 30080}]", ("port 80/TCP",)),
        ("v1", "Service", "type: NodePort, ports: [{port: 80, nodePort: 30080}]",
         ("NodePort from outside", "port 80/TCP", "node port 30080")),
        ("v1", "Service", "type: ExternalName, externalName: db.example.com",
         ("external name db.example.com",)),
        ("networking.k8s.io/v1", "Ingress", "rules: [{host: a.io, http: {paths: [{path: /x}]}}]",
         ("a.io/x",)),
        ("networking.k8s.io/v1", "Ingress", "rules: [{}], tls: [{secretName: s}]",
         ("TLS for *", "*/")),
        ("networking.k8s.io/v1", "Ingress",
         "ingressClassName: nginx, tls: [{hosts: [a.io]}], defaultBackend: {service: {name: x}}",
         ("class nginx", "TLS for a.io", "its default backend")),
        (GATEWAY, "Gateway", "listeners: [{port: 80}]", ("HTTP *:80",)),
        (GATEWAY, "Gateway",
         "gatewayClassName: sea, listeners: [{port: 443, protocol: HTTPS, hostname: a.io}]",
         ("class sea", "HTTPS a.io:443")),
        (GATEWAY, "HTTPRoute", "parentRefs: [{name: outer}]", ("Gateway outer", "host *")),
        (GATEWAY, "TCPRoute",
         "parentRefs: [{kind: Service, name: x, sectionName: tls}], hostnames: [a.io],"
         " rules: [{matches: [{path: {value: /v1}}]}, {}]",
         ("Service x/tls", "host a.io", "path /v1", "path /")),
        (ISTIO, "Gateway", "servers: [{port: {number: 443, protocol: TLS}, hosts: [a.io]}]",
         ("TLS a.io:443",)),
        (ISTIO, "Gateway", "servers: [{port: {number: 80}, hosts: [a.io, b.io]}]",
         ("HTTP a.io:80", "HTTP b.io:80")),
        (ISTIO, "VirtualService", "hosts: [a.io], gateways: [outer]",
         ("Gateway outer", "host a.io")),
        ("projectcontour.io/v1", "HTTPProxy", "virtualhost: {fqdn: a.io}", ("host a.io",)),
        ("projectcontour.io/v1", "HTTPProxy", "routes: []", ()),
        ("traefik.io/v1alpha1", "IngressRoute", "routes: [{match: Host(`a.io`)}]",
         ("Host(`a.io`)",)),
        ("route.openshift.io/v1", "Route", "host: a.io", ("host a.io",)),
        ("apiregistration.k8s.io/v1", "APIService", "group: g, version: v1", ("API g/v1",)),
        ("apiregistration.k8s.io/v1", "APIService",
         "group: g, version: v1, service: {namespace: a, name: s}",
         ("API g/v1", "Service a/s:443")),
        ("apiregistration.k8s.io/v1", "APIService",
         "group: g, version: v1, service: {namespace: a, name: s, port: 8443}",
         ("API g/v1", "Service a/s:8443")),
        ("apps/v1", "Deployment", "replicas: 1", ()),
    ],
)  # fmt: skip
def test_by_what_it_is_reached(api: str, kind: str, spec: str, by: tuple[str, ...]) -> None:
    assert reached_by(api, kind, spec) == by


def test_what_names_no_host_is_reached_by_none() -> None:
    port = "port: {number: 80, protocol: HTTP}"
    assert reached_by(ISTIO, "Gateway", f"servers: [{{{port}}}]") == ()
    assert reached_by(ISTIO, "VirtualService", "http: []") == ()
    assert reached_by("projectcontour.io/v1", "HTTPProxy", "routes: []") == ()
    assert reached_by("v1", "Service", "ports: [{port: 80}]") == ("port 80/TCP",)


def test_an_old_annotation_is_the_class_of_an_ingress() -> None:
    old = ", annotations: {kubernetes.io/ingress.class: nginx}"
    api = "networking.k8s.io/v1"
    assert reached_by(api, "Ingress", "rules: []", old) == ("class nginx",)
    assert reached_by(api, "Ingress", "ingressClassName: own", old) == ("class own",)
    assert reached_by("apps/v1", "Ingress", "ingressClassName: own") == ()


@pytest.mark.parametrize(
    ("has", "way", "still"),
    [
        (("port 80/TCP",), "port 80/TCP", True),
        (("port 80/TCP",), "port 81/TCP", False),
        (("host *",), "host a.io", True),
        (("host *",), "class nginx", False),
        (("a.io/",), "a.io/x", True),
        (("*/",), "a.io/x", True),
        (("b.io/",), "a.io/x", False),
        (("a.io/x",), "a.io/", False),
        (("path /",), "path /v1", True),
        (("path /v1",), "path /", False),
        ((), "a.io/", False),
    ],
)  # fmt: skip
def test_a_way_is_served_by_itself_or_by_what_is_wider(
    has: tuple[str, ...], way: str, still: bool
) -> None:
    assert serves(has, way) is still


@pytest.mark.parametrize(
    ("chosen_by", "taken", "said"),
    [
        (None, False, "nothing"),
        ({}, True, "nothing, so every Pod"),
        ({"matchLabels": {"app": "web"}}, True, "app=web"),
        ({"matchLabels": {"app": "web", "tier": "x"}}, False, "app=web,tier=x"),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]},
         True, "app in (web,api)"),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["api"]}]},
         False, "app in (api)"),
        ({"matchExpressions": [{"key": "no", "operator": "In", "values": ["api"]}]},
         False, "no in (api)"),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]},
         False, "app notin (web)"),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
         True, "app notin (api)"),
        ({"matchExpressions": [{"key": "no", "operator": "NotIn", "values": ["api"]}]},
         True, "no notin (api)"),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True, "app exists"),
        ({"matchExpressions": [{"key": "no", "operator": "Exists"}]}, False, "no exists"),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]},
         False, "app doesnotexist"),
        ({"matchExpressions": [{"key": "no", "operator": "DoesNotExist"}]},
         True, "no doesnotexist"),
    ],
)  # fmt: skip
def test_whose_pods_a_selector_chooses(
    chosen_by: dict[str, Any] | None, taken: bool, said: str
) -> None:
    (web,) = objects(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w}}\n{POD % 'app: web'}"
    )
    service = ObjectId("apps", "web", "", "Service")
    elsewhere = ObjectId("other", "web", "", "Service")
    assert bool(workloads({ObjectId.of(web): web}, service, chosen_by)) is taken
    assert workloads({ObjectId.of(web): web}, elsewhere, chosen_by) == ()
    assert words(chosen_by) == said


JOB = """---
apiVersion: batch/v1
kind: Job
metadata: {name: seed}
spec: {template: {metadata: {labels: {v: '%s'}}, spec: {containers: [{name: c, image: 'a:1'%s}]}}}
"""


def test_a_job_says_what_it_runs_its_command_its_arguments_or_its_image() -> None:
    def look(more: str) -> tuple[str, ...]:
        (danger,) = [d for d in found("", JOB % (1, more)) if d.rule == "migration"]
        return danger.look

    assert look("") == ("c: a:1",)
    assert look(", command: [sh, -c]") == ("c: sh -c",)
    assert look(", args: [up]") == ("c: up",)
    assert look(", command: [migrate], args: [up, '--all']") == ("c: migrate up --all",)


def test_a_job_of_the_same_template_does_not_run_again() -> None:
    same = JOB.replace("spec: {template", "spec: {suspend: %s, template", 1)
    before, after = (same.replace("%s", word, 1) % (1, "") for word in ("false", "true"))
    assert "migration" not in rules_of(before, after, force=True)
    assert "migration" in rules_of(JOB % (1, ""), JOB % (2, ""), force=True)


WORKLOAD = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: w}
spec: {template: {spec: {%scontainers: [{name: c, image: 'a:1'%s}]}}}
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("", "serviceAccountName: own, ", True),
        ("", "serviceAccount: own, ", True),
        ("serviceAccount: own, ", "serviceAccountName: own, ", False),
        ("", "serviceAccountName: default, ", False),
        ("serviceAccountName: own, ", "", True),
    ],
)
def test_who_a_workload_is_by_either_field(before: str, after: str, says: bool) -> None:
    pair = (WORKLOAD % (side, "") for side in (before, after))
    assert ("service-account" in rules_of(*pair)) is says


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("requests: {cpu: 1}", "", True),
        ("requests: {cpu: 1}", "limits: {cpu: 1}", False),
        ("limits: {cpu: 1}", "", True),
        ("limits: {cpu: 1, memory: 1}", "limits: {cpu: 1}", True),
        ("", "requests: {cpu: 1}", False),
        ("requests: {cpu: 1}", "requests: {cpu: 2}", False),
    ],
)
def test_what_a_container_is_granted_and_no_longer(before: str, after: str, says: bool) -> None:
    pair = (WORKLOAD % ("", f", resources: {{{side}}}") for side in (before, after))
    assert ("guard-removed" in rules_of(*pair)) is says
