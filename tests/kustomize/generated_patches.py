"""Patches that nobody wrote: strategic merges, JSON patches, their selectors and options.

Most hit something, some hit nothing, some are wrong: both builders must agree on all.
"""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.kustomize.generated_files import IDENTITIES

Draw = st.DrawFn

WORDS = st.sampled_from(["x", "web", "5", "on", "true", "1.10", "0644", "a b", ""])
PAIRS = st.dictionaries(
    st.sampled_from(["app", "team", "a.io/b", "job"]), WORDS, min_size=1, max_size=2
)
SCALARS = st.sampled_from(["x", "5", "", 1, 0, 2.5, True, False, None, "yes", "0x1f", "1e3"])
PORTS: st.SearchStrategy[list[Any]] = st.lists(
    st.fixed_dictionaries(
        {"containerPort": st.sampled_from([80, 81, 5432])},
        optional={
            "protocol": st.sampled_from(["TCP", "UDP"]),
            "name": st.sampled_from(["http", "sql"]),
            "hostPort": st.sampled_from([1, None]),
        },
    ),
    max_size=3,
    unique_by=lambda p: (p["containerPort"], p.get("protocol")),
)
ENV: st.SearchStrategy[list[Any]] = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["A", "COLOUR", "NEW"])},
        optional={
            "value": SCALARS,
            "$patch": st.just("delete"),
            "valueFrom": st.sampled_from(
                [
                    None,
                    {"secretKeyRef": {"name": "login", "key": "user"}},
                    {"configMapKeyRef": {"name": "made", "key": "colour"}},
                ]
            ),
        },
    ),
    max_size=3,
    unique_by=lambda e: e["name"],
)
CONTAINER: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"name": st.sampled_from(["web", "side", "db"])},
    optional={
        "image": st.sampled_from(["ghcr.io/acme/web:3", "busybox", "registry.io:5000/acme/db"]),
        "env": st.none() | ENV,
        "ports": st.none() | PORTS,
        "args": st.lists(st.sampled_from(["--a", "5", "on"]), max_size=2),
        "resources": st.sampled_from(
            [None, {"limits": {"cpu": None}}, {"$patch": "replace", "requests": {"cpu": "1"}}]
        ),
        "volumeMounts": st.lists(
            st.fixed_dictionaries(
                {"mountPath": st.sampled_from(["/data", "/conf", "/x"])},
                optional={"name": st.sampled_from(["data", "conf"]), "$patch": st.just("delete")},
            ),
            max_size=2,
            unique_by=lambda m: m["mountPath"],
        ),
        "$patch": st.sampled_from(["delete", "replace", "merge"]),
    },
)
CONTAINERS = st.lists(CONTAINER, max_size=2, unique_by=lambda c: c["name"])
POD_SPEC: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "containers": CONTAINERS,
        "initContainers": st.none() | CONTAINERS,
        "serviceAccountName": st.sampled_from(["runner", None, "other"]),
        "volumes": st.sampled_from(
            [
                None,
                [],
                [{"name": "conf", "emptyDir": {}, "configMap": None}],
                [
                    {"name": "conf", "$patch": "delete"},
                    {"name": "n", "secret": {"secretName": "login"}},
                ],
                [{"$patch": "replace"}, {"name": "only", "emptyDir": {}}],
            ]
        ),
        "nodeSelector": st.dictionaries(st.sampled_from("ab"), st.sampled_from(["1", None])),
        "tolerations": st.sampled_from([[{"key": "a", "operator": "Exists"}], None]),
        "topologySpreadConstraints": st.sampled_from(
            [[{"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1}]]
        ),
        "imagePullSecrets": st.sampled_from([[{"name": "login"}], [{"name": "pull"}]]),
        "$patch": st.sampled_from(["replace", "delete"]),
    },
)
META = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.none()
        | st.dictionaries(st.sampled_from(["app", "b"]), st.sampled_from(["x", None])),
        "annotations": st.none() | PAIRS,
    },
)
BODIES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "replicas": st.sampled_from([0, 3, None]),
            "template": st.fixed_dictionaries({"spec": POD_SPEC}, optional={"metadata": META}),
            "strategy": st.sampled_from([{"type": "Recreate", "$retainKeys": ["type"]}, None]),
        },
    ).map(lambda spec: {"spec": spec}),
    st.fixed_dictionaries(
        {},
        optional={
            "data": st.none()
            | st.dictionaries(st.sampled_from(["colour", "size", "new"]), SCALARS),
            "immutable": st.booleans(),
            "binaryData": st.just({"x": "aGk="}),
        },
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["NodePort", None]),
            "selector": PAIRS,
            "ports": st.lists(
                st.fixed_dictionaries(
                    {"port": st.sampled_from([80, 81])},
                    optional={
                        "name": st.sampled_from(["http", "b"]),
                        "targetPort": WORDS,
                        "protocol": st.sampled_from(["TCP", "UDP"]),
                        "$patch": st.just("delete"),
                    },
                ),
                max_size=2,
                unique_by=lambda p: (p["port"], p.get("protocol")),
            ),
            "parts": st.lists(
                st.fixed_dictionaries({"name": st.sampled_from("abc"), "size": SCALARS})
            ),
        },
    ).map(lambda spec: {"spec": spec}),
    st.sampled_from(
        [
            {"$patch": "delete"},
            {"subjects": [{"kind": "User", "name": "me"}]},
            {"rules": [{"verbs": ["list"]}]},
            {"rules": None},
        ]
    ),
)
POINTERS = st.sampled_from(
    [
        "/metadata/labels",
        "/metadata/labels/app",
        "/metadata/annotations/a.io~1b",
        "/spec/replicas",
        "/spec/x",
        "/data/size",
        "/data/new",
        "/spec/template/spec/containers/0/image",
        "/spec/template/spec/containers/0/env/-",
        "/spec/ports/0/port",
        "/spec/parts/1/size",
        "/metadata/name",
        "/spec/selector",
        "/metadata/namespace",
    ]
)
OPERATION = st.one_of(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["add", "replace", "test"]),
            "path": POINTERS,
            "value": st.one_of(
                SCALARS, st.sampled_from([{"a": "b"}, [], {"name": "A", "value": "2"}])
            ),
        }
    ),
    st.fixed_dictionaries({"op": st.just("remove"), "path": POINTERS}),
    st.fixed_dictionaries(
        {"op": st.sampled_from(["move", "copy"]), "path": POINTERS, "from": POINTERS}
    ),
)
SELECTOR = st.one_of(
    st.sampled_from(
        [
            {"kind": "Deployment"},
            {"name": "web"},
            {"kind": "ConfigMap|Service"},
            {"name": "s.*"},
            {"group": "apps"},
            {"version": "v1", "kind": "Secret"},
            {"namespace": "default"},
            {"namespace": "store"},
            {"kind": "Deploy"},
            {"name": "^db$"},
            {},
        ]
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "labelSelector": st.sampled_from(
                ["app=web", "app in (web,db)", "!app", "team", "app!=db"]
            ),
            "annotationSelector": st.sampled_from(["note", "example.com/class=public"]),
            "kind": st.sampled_from(["Deployment", "StatefulSet", "Ingress", "Role.*"]),
        },
    ),
)


