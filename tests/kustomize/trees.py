"""Small trees of files written in one text, and looking things up in what is built of them.

A tree is a text of blocks, each begun by `== path`. The files below are always there; a tree that
does not name them does not see them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import Any

from fluxtui.kustomize import Build, build, flux_build
from fluxtui.kustomize.files import MemoryFiles
from fluxtui.kustomize.variables import Variables

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      serviceAccountName: runner
      containers:
      - name: web
        image: ghcr.io/acme/web:1.0
        env:
        - {name: A, value: "1"}
        - name: COLOUR
          valueFrom:
            configMapKeyRef: {name: settings, key: colour}
        ports:
        - {containerPort: 80, protocol: TCP}
      volumes:
      - name: conf
        configMap: {name: settings}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - {name: http, port: 80, protocol: TCP, targetPort: 80}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: blue
  size: "3"
"""
ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: runner
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: runner
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: runner}
subjects:
- {kind: ServiceAccount, name: runner}
- {kind: ServiceAccount, name: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: runner
rules: []
"""
TEAM = """\
apiVersion: v1
kind: Namespace
metadata:
  name: team
"""
WIDGET = """\
apiVersion: example.com/v1
kind: Widget
metadata:
  name: dial
spec:
  parts:
  - {name: a, size: 1}
  - {name: b, size: 2}
  config: settings
"""
ALWAYS = {
    "deploy.yaml": DEPLOYMENT,
    "service.yaml": SERVICE,
    "settings.yaml": SETTINGS,
    "account.yaml": ACCOUNT,
    "team.yaml": TEAM,
    "widget.yaml": WIDGET,
}
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def tree(text: str) -> MemoryFiles:
    """The files of a text of `== path` blocks. Text before the first is kustomization.yaml."""
    parts = re.split(r"^== (\S+)\n", dedent(text).lstrip("\n"), flags=re.M)
    files = {"kustomization.yaml": parts[0]} if parts[0].strip() else {}
    files.update(zip(parts[1::2], parts[2::2], strict=True))
    return MemoryFiles({path: body.encode() for path, body in {**ALWAYS, **files}.items()})


def rendered(text: str, path: str = ".") -> Build:
    """What a tree builds to."""
    return build(tree(text), path)


def reconciled(
    text: str, spec: Mapping[str, Any], path: str = ".", variables: Variables | None = None
) -> Build:
    """What Flux would apply of a tree for a Kustomization `apps/demo` with a spec."""
    kustomization = {"metadata": {"name": "demo", "namespace": "apps"}, "spec": dict(spec)}
    return flux_build(tree(text), path, kustomization, variables=variables)


def names(built: Build) -> list[str]:
    """`Kind/name` or `Kind/namespace/name` of each object, in order."""
    result = []
    for obj in built.objects:
        metadata = obj["metadata"]
        space = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
        result.append(f"{obj['kind']}/{space}{metadata['name']}")
    return result


def field(built: Build, where: str) -> Any:
    """The field `Kind/name path.to[0].field`; None when it is not there.

    The name may be a beginning followed by `*`, for names with a hash; a part of the path may
    write dots as `~`.
    """
    obj, _, path = where.partition(" ")
    kind, _, name = obj.partition("/")
    found = [
        o
        for o in built.objects
        if o["kind"] == kind
        and (
            o["metadata"]["name"].startswith(name[:-1])
            if name.endswith("*")
            else o["metadata"]["name"] == name
        )
    ]
    assert found, f"{obj} is not among {names(built)}"
    value: Any = found[0]
    for key, index in _STEP.findall(path):
        if value is None:
            return None
        value = value[int(index)] if index else value.get(key.replace("~", "."))
    return value
