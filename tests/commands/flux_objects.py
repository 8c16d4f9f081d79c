"""Objects of every Flux kind for stories about acts: `obj("hr", "web", spec=..., status=...)`."""

from __future__ import annotations

from typing import Any

from fluxtui.commands.command import Context
from fluxtui.commands.registry import by_id
from fluxtui.domain import kinds
from fluxtui.domain.plan import AwaitStep, PatchStep, Plan, RequestReconcile
from fluxtui.domain.resource import Resource
from tests.builders import CONFIG, NS, READY, context, snapshot

INDEX = "https://charts.example.com"


def obj(
    short: str,
    name: str,
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    **meta: Any,
) -> Resource:
    """One that is ready, where its kind has a status."""
    kind = kinds.by_short(short)
    assert kind is not None
    metadata = {"name": name, "namespace": NS, "generation": 1, "resourceVersion": "7", **meta}
    well = {"conditions": [READY], **(status or {})}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
    one = Resource.from_object("staging", {**body, "spec": spec or {}, "status": well})
    static = kind.is_static(one)
    return Resource.from_object("staging", {**body, "spec": spec or {}}) if static else one


def release(
    name: str = "web", wish: str = "^1.4", history: Any = (), tried: str = "", **meta: Any
) -> Resource:
    """A HelmRelease of chart `web` out of HelmRepository `charts`; `history`: (version, status),
    newest first."""
    reference = {"kind": "HelmRepository", "name": "charts"}
    chart = {"chart": "web", "sourceRef": reference, **({"version": wish} if wish else {})}
    entries = [
        {"version": len(history) - n, "chartName": "web", "chartVersion": v, "status": s,
         "lastDeployed": f"2026-11-2{len(history) - n}T00:00:00Z"}
        for n, (v, s) in enumerate(history)
    ]  # fmt: skip
    first = history[0][0] if history else ""
    status = {"history": entries, "lastAttemptedRevision": tried or first}
    return obj("hr", name, {"interval": "10m", "chart": {"spec": chart}}, status, **meta)


def charts(*, static: bool = False) -> Resource:
    """HelmRepository `charts`: an index, or a registry's address."""
    spec = {"url": "oci://r.example.com/charts", "type": "oci"} if static else {"url": INDEX}
    return obj("helmrepo", "charts", spec)


def chart_of(name: str = "web", revision: str = "1.4.2", **spec: Any) -> Resource:
    """The HelmChart that helm-controller makes for a release of that name."""
    reference = {"kind": "HelmRepository", "name": "charts"}
    return obj(
        "hc",
        f"{NS}-{name}",
        {"chart": "web", "version": "^1.4", "sourceRef": reference, **spec},
        {"artifact": {"revision": revision}},
        labels={"helm.toolkit.fluxcd.io/name": name, "helm.toolkit.fluxcd.io/namespace": NS},
    )


def at(*resources: Resource, on: Resource, config: Any = CONFIG, tags: Any = ()) -> Context:
    """The cursor on one of them."""
    return context(
        snapshot(*resources, config=config, tags=tags), environment="staging", object=on.key
    )


def on_row(*resources: Resource, service: str) -> Context:
    """The cursor on the row of the board that an object of that name is, in staging."""
    return context(snapshot(*resources), environment="staging", service=f"{NS}/{service}")


def refusal(command: str, where: Context) -> str:
    """Why not; "" when it can be done."""
    return by_id(command).disabled_reason(where) or ""


def plan(command: str, where: Context, **values: str) -> Plan:
    """The Plan of a Command that is not refused."""
    declared = by_id(command)
    assert refusal(command, where) == "" and declared.plan is not None
    return declared.plan(where, values)


def patched(made: Plan) -> Any:
    """The patch of its first write."""
    return next(step.patch for step in made.steps if isinstance(step, PatchStep))


def asked(made: Plan) -> list[tuple[str, tuple[str, ...]]]:
    """`Kind/name` of what is asked to reconcile, with what each waits for."""
    return [
        (f"{s.target.kind}/{s.target.name}", s.needs)
        for s in made.steps
        if isinstance(s, RequestReconcile)
    ]


def awaited(made: Plan) -> list[tuple[str, str]]:
    """(until, value) of what it waits for."""
    return [(str(s.until), s.value) for s in made.steps if isinstance(s, AwaitStep)]
