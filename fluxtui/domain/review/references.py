"""Which ConfigMaps and Secrets the Pods of an object cannot start without. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fluxtui.domain.review.pods import Object, containers, listed, mapping, pod_spec

PULL = "its pull secret"
# The control plane puts it into every namespace.
_GIVEN = ("ConfigMap", "kube-root-ca.crt")


@dataclass(frozen=True, slots=True)
class PodReference:
    """One of them. `key`: the entry that must be in it, "" for none; `use`: as a person says it."""

    kind: str
    name: str
    use: str
    key: str = ""


def references(obj: Object) -> Iterator[PodReference]:
    """All that are not optional, in the order they are written."""
    for reference in _all(obj):
        if reference.name and (reference.kind, reference.name) != _GIVEN:
            yield reference


def _all(obj: Object) -> Iterator[PodReference]:
    spec = pod_spec(obj)
    if not spec:
        return
    for container in containers(obj):
        for entry in listed(container.body, "envFrom"):
            yield from _one(entry, "configMapRef", "secretRef", f"envFrom of {container.name}")
        for entry in listed(container.body, "env"):
            use = f"{entry.get('name')} of {container.name}"
            yield from _one(mapping(entry, "valueFrom"), "configMapKeyRef", "secretKeyRef", use)
    for volume in listed(spec, "volumes"):
        use = f"volume {volume.get('name')}"
        yield from _one(volume, "configMap", "secret", use)
        yield from _files(volume, obj)
        for source in listed(volume, "projected", "sources"):
            yield from _one(source, "configMap", "secret", use)
    for entry in listed(spec, "imagePullSecrets"):
        yield PodReference("Secret", str(entry.get("name") or ""), PULL)


def _files(volume: Object, obj: Object) -> Iterator[PodReference]:
    """Single files that containers mount out of a volume whose entries are all of the holder."""
    for container in containers(obj):
        for mount in listed(container.body, "volumeMounts"):
            file = str(mount.get("subPath") or "").strip("/")
            if mount.get("name") != volume.get("name") or not file or "/" in file:
                continue
            for reference in _one(volume, "configMap", "secret", f"a file of {container.name}"):
                if not reference.key:
                    yield replace(reference, key=file)


def _one(holder: Object, configmap: str, secret: str, use: str) -> Iterator[PodReference]:
    for field, kind in ((configmap, "ConfigMap"), (secret, "Secret")):
        entry = mapping(holder, field)
        if entry.get("optional") is True:
            continue
        name = str(entry.get("name") or entry.get("secretName") or "")
        keys = [str(entry.get("key") or "")]
        keys += [str(item.get("key") or "") for item in listed(entry, "items")]
        for key in [key for key in keys if key] or [""]:
            yield PodReference(kind, name, use, key)
