"""What Kubernetes refuses of pods and pod templates, and what it only warns of.

Yields causes with Kubernetes' texts; containers are in container_validation.py, kinds around pods
in validation.py. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fluxtui.world.apiserver.container_validation import (
    container,
    duplicate,
    shown,
    unsupported,
)
from fluxtui.world.apiserver.naming import key_faults, label_name_faults, subdomain_faults
from fluxtui.world.apiserver.pod_defaults import VOLUME_SOURCES
from fluxtui.world.apiserver.status import (
    Cause,
    Json,
    forbidden_field,
    invalid_value,
    required,
)

_DNS = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
# What a volume's source cannot do without.
_NEEDED = {
    "configMap": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "hostPath": "path",
}


def pod_spec(
    spec: Json, path: str, restart: tuple[str, ...], claims: frozenset[str] = frozenset()
) -> Iterator[Cause]:
    """`claims`: names of volumes that a StatefulSet's claim templates bring along."""
    yield from _volumes(spec.get("volumes") or [], f"{path}.volumes")
    containers = spec.get("containers") or []
    if not containers:
        yield required(f"{path}.containers")
    seen: set[str] = set()
    volumes = {v.get("name") for v in spec.get("volumes") or ()} | claims
    for i, body in enumerate(containers):
        yield from container(body, f"{path}.containers[{i}]", seen, volumes, main=True)
    for i, body in enumerate(spec.get("initContainers") or ()):
        yield from container(body, f"{path}.initContainers[{i}]", seen, volumes, main=False)
    policy = spec.get("restartPolicy", "Always")
    if policy not in restart:
        if "Always" not in restart and policy == "Always":
            options = ", ".join(f'"{o}"' for o in restart)
            yield required(f"{path}.restartPolicy", f"valid values: {options}")
        else:
            yield unsupported(f"{path}.restartPolicy", policy, tuple(sorted(restart)))
    if spec.get("dnsPolicy", "ClusterFirst") not in _DNS:
        yield unsupported(f"{path}.dnsPolicy", spec["dnsPolicy"], _DNS)
    yield from _placing(spec, path)


def _placing(spec: Json, path: str) -> Iterator[Cause]:
    """Where a pod may run and as whom."""
    for key in spec.get("nodeSelector") or {}:
        for fault in key_faults(key):
            yield invalid_value(f"{path}.nodeSelector", shown(key), fault)
    for fault in subdomain_faults(spec.get("serviceAccountName") or "x"):
        value = shown(spec.get("serviceAccountName"))
        yield invalid_value(f"{path}.serviceAccountName", value, fault)
    for i, toleration in enumerate(spec.get("tolerations") or ()):
        operator = toleration.get("operator", "Equal")
        if operator not in ("Equal", "Exists"):
            where = f"{path}.tolerations[{i}].operator"
            yield unsupported(where, operator, ("Equal", "Exists"))
    user = (spec.get("securityContext") or {}).get("runAsUser")
    if isinstance(user, int) and not 0 <= user < 2**31:
        text = "must be between 0 and 2147483647, inclusive"
        yield invalid_value(f"{path}.securityContext.runAsUser", str(user), text)


def _volumes(volumes: list[Json], path: str) -> Iterator[Cause]:
    names: set[Any] = set()
    for i, volume in enumerate(volumes):
        where, name = f"{path}[{i}]", volume.get("name")
        given = [k for k in VOLUME_SOURCES if volume.get(k) is not None]
        for word in given[:1]:
            field = _NEEDED.get(word)
            if field and not volume[word].get(field):
                yield required(f"{where}.{word}.{field}")
        for word in given[1:]:
            text = "may not specify more than 1 volume type"
            yield forbidden_field(f"{where}.{word}", text)
        if not name:
            yield required(f"{where}.name")
        elif name in names:
            yield duplicate(f"{where}.name", name)
        else:
            for fault in label_name_faults(name):
                yield invalid_value(f"{where}.name", shown(name), fault)
        names.add(name)


def pod_warnings(spec: Json, path: str) -> Iterator[str]:
    """What is accepted with a warning."""
    for i, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        if constraint.get("labelSelector") is None:
            yield (
                f"{path}.topologySpreadConstraints[{i}].labelSelector: a null labelSelector "
                "results in matching no pod"
            )
    for i, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not (secret or {}).get("name"):
            yield f'{path}.imagePullSecrets[{i}].name: invalid empty name ""'
    grace = spec.get("terminationGracePeriodSeconds")
    if isinstance(grace, int) and grace < 0:
        yield (
            f"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and "
            "will be treated as 1"
        )