@st.composite
def merge(draw: Draw) -> dict[str, Any]:
    """A strategic merge patch: mostly for something that is there."""
    version, kind, name = draw(st.sampled_from(IDENTITIES))
    body = draw(BODIES)
    meta = {**draw(META), "name": draw(st.sampled_from([name] * 5 + ["other"]))}
    if kind == "StatefulSet":
        meta["namespace"] = "store"
    return {"apiVersion": version, "kind": kind, "metadata": meta, **body}


@st.composite
def patch(draw: Draw, files: dict[str, str], folder: str) -> dict[str, Any]:
    """One entry of `patches:`, inline or in a file."""
    style = draw(st.sampled_from(["merge", "target", "json", "json"]))
    what: Any = (
        draw(merge()) if style != "json" else draw(st.lists(OPERATION, min_size=1, max_size=2))
    )
    text = draw(written(what))
    entry: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 0:
        name = f"patch-{len(files)}.yaml"
        files[f"{folder}/{name}"] = text
        entry["path"] = name
    else:
        entry["patch"] = text
    if style != "merge":
        entry["target"] = draw(SELECTOR)
    if draw(st.integers(0, 5)) == 0:
        entry["options"] = draw(
            st.fixed_dictionaries(
                {}, optional={"allowNameChange": st.booleans(), "allowKindChange": st.booleans()}
            )
        )
    return entry


def written(value: Any) -> st.SearchStrategy[str]:
    """A value as JSON or as YAML, whose plain scalars read otherwise."""
    return st.sampled_from(
        [json.dumps(value), yaml.safe_dump(value, sort_keys=False), yaml.safe_dump(value)]
    )
