"""Apply: create the root source and Kustomization of an Environment, and nothing else.

The one act that starts a delivery where none is: everything after that has a parent and comes from
the registry. Field manager `fluxtui-apply`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from fluxtui.commands.command import Context
from fluxtui.commands.planning import plan_for
from fluxtui.commands.safety import read_only_reason
from fluxtui.domain.counts import counted
from fluxtui.domain.errors import RefusedError, UsageError
from fluxtui.domain.kinds import ALL
from fluxtui.domain.plan import ApplyStep, Plan
from fluxtui.domain.resource import Key

FLUX = frozenset(k.id for k in ALL)
ALLOWED = FLUX | {
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
}


def apply_plan(
    context: Context,
    environment: str,
    objects: Sequence[Mapping[str, Any]],
    *,
    origin: str,
    reason: str = "",
) -> Plan:
    """A Plan of one ApplyStep per object, in the order given.

    `origin` names the file. Only Namespaces, CRDs and Flux kinds are taken: everything else belongs
    in a bundle. Raises UsageError, and RefusedError for a read-only Environment.
    """
    refusal = read_only_reason(context, (environment,))
    if refusal:
        raise RefusedError(refusal, where=origin)
    steps: list[ApplyStep] = []
    keyed = [(_key(environment, obj, origin), obj) for obj in objects]
    for number, (key, obj) in enumerate(_with_namespaces(keyed), start=1):
        if (key.group, key.kind) not in ALLOWED:
            raise UsageError(
                f"{key.label} is not for apply",
                where=origin,
                next="apply takes Namespaces, CRDs, OCIRepositories and Kustomizations; "
                "everything else belongs in a bundle",
            )
        needs = (steps[-1].id,) if steps else ()
        steps.append(
            ApplyStep(
                f"apply-{number}",
                f"apply {key.label}",
                needs,
                "delete it by hand; what it created is pruned with it",
                target=key,
                object=obj,
            )
        )
    if not steps:
        raise UsageError("there is no object in it", where=origin)
    files = ", ".join(PurePath(name).name for name in origin.split(", "))  # people know the end
    return plan_for(
        context,
        {"reason": reason},
        "apply",
        f"apply {counted(len(steps), 'object')} from {files} to {environment}",
        steps,
        effects=(f"{s.target.label} is created or updated" for s in steps),
    )


def _with_namespaces(
    keyed: Sequence[tuple[Key, Mapping[str, Any]]],
) -> list[tuple[Key, Mapping[str, Any]]]:
    """The objects, after the Namespaces that they live in and that the files do not bring."""
    namespaces = {key.name for key, _obj in keyed if (key.group, key.kind) == ("", "Namespace")}
    missing = dict.fromkeys(
        key.namespace for key, _obj in keyed if key.namespace and key.namespace not in namespaces
    )
    created: list[tuple[Key, Mapping[str, Any]]] = [
        (
            Key(keyed[0][0].environment, "", "Namespace", "", name),
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        )
        for name in missing
    ]
    return [*created, *keyed]


def _key(environment: str, obj: Mapping[str, Any], origin: str) -> Key:
    meta = obj.get("metadata")
    kind, api_version = obj.get("kind"), obj.get("apiVersion")
    name = meta.get("name") if isinstance(meta, Mapping) else None
    if not all(isinstance(text, str) and text for text in (kind, api_version, name)):
        raise UsageError("an object without apiVersion, kind or metadata.name", where=origin)
    namespace = str(meta.get("namespace") or "") if isinstance(meta, Mapping) else ""
    key = Key(environment, str(api_version).rpartition("/")[0], str(kind), namespace, str(name))
    if (key.group, key.kind) in FLUX and not namespace:
        raise UsageError(
            f"{key.label} has no namespace", where=origin, next="set metadata.namespace"
        )
    return key
