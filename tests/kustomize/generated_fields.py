"""Every other field of a kustomization, with values that nobody wrote."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.kustomize.generated_patches import PAIRS, merge, written


def generator(*, secret: bool) -> st.SearchStrategy[dict[str, Any]]:
    """One generator entry."""
    more = {"type": st.just("Opaque")} if secret else {}
    options: dict[str, st.SearchStrategy[Any]] = {
        "disableNameSuffixHash": st.booleans(),
        "labels": PAIRS,
        "annotations": PAIRS,
        "immutable": st.booleans(),
    }
    return st.fixed_dictionaries(
        {"name": st.sampled_from(["login", "made"] if secret else ["settings", "made"])},
        optional={
            "literals": st.sampled_from([["colour=red"], ["size=5", "q='a b'"], ["new=", "x=a=b"]]),
            "files": st.sampled_from([["../b.txt"], ["key=../b.txt", "../c.bin"]]),
            "envs": st.just(["../a.env"]),
            "behavior": st.sampled_from(["merge", "replace", "create"]),
            "namespace": st.sampled_from(["store", "default"]),
            "options": st.fixed_dictionaries({}, optional=options),
            **more,
        },
    )


FIELD_PATHS = st.lists(
    st.sampled_from(
        [
            "metadata.name",
            "spec.replicas",
            "metadata.annotations.note",
            "data.colour",
            "spec.template.spec.containers.0.image",
            "spec.template.spec.containers.[name=web].image",
            "spec.template.spec.containers.*.name",
            "spec.selector.app",
            "metadata.labels.[app]",
            "metadata.annotations.[a.io/b]",
            "spec.parts.[name=b].size",
        ]
    ),
    min_size=1,
    max_size=2,
)
CUT = st.fixed_dictionaries(
    {},
    optional={
        "delimiter": st.sampled_from(["/", ":", "-", "."]),
        "index": st.sampled_from([0, 1, 2, -1]),
        "create": st.booleans(),
    },
)
REPLACEMENT = st.fixed_dictionaries(
    {
        "source": st.fixed_dictionaries(
            {"kind": st.sampled_from(["ConfigMap", "Deployment", "Service", "StatefulSet"])},
            optional={
                "name": st.sampled_from(["settings", "web", "db"]),
                "fieldPath": st.sampled_from(
                    [
                        "metadata.name",
                        "data.colour",
                        "data.size",
                        "spec.replicas",
                        "spec.selector",
                        "spec.template.spec.containers.0.image",
                        "metadata.namespace",
                    ]
                ),
                "options": CUT,
            },
        ),
        "targets": st.lists(
            st.fixed_dictionaries(
                {
                    "select": st.fixed_dictionaries(
                        {},
                        optional={
                            "kind": st.sampled_from(
                                ["Deployment", "Service", "ConfigMap", "Widget"]
                            ),
                            "name": st.sampled_from(["web", "settings", "dial"]),
                        },
                    ),
                    "fieldPaths": FIELD_PATHS,
                },
                optional={
                    "options": CUT,
                    "reject": st.just([{"name": "db"}]),
                },
            ),
            min_size=1,
            max_size=2,
        ),
    }
)
VARIABLE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["WEB", "COLOUR"]),
        "objref": st.sampled_from(
            [
                {"kind": "Service", "name": "web", "apiVersion": "v1"},
                {"kind": "ConfigMap", "name": "settings", "apiVersion": "v1"},
                {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"},
            ]
        ),
    },
    optional={
        "fieldref": st.sampled_from(
            [
                {"fieldpath": "metadata.name"},
                {"fieldpath": "data.colour"},
                {"fieldpath": "spec.replicas"},
            ]
        )
    },
)
LABELS = st.fixed_dictionaries(
    {"pairs": PAIRS},
    optional={
        "includeSelectors": st.booleans(),
        "includeTemplates": st.booleans(),
        "fields": st.sampled_from(
            [
                [{"path": "spec/x/labels", "create": True, "kind": "Widget"}],
                [{"path": "spec/template/metadata/labels", "group": "apps", "create": True}],
            ]
        ),
    },
)
IMAGE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(
            ["ghcr.io/acme/web", "busybox", "registry.io:5000/acme/db", "acme/.*"]
        )
    },
    optional={
        "newName": st.sampled_from(["mirror.io/web", "web"]),
        "newTag": st.sampled_from(["2", "v1.10", "1e3"]),
        "digest": st.just("sha256:" + "1" * 64),
    },
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "namespace": st.sampled_from(["prod", "default", "store"]),
    "namePrefix": st.sampled_from(["p-", "x1-"]),
    "nameSuffix": st.sampled_from(["-s", "-2"]),
    "commonLabels": PAIRS,
    "commonAnnotations": PAIRS,
    "labels": st.lists(LABELS, max_size=2),
    "images": st.lists(IMAGE, max_size=2),
    "replicas": st.lists(
        st.fixed_dictionaries(
            {"name": st.sampled_from(["web", "db"]), "count": st.sampled_from([0, 3])}
        ),
        max_size=1,
    ),
    "configMapGenerator": st.lists(generator(secret=False), max_size=2),
    "secretGenerator": st.lists(generator(secret=True), max_size=1),
    "generatorOptions": st.fixed_dictionaries(
        {}, optional={"labels": PAIRS, "annotations": PAIRS, "disableNameSuffixHash": st.booleans()}
    ),
    "patchesStrategicMerge": st.lists(merge().flatmap(written), max_size=1),
    "replacements": st.lists(REPLACEMENT, max_size=2),
    "vars": st.lists(VARIABLE, max_size=1),
    "sortOptions": st.sampled_from(
        [
            {"order": "fifo"},
            {"order": "legacy"},
            {
                "order": "legacy",
                "legacySortOptions": {"orderFirst": ["Service"], "orderLast": ["ConfigMap"]},
            },
        ]
    ),
    "buildMetadata": st.sampled_from([["originAnnotations"], ["transformerAnnotations"]]),
}
PLUGINS = st.sampled_from(
    [
        {
            "apiVersion": "builtin",
            "kind": "PrefixTransformer",
            "metadata": {"name": "t"},
            "prefix": "t-",
            "fieldSpecs": [{"path": "metadata/name"}],
        },
        {
            "apiVersion": "builtin",
            "kind": "LabelTransformer",
            "metadata": {"name": "t"},
            "labels": {"l": "1"},
            "fieldSpecs": [{"path": "metadata/labels", "create": True}],
        },
        {
            "apiVersion": "builtin",
            "kind": "AnnotationsTransformer",
            "metadata": {"name": "t"},
            "annotations": {"l": "1"},
            "fieldSpecs": [{"path": "metadata/annotations", "create": True}],
        },
        {
            "apiVersion": "builtin",
            "kind": "NamespaceTransformer",
            "metadata": {"name": "t", "namespace": "n"},
            "setRoleBindingSubjects": "allServiceAccounts",
            "fieldSpecs": [{"path": "metadata/namespace", "create": True}],
        },
        {
            "apiVersion": "builtin",
            "kind": "ImageTagTransformer",
            "metadata": {"name": "t"},
            "imageTag": {"name": "busybox", "newTag": "9"},
        },
        {
            "apiVersion": "builtin",
            "kind": "ReplicaCountTransformer",
            "metadata": {"name": "t"},
            "replica": {"name": "web", "count": 7},
            "fieldSpecs": [{"path": "spec/replicas", "kind": "Deployment"}],
        },
    ]
)
