"""By which ways something is reached from elsewhere: ports of Services, hosts of Ingresses, routes
and gateways, versions of an API. As short texts; two objects with the same texts are reached alike.

Pure; what is lost by a change is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from fluxtui.domain.objectid import ObjectId
from fluxtui.domain.review.pods import Object, at, listed, mapping

_ISTIO = "networking.istio.io"
_OUTSIDE = ("NodePort", "LoadBalancer")


def _service(obj: Object) -> Iterator[str]:
    kind = at(obj, "spec", "type")
    if kind == "ExternalName":
        yield f"external name {at(obj, 'spec', 'externalName')}"
    elif kind in _OUTSIDE:
        yield f"{kind} from outside"
    for port in listed(obj, "spec", "ports"):
        yield f"port {port.get('port')}/{port.get('protocol') or 'TCP'}"
        if kind in _OUTSIDE and port.get("nodePort"):
            yield f"node port {port['nodePort']}"


def _ingress(obj: Object) -> Iterator[str]:
    named = at(obj, "spec", "ingressClassName")
    old = at(obj, "metadata", "annotations", "kubernetes.io/ingress.class")
    if named or old:
        yield f"class {named or old}"
    for tls in listed(obj, "spec", "tls"):
        for host in tls.get("hosts") or ("*",):
            yield f"TLS for {host}"
    for rule in listed(obj, "spec", "rules"):
        host = rule.get("host") or "*"
        for path in listed(rule, "http", "paths") or ({},):
            yield f"{host}{path.get('path') or '/'}"
    if at(obj, "spec", "defaultBackend"):
        yield "its default backend"


def _gateway(obj: Object) -> Iterator[str]:
    if at(obj, "spec", "gatewayClassName"):
        yield f"class {at(obj, 'spec', 'gatewayClassName')}"
    for listener in listed(obj, "spec", "listeners"):
        where = listener.get("hostname") or "*"
        yield f"{listener.get('protocol') or 'HTTP'} {where}:{listener.get('port')}"


def _route(obj: Object) -> Iterator[str]:
    for parent in listed(obj, "spec", "parentRefs"):
        section = f"/{parent['sectionName']}" if parent.get("sectionName") else ""
        yield f"{parent.get('kind') or 'Gateway'} {parent.get('name')}{section}"
    for host in at(obj, "spec", "hostnames") or ("*",):
        yield f"host {host}"
    for rule in listed(obj, "spec", "rules"):
        for match in listed(rule, "matches") or ({},):
            yield f"path {mapping(match, 'path').get('value') or '/'}"


def _mesh_gateway(obj: Object) -> Iterator[str]:
    for server in listed(obj, "spec", "servers"):
        port = mapping(server, "port")
        for host in server.get("hosts") or ():
            yield f"{port.get('protocol') or 'HTTP'} {host}:{port.get('number')}"


def _mesh_route(obj: Object) -> Iterator[str]:
    for gateway in at(obj, "spec", "gateways") or ():
        yield f"Gateway {gateway}"
    for host in at(obj, "spec", "hosts") or ():
        yield f"host {host}"


def _proxy(obj: Object) -> Iterator[str]:
    host = at(obj, "spec", "virtualhost", "fqdn")
    if host:
        yield f"host {host}"


def _matched(obj: Object) -> Iterator[str]:
    for route in listed(obj, "spec", "routes"):
        yield f"{route.get('match')}"


def _api(obj: Object) -> Iterator[str]:
    spec = mapping(obj, "spec")
    yield f"API {spec.get('group')}/{spec.get('version')}"
    service = mapping(spec, "service")
    if service:
        port = service.get("port") or 443
        yield f"Service {service.get('namespace')}/{service.get('name')}:{port}"


_WAYS: Mapping[tuple[str, str], Callable[[Object], Iterator[str]]] = {
    ("", "Service"): _service,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("extensions", "Ingress"): _ingress,
    ("gateway.networking.k8s.io", "Gateway"): _gateway,
    ("gateway.networking.k8s.io", "HTTPRoute"): _route,
    ("gateway.networking.k8s.io", "GRPCRoute"): _route,
    ("gateway.networking.k8s.io", "TLSRoute"): _route,
    ("gateway.networking.k8s.io", "TCPRoute"): _route,
    ("gateway.networking.k8s.io", "UDPRoute"): _route,
    (_ISTIO, "Gateway"): _mesh_gateway,
    (_ISTIO, "VirtualService"): _mesh_route,
    ("projectcontour.io", "HTTPProxy"): _proxy,
    ("traefik.io", "IngressRoute"): _matched,
    ("traefik.containo.us", "IngressRoute"): _matched,
    ("route.openshift.io", "Route"): lambda obj: iter([f"host {at(obj, 'spec', 'host')}"]),
    ("apiregistration.k8s.io", "APIService"): _api,
}


def ways(id: ObjectId, obj: Object) -> tuple[str, ...]:
    """By what it is reached, each once; () of what nobody calls."""
    ways_of = _WAYS.get((id.group, id.kind))
    return tuple(dict.fromkeys(ways_of(obj))) if ways_of is not None else ()


def serves(has: tuple[str, ...], way: str) -> bool:
    """Whether what was reached by a way still is: by the same, by a shorter path, or where every
    host is taken."""
    if way in has or (way.startswith("host ") and "host *" in has):
        return True
    host, _slash, path = way.partition("/")
    if " " in host and host != "path ":
        return False
    hosts = {host} if host == "path " else {host, "*"}
    return any(_leads(other, hosts, path) for other in has)


def _leads(way: str, hosts: set[str], path: str) -> bool:
    host, slash, shorter = way.partition("/")
    if not slash or host not in hosts:
        return False
    return path == shorter or path.startswith(f"{shorter.rstrip('/')}/" if shorter else "")
