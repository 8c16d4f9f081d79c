"""Images that come from elsewhere or name no version, and hosts and ports that lead elsewhere."""

from __future__ import annotations

import pytest
from review_pairs import found

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.rules.image_name import registry

POD = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [%s]}
"""
RELEASE = """---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec: {values: {%s}}
"""
OWN = "---\napiVersion: apps/v1\nkind: %s\nmetadata: {name: web}\nspec: {image: {tag: %s}}\n"
SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: %s%s}
spec: {%sselector: {app: web}, ports: [%s]}
"""
INGRESS = """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s, namespace: %s}
spec: {rules: [%s]}
"""


def container(image: str, name: str = "web", more: str = "") -> str:
    said = f', image: "{image}"' if image else ""
    return f"{{name: {name}{said}{more}}}"


def pod(*containers: str, name: str = "web") -> str:
    return POD % (name, ", ".join(containers))


def told(rule: str, before: str, after: str) -> list[Danger]:
    return [danger for danger in found(before, after) if danger.rule == rule]


def images(before: str, after: str) -> list[str]:
    return [danger.says for danger in told("image-name", before, after)]


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("web", "docker.io"),
        ("web:1", "docker.io"),
        ("team/web:1", "docker.io"),
        ("localhost/web", "localhost"),
        ("box:5000/web", "box:5000"),
        ("r.example.com/web", "r.example.com"),
        ("docker.io/team/web", "docker.io"),
        ("index.docker.io/team/web", "docker.io"),
        ("registry-1.docker.io/team/web", "docker.io"),
    ],
)
def test_the_host_of_an_image_is_read_as_runtimes_read_it(image: str, host: str) -> None:
    assert registry(image) == host
    (says, *rest) = images(pod(container("other.example.com/web:1")), pod(container(image + "@x")))
    assert not rest and f"from {host} instead of other.example.com" in says


@pytest.mark.parametrize("tag", ["", ":latest", ":main", ":Nightly", ":dev"])
def test_an_image_that_names_no_version_is_told_with_what_it_was(tag: str) -> None:
    (says,) = images(pod(container("web:1")), pod(container(f"web{tag}")))
    assert says == (
        f"Deployment/apps/web container web: web{tag} names no version,"
        " each node takes what there is (was web:1)"
    )
    (says,) = images("", pod(container(f"web{tag}")))
    assert says.endswith("each node takes what there is")
    assert images(pod(container("web:1")), pod(container(f"web{tag}@sha256:00"))) == []
    assert images(pod(container(f"web{tag}")), "") == []


@pytest.mark.parametrize(
    ("api", "kind", "where"),
    [
        ("batch/v1", "CronJob", "{jobTemplate: {spec: {template: {spec: %s}}}}"),
        ("batch/v1", "Job", "{template: {spec: %s}}"),
        ("v1", "ReplicationController", "{template: {spec: %s}}"),
        ("v1", "Pod", "%s"),
        ("sea.example.com/v1", "Fleet", "{pools: [{nodes: {template: %s}}]}"),
    ],
)
def test_containers_are_found_where_each_kind_has_them(api: str, kind: str, where: str) -> None:
    head = f"---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: web}}\nspec: "
    before, after = (
        head + where % f"{{containers: [{container(image)}]}}\n" for image in ("web:1", "web")
    )
    (says,) = images(before, after)
    assert says.startswith(f"{kind}/apps/web container web: web names no version")


def test_only_the_container_whose_image_changes_is_named() -> None:
    floats = container("other", "other")
    (says,) = images(pod(floats, container("web:1")), pod(floats, container("r.io/web:1")))
    assert "container web: from r.io instead of docker.io (web:1 -> r.io/web:1)" in says
    assert images(pod(container("web:1")), pod(container(""))) == []
    assert images(pod(container("web:1")), pod(container("web:1"), container("b:1", "b"))) == []


def test_a_container_without_a_name_is_called_by_none() -> None:
    before, after = (pod(f"{{image: '{image}'}}") for image in ("web:1", "web"))
    (says,) = images(before, after)
    assert says.startswith("Deployment/apps/web container : web names no version")


def test_a_new_workload_comes_from_nowhere_else() -> None:
    assert images("", pod(container("r.example.com/web:1"))) == []


def released(before: str, after: str) -> list[str]:
    """What is said of a release whose values change so."""
    return images(RELEASE % before, RELEASE % after)


def test_the_tag_of_a_chart_may_name_no_version() -> None:
    (says,) = released("image: {tag: '1'}", "image: {tag: Latest}")
    assert "values.image.tag: image:Latest names no version" in says
    assert says.endswith("(was image:1)")
    (new,) = released("image: {a: b}", "image: {a: b, tag: main}")
    assert new.endswith("each node takes what there is")
    assert released("image: {tag: '1'}", "image: {tag: '2'}") == []
    assert released("image: {tag: '1'}", "image: {a: b}") == []
    assert released("image: {tag: latest}", "image: {tag: 1}") == []
    assert released("chart: {tag: '1'}", "chart: {tag: latest}") == []


def test_the_registry_or_repository_of_a_chart_may_be_another() -> None:
    (says,) = released("image: {registry: a.io}", "image: {registry: b.io}")
    assert says.endswith("values.image.registry: from b.io instead of a.io (a.io -> b.io)")
    (says,) = released("image: {repository: a.io/x}", "image: {repository: b.io/x}")
    assert "from b.io instead of a.io" in says
    assert released("image: {repository: a.io/x}", "image: {repository: a.io/y}") == []
    assert released("image: {repository: team/x}", "image: {repository: docker.io/x}") == []
    assert released("image: {a: b}", "image: {a: b, registry: b.io}") == []
    assert released("image: {registry: a.io}", "image: {a: b}") == []
    assert released("cache: {registry: a.io}", "cache: {registry: b.io}") == []


def test_a_whole_image_in_a_field_of_an_operator_is_one() -> None:
    for field in ("image", "imageName", "baseImage"):
        (says,) = released(f"db: {{{field}: 'a.io/x:1'}}", f"db: {{{field}: 'b.io/x:1'}}")
        assert f"values.db.{field}: from b.io instead of a.io" in says
        assert len(released("a: b", f"a: b, {field}: x")) == 1
        assert released(f"{field}: 'x:1'", f"{field}: 'x:2'") == []
    assert released("picture: 'x:1'", "picture: x") == []


def test_a_container_of_an_operator_is_told_of_once() -> None:
    before, after = (f"pod: {{containers: [{{name: a, image: '{i}'}}]}}" for i in ("x:1", "x"))
    (says,) = released(before, after)
    assert "container a: x names no version" in says


def test_fields_of_that_name_in_kubernetes_own_kinds_are_none() -> None:
    assert images(OWN % ("Thing", "'1'"), OWN % ("Thing", "latest")) == []
    gateway = OWN.replace("apps/v1", "gateway.networking.k8s.io/v1")
    assert images(gateway % ("Gateway", "'1'"), gateway % ("Gateway", "latest")) == []
    assert images("", RELEASE % "image: {tag: latest}") == [], "a new release says what it likes"


def exposed(before: str, after: str) -> list[str]:
    return [danger.says for danger in told("exposure", before, after)]


def service(
    ports: str = "{port: 80}", spec: str = "", name: str = "web", namespace: str = ""
) -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return SERVICE % (name, where, spec, ports)


def host(name: str, path: str = "/") -> str:
    return f"{{host: {name}, http: {{paths: [{{path: {path}}}]}}}}"


def test_a_service_that_goes_says_by_what_it_was_called() -> None:
    assert exposed(service(), "") == ["Service/apps/web is deleted: port 80/TCP"]
    assert exposed(service(""), "") == ["Service/apps/web is deleted: it is called by its name"]
    assert exposed(service(), service(name="other")) != [], "another name is another address"
    assert exposed(pod(container("a:1")), "") == []


def test_an_ingress_that_goes_may_leave_its_hosts_to_another() -> None:
    gone = INGRESS % ("a", "apps", f"{host('a.io')}, {host('b.io')}")
    (says,) = exposed(gone, "")
    assert says == "Ingress/apps/a is deleted: a.io/, b.io/"
    heir = INGRESS % ("b", "apps", f"{host('a.io')}, {host('b.io')}")
    assert exposed(gone, heir) == []
    (says,) = exposed(gone, INGRESS % ("b", "apps", host("a.io")))
    assert says == "Ingress/apps/a is deleted: b.io/"
    (says,) = exposed(gone, INGRESS % ("b", "other", f"{host('a.io')}, {host('b.io')}"))
    assert says.endswith("a.io/, b.io/")
    old = heir.replace("networking.k8s.io", "extensions")
    assert len(exposed(gone, old)) == 1, "another API"


def test_what_it_is_reached_by_now_is_said_beside_what_it_was() -> None:
    (says,) = exposed(service("{port: 80}, {port: 81}"), service("{port: 80}, {port: 82}"))
    assert says == "Service/apps/web is not reached by port 81/TCP any more, now port 82/TCP"
    (says,) = exposed(service("{port: 80}, {port: 81}"), service("{port: 80}"))
    assert says == "Service/apps/web is not reached by port 81/TCP any more"
    assert exposed(service("{port: 80}"), service("{port: 80}, {port: 81}")) == []


def test_what_is_opened_to_the_outside_is_told_unless_something_is_lost_too() -> None:
    opened = service(spec="type: NodePort, ")
    (danger,) = told("exposure", service(), opened)
    assert danger.level is Gravity.CARE
    assert danger.says.endswith("from outside of the cluster: NodePort from outside")
    (says,) = exposed(service(), service("{port: 81}", "type: NodePort, "))
    assert "not reached by port 80/TCP any more, now NodePort from outside, port 81/TCP" in says
    assert exposed(opened, service("{port: 80}, {port: 81}", "type: NodePort, ")) == []
    assert exposed("", opened) == [], "what is new has changed for nobody"


NAMED = ", ports: [{name: http, containerPort: 80}]"


def test_a_port_by_name_leads_nowhere_when_no_pod_has_that_name() -> None:
    by_name = service("{port: 80, targetPort: http}")
    named, bare = pod(container("a:1", more=NAMED)), pod(container("a:1"))
    (says,) = exposed(named + by_name, bare + by_name)
    assert says == (
        "Service/apps/web port 80 leads to http, a port that Deployment/apps/web does not name"
    )
    assert len(exposed("", bare + by_name)) == 1
    assert exposed("", named + by_name) == []
    assert exposed("", by_name) == [], "its Pods are not of this build"
    assert exposed("", bare + service("{port: 80, targetPort: 8080}")) == []
    assert exposed("", bare + service('{port: 80, targetPort: "8080"}')) == []
    assert exposed("", bare + service("{port: 80}")) == []
    first = named.replace("containers:", "initContainers:")
    assert exposed("", first + by_name) == []


def test_what_led_nowhere_before_and_does_not_change_is_no_news() -> None:
    both = pod(container("a:1")) + service("{port: 80, targetPort: http}")
    other = pod(container("b:1"), name="other").replace("app: web", "app: other")
    assert exposed(both, both + other) == []
    two = both + pod(container("a:1", more=NAMED), name="named")
    assert exposed("", two) == []
