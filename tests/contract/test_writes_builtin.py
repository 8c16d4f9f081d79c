"""Built-in kinds: what is filled in, what is refused and with which words, what may not change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.writing import causes_of, warnings_of
from tests.world.apiserver.client import STRATEGIC, Answer, Client, Json

INVALID, REQUIRED = "FieldValueInvalid", "FieldValueRequired"
FORBIDDEN, UNSUPPORTED = "FieldValueForbidden", "FieldValueNotSupported"
DUPLICATE = "FieldValueDuplicate"
POD = "spec.template.spec"
FIRST = f"{POD}.containers[0]"
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
PORT = "must be between 1 and 65535, inclusive"
LETTERS = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"


def deployment(**spec: Any) -> Json:
    template = {
        "metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "a", "image": "b"}]},
    }
    body = {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec}
    return {"metadata": {"name": "x"}, "spec": body}


def pod(**spec: Any) -> Json:
    return deployment(
        template={
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "a", "image": "b"}], **spec},
        }
    )


def container(**fields: Any) -> Json:
    return pod(containers=[{"name": "a", "image": "b", **fields}])


def rolling(**fields: Any) -> Json:
    return deployment(strategy={"rollingUpdate": fields})


DEPLOYMENTS: list[tuple[Json, list[tuple[str, str, str]]]] = [
    (
        deployment(selector={"matchLabels": {"z": "b"}}),
        [
            (
                INVALID,
                "spec.template.metadata.labels",
                'Invalid value: {"a":"b"}: `selector` does not match template `labels`',
            )
        ],
    ),
    (
        deployment(selector={}),
        [
            (
                INVALID,
                "spec.selector",
                "Invalid value: {}: empty selector is invalid for deployment",
            )
        ],
    ),
    (
        deployment(replicas=-1),
        [(INVALID, "spec.replicas", "Invalid value: -1: must be greater than or equal to 0")],
    ),
    (
        deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
        [
            (
                FORBIDDEN,
                "spec.strategy.rollingUpdate",
                "Forbidden: may not be specified when strategy `type` is 'Recreate'",
            )
        ],
    ),
    (
        rolling(maxSurge=0, maxUnavailable=0),
        [
            (
                INVALID,
                "spec.strategy.rollingUpdate.maxUnavailable",
                "Invalid value: 0: may not be 0 when `maxSurge` is 0",
            )
        ],
    ),
    (
        rolling(maxUnavailable="200%"),
        [
            (
                INVALID,
                "spec.strategy.rollingUpdate.maxUnavailable",
                'Invalid value: "200%": must not be greater than 100%',
            )
        ],
    ),
    (
        deployment(progressDeadlineSeconds=5, minReadySeconds=10),
        [
            (
                INVALID,
                "spec.progressDeadlineSeconds",
                "Invalid value: 5: must be greater than minReadySeconds",
            )
        ],
    ),
    (
        pod(restartPolicy="Never"),
        [
            (
                UNSUPPORTED,
                f"{POD}.restartPolicy",
                'Unsupported value: "Never": supported values: "Always"',
            )
        ],
    ),
    (container(name="A_"), [(INVALID, f"{FIRST}.name", f'Invalid value: "A_": {LABEL}')]),
    (container(image=""), [(REQUIRED, f"{FIRST}.image", "Required value")]),
    (
        container(imagePullPolicy="X"),
        [
            (
                UNSUPPORTED,
                f"{FIRST}.imagePullPolicy",
                'Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"',
            )
        ],
    ),
    (
        container(ports=[{"containerPort": 0}]),
        [(REQUIRED, f"{FIRST}.ports[0].containerPort", "Required value")],
    ),
    (
        container(ports=[{"containerPort": 70000, "protocol": "X"}]),
        [
            (INVALID, f"{FIRST}.ports[0].containerPort", f"Invalid value: 70000: {PORT}"),
            (
                UNSUPPORTED,
                f"{FIRST}.ports[0].protocol",
                'Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
            ),
        ],
    ),
    (
        container(ports=[{"containerPort": 80, "name": "waytoolongportname"}]),
        [
            (
                INVALID,
                f"{FIRST}.ports[0].name",
                'Invalid value: "waytoolongportname": must be no more than 15 characters',
            )
        ],
    ),
    (
        container(ports=[{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
        [(DUPLICATE, f"{FIRST}.ports[1].name", 'Duplicate value: "a"')],
    ),
    (
        container(env=[{"name": "a=b"}]),
        [
            (
                INVALID,
                f"{FIRST}.env[0].name",
                'Invalid value: "a=b": a valid environment variable name must consist only of '
                "printable ASCII characters other than '='",
            )
        ],
    ),
    (
        container(env=[{"name": "a", "valueFrom": {}}]),
        [
            (
                INVALID,
                f"{FIRST}.env[0].valueFrom",
                'Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, '
                "`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
            )
        ],
    ),
    (
        container(
            env=[
                {
                    "name": "a",
                    "value": "x",
                    "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}},
                }
            ]
        ),
        [
            (
                INVALID,
                f"{FIRST}.env[0].valueFrom",
                'Invalid value: "": may not be specified when `value` is not empty',
            )
        ],
    ),
    (
        container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        [
            (
                INVALID,
                f"{FIRST}.resources.requests",
                'Invalid value: "2": must be less than or equal to cpu limit of 1',
            )
        ],
    ),
    (
        container(resources={"limits": {"cpu": "-1"}}),
        [
            (
                INVALID,
                f"{FIRST}.resources.limits[cpu]",
                'Invalid value: "-1": must be greater than or equal to 0',
            )
        ],
    ),
    (
        container(livenessProbe={}),
        [(REQUIRED, f"{FIRST}.livenessProbe", "Required value: must specify a handler type")],
    ),
    (
        container(
            livenessProbe={
                "httpGet": {"port": 80},
                "tcpSocket": {"port": 80},
                "successThreshold": 2,
            }
        ),
        [
            (
                FORBIDDEN,
                f"{FIRST}.livenessProbe.tcpSocket",
                "Forbidden: may not specify more than 1 handler type",
            ),
            (
                INVALID,
                f"{FIRST}.livenessProbe.successThreshold",
                "Invalid value: 2: must be 1",
            ),
        ],
    ),
    (
        container(volumeMounts=[{"name": "q", "mountPath": "/x"}]),
        [("FieldValueNotFound", f"{FIRST}.volumeMounts[0].name", 'Not found: "q"')],
    ),
    (
        pod(volumes=[{"name": "a"}, {"name": "a"}]),
        [(DUPLICATE, f"{POD}.volumes[1].name", 'Duplicate value: "a"')],
    ),
    (
        pod(volumes=[{"name": "a", "emptyDir": {}, "secret": {"secretName": "x"}}]),
        [
            (
                FORBIDDEN,
                f"{POD}.volumes[0].secret",
                "Forbidden: may not specify more than 1 volume type",
            )
        ],
    ),
    (
        pod(volumes=[{"name": "a", "configMap": {}}]),
        [(REQUIRED, f"{POD}.volumes[0].configMap.name", "Required value")],
    ),
    (
        pod(containers=[{"name": "a", "image": "b"}, {"name": "a", "image": "c"}]),
        [(DUPLICATE, f"{POD}.containers[1].name", 'Duplicate value: "a"')],
    ),
    (
        pod(initContainers=[{"name": "a", "image": "x"}]),
        [(DUPLICATE, f"{POD}.initContainers[0].name", 'Duplicate value: "a"')],
    ),
    (pod(containers=[]), [(REQUIRED, f"{POD}.containers", "Required value")]),
    (
        pod(tolerations=[{"key": "a", "operator": "X"}]),
        [
            (
                UNSUPPORTED,
                f"{POD}.tolerations[0].operator",
                'Unsupported value: "X": supported values: "Equal", "Exists"',
            )
        ],
    ),
]


@pytest.mark.parametrize(("body", "expected"), DEPLOYMENTS)
def test_a_deployment_is_refused_for_its_parts(
    api: Client, ns: str, body: Json, expected: Any
) -> None:
    answer = api.post(f"/apis/apps/v1/namespaces/{ns}/deployments", body, dryRun="All")
    assert (answer.status, answer.json["reason"]) == (422, "Invalid"), answer.data
    assert causes_of(answer) == expected


def test_quantities_are_written_in_one_way(api: Client, ns: str) -> None:
    limits = {"cpu": "1000m", "memory": "1024Mi", "ephemeral-storage": "1.5Gi"}
    resources = {"limits": limits, "requests": {"cpu": 0.5, "memory": "100e6"}}
    path = f"/apis/apps/v1/namespaces/{ns}/deployments"
    made = api.post(path, container(resources=resources), dryRun="All").ok()
    assert made["spec"]["template"]["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1536Mi"},
        "requests": {"cpu": "500m", "memory": "100e6"},
    }
    refused = api.post(path, container(resources={"limits": {"cpu": "x"}}))
    assert (refused.status, refused.json["message"]) == (
        400,
        'Deployment in version "v1" cannot be handled as a Deployment: quantities must match the '
        "regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )


def test_what_is_odd_but_fine_brings_warnings(api: Client, ns: str) -> None:
    spread = {"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule"}
    body = pod(topologySpreadConstraints=[spread], terminationGracePeriodSeconds=-1)
    answer = api.post(f"/apis/apps/v1/namespaces/{ns}/deployments", body, dryRun="All")
    assert (answer.status, set(warnings_of(answer))) == (
        201,
        {
            f"{POD}.topologySpreadConstraints[0].labelSelector: a null labelSelector results in "
            "matching no pod",
            f"{POD}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and "
            "will be treated as 1",
        },
    )


def secret(kind: str = "", **data: str) -> Json:
    body: Json = {"metadata": {"name": "s"}, "data": data}
    return body | ({"type": kind} if kind else {})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            secret("kubernetes.io/tls", **{"tls.crt": "eA=="}),
            [(REQUIRED, "data[tls.key]", "Required value")],
        ),
        (
            secret("kubernetes.io/dockerconfigjson"),
            [(REQUIRED, "data[.dockerconfigjson]", "Required value")],
        ),
        (
            secret("kubernetes.io/dockerconfigjson", **{".dockerconfigjson": "eA=="}),
            [
                (
                    INVALID,
                    "data[.dockerconfigjson]",
                    "Invalid value: \"<secret contents redacted>\": invalid character 'x' looking "
                    "for beginning of value",
                )
            ],
        ),
        (
            secret("kubernetes.io/basic-auth"),
            [
                (REQUIRED, "data[username]", "Required value"),
                (REQUIRED, "data[password]", "Required value"),
            ],
        ),
        (
            secret("kubernetes.io/ssh-auth"),
            [(REQUIRED, "data[ssh-privatekey]", "Required value")],
        ),
        (
            secret("kubernetes.io/service-account-token"),
            [
                (
                    REQUIRED,
                    "metadata.annotations[kubernetes.io/service-account.name]",
                    "Required value",
                )
            ],
        ),
        (
            secret(**{"..": "eA=="}),
            [(INVALID, "data[..]", "Invalid value: \"..\": must not be '..'")],
        ),
        (
            secret(a="eA==" * 400_000),
            [],
        ),
    ],
)
def test_a_secret_holds_what_its_type_says(api: Client, ns: str, body: Json, expected: Any) -> None:
    answer = api.post(f"/api/v1/namespaces/{ns}/secrets", body, dryRun="All")
    if not expected:  # the padding inside makes it no base64
        assert answer.status == 400
        assert "illegal base64 data at input byte 4" in answer.json["message"]
        return
    assert (answer.status, causes_of(answer)) == (422, expected)


def test_string_data_is_encoded_over_data(api: Client, ns: str) -> None:
    folder = f"/api/v1/namespaces/{ns}/secrets"
    body = {"metadata": {"name": "s"}, "stringData": {"a": "b"}, "data": {"c": "eA=="}}
    made = api.post(folder, body).ok()
    assert (made["type"], made["data"]) == ("Opaque", {"a": "Yg==", "c": "eA=="})
    assert "stringData" not in made
    changed = api.patch(f"{folder}/s", {"stringData": {"c": "new"}}).ok()
    assert changed["data"] == {"a": "Yg==", "c": "bmV3"}
    typed = api.patch(f"{folder}/s", {"type": "x/y"})
    assert causes_of(typed) == [
        (INVALID, "type", 'Invalid value: "x/y": field is immutable'),
    ]


@pytest.mark.parametrize("plural", ["configmaps", "secrets"])
def test_an_immutable_one_changes_in_metadata_only(api: Client, ns: str, plural: str) -> None:
    folder = f"/api/v1/namespaces/{ns}/{plural}"
    api.post(folder, {"metadata": {"name": "c"}, "data": {"a": "eA=="}, "immutable": True}).ok()
    text = "Forbidden: field is immutable when `immutable` is set"
    changed = api.patch(f"{folder}/c", {"data": {"a": "eQ=="}})
    assert causes_of(changed) == [(FORBIDDEN, "data", text)]
    opened = api.patch(f"{folder}/c", {"immutable": False})
    assert causes_of(opened) == [(FORBIDDEN, "immutable", text)]
    api.patch(f"{folder}/c", {"metadata": {"labels": {"a": "b"}}}).ok()


def service(**spec: Any) -> Json:
    return {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}], **spec}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (service(ports=[]), [(REQUIRED, "spec.ports", "Required value")]),
        (
            service(ports=[{"port": 80}, {"port": 81}]),
            [
                (REQUIRED, "spec.ports[0].name", "Required value"),
                (REQUIRED, "spec.ports[1].name", "Required value"),
            ],
        ),
        (
            service(ports=[{"name": "a", "port": 80}, {"name": "a", "port": 81}]),
            [(DUPLICATE, "spec.ports[1].name", 'Duplicate value: "a"')],
        ),
        (
            service(ports=[{"port": 80, "targetPort": "bad_name"}]),
            [(INVALID, "spec.ports[0].targetPort", f'Invalid value: "bad_name": {LETTERS}')],
        ),
        (
            service(type="Frob"),
            [
                (
                    UNSUPPORTED,
                    "spec.type",
                    'Unsupported value: "Frob": supported values: "ClusterIP", "ExternalName", '
                    '"LoadBalancer", "NodePort"',
                )
            ],
        ),
        (
            service(type="ExternalName", ports=[]),
            [(REQUIRED, "spec.externalName", "Required value")],
        ),
        (
            service(sessionAffinity="X"),
            [
                (
                    UNSUPPORTED,
                    "spec.sessionAffinity",
                    'Unsupported value: "X": supported values: "ClientIP", "None"',
                )
            ],
        ),
        (
            service(clusterIP="1.2.3"),
            [
                (
                    INVALID,
                    "spec.clusterIPs[0]",
                    'Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or '
                    "2001:db8::ffff)",
                )
            ],
        ),
    ],
)
def test_a_service_is_refused_for_its_parts(
    api: Client, ns: str, body: Json, expected: Any
) -> None:
    answer = api.post(f"/api/v1/namespaces/{ns}/services", body, dryRun="All")
    assert (answer.status, causes_of(answer)) == (422, expected), answer.data


def test_a_service_keeps_its_address(api: Client, ns: str) -> None:
    folder = f"/api/v1/namespaces/{ns}/services"
    made = api.post(folder, service(selector={"a": "b"})).ok()["spec"]
    moved = api.patch(f"{folder}/s", {"spec": {"clusterIP": "None", "clusterIPs": ["None"]}})
    assert causes_of(moved) == [
        (INVALID, "spec.clusterIPs[0]", 'Invalid value: ["None"]: may not change once set')
    ]
    replaced = api.put(f"{folder}/s", service(selector={"a": "c"})).ok()["spec"]
    assert replaced["clusterIP"] == made["clusterIP"]


def test_selectors_and_templates_may_not_change(api: Client, ns: str) -> None:
    def cause(answer: Answer) -> tuple[str, str, str]:
        (found,) = causes_of(answer)
        return found

    web = f"/apis/apps/v1/namespaces/{ns}/deployments"
    api.post(web, deployment()).ok()
    other = {"selector": {"matchLabels": {"z": "z"}}, "template": {"metadata": {"labels": {}}}}
    other["template"] = {"metadata": {"labels": {"z": "z"}}}
    moved = api.patch(f"{web}/x", {"spec": other}, STRATEGIC)
    assert cause(moved) == (
        INVALID,
        "spec.selector",
        'Invalid value: {"matchLabels":{"a":"b","z":"z"}}: field is immutable',
    )
    sets = f"/apis/apps/v1/namespaces/{ns}/statefulsets"
    api.post(sets, deployment(serviceName="x")).ok()
    reason, field, text = cause(api.patch(f"{sets}/x", {"spec": {"serviceName": "y"}}))
    assert (reason, field) == (FORBIDDEN, "spec")
    assert text.startswith("Forbidden: updates to statefulset spec for fields other than ")
    jobs = f"/apis/batch/v1/namespaces/{ns}/jobs"
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}
    api.post(jobs, {"metadata": {"name": "j"}, "spec": {"template": template}}).ok()
    more = api.patch(f"{jobs}/j", {"spec": {"completions": 3}})
    assert cause(more) == (INVALID, "spec.completions", "Invalid value: 3: field is immutable")
    labelled = {"spec": {"template": {"metadata": {"labels": {"x": "y"}}}}}
    reason, field, text = cause(api.patch(f"{jobs}/j", labelled))
    assert (reason, field, text.endswith(": field is immutable")) == (
        INVALID,
        "spec.template",
        True,
    )
    api.patch(f"{jobs}/j", {"spec": {"parallelism": 3, "suspend": True}}).ok()
    bindings = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings"
    user = {"kind": "User", "name": "u"}
    body = {"metadata": {"name": "b"}, "roleRef": {"kind": "Role", "name": "x"}}
    api.post(bindings, body | {"subjects": [user]}).ok()
    other_role = api.patch(f"{bindings}/b", {"roleRef": {"name": "y"}})
    assert cause(other_role) == (
        INVALID,
        "roleRef",
        'Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"y"}: cannot '
        "change roleRef",
    )


def test_a_claim_is_protected_and_hardly_changes(api: Client, ns: str) -> None:
    claims = f"/api/v1/namespaces/{ns}/persistentvolumeclaims"
    spec: Json = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    made = api.post(claims, {"metadata": {"name": "c"}, "spec": spec}).ok()
    assert made["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    for change in (
        {"accessModes": ["ReadWriteMany"]},
        {"resources": {"requests": {"storage": "2Gi"}}},
    ):
        ((reason, field, text),) = causes_of(api.patch(f"{claims}/c", {"spec": change}))
        assert (reason, field) == (FORBIDDEN, "spec")
        assert text.startswith(
            "Forbidden: spec is immutable after creation except resources.requests and "
            "volumeAttributesClassName for bound claims"
        )
    assert api.patch(f"{claims}/c", {"spec": {"volumeName": "v"}}).status == 200
    empty = api.post(claims, {"metadata": {"name": "d"}, "spec": {}})
    assert causes_of(empty) == [
        (REQUIRED, "spec.accessModes", "Required value: at least 1 access mode is required"),
        (REQUIRED, "spec.resources[storage]", "Required value"),
    ]
    kept = api.delete(f"{claims}/c").ok()
    assert kept["metadata"]["deletionTimestamp"]
    api.patch(f"{claims}/c", {"metadata": {"finalizers": None}}).ok()
    assert api.get(f"{claims}/c").status == 404


def test_a_pods_image_may_change_and_its_node_may_not(api: Client, ns: str) -> None:
    pods = f"/api/v1/namespaces/{ns}/pods"
    spec = {"serviceAccountName": "default", "containers": [{"name": "a", "image": "b:1"}]}
    body = {"metadata": {"name": "p"}, "spec": spec}
    made = api.post(pods, body | {"spec": spec | {"automountServiceAccountToken": False}})
    if made.status == 403:  # a real server without its token controller has no such account
        account = {"metadata": {"name": "default"}}
        api.post(f"/api/v1/namespaces/{ns}/serviceaccounts", account).ok()
        made = api.post(pods, body | {"spec": spec | {"automountServiceAccountToken": False}})
    assert len(made.ok()["spec"]["tolerations"]) == 2
    image = {"spec": {"containers": [{"name": "a", "image": "b:2"}]}}
    assert api.patch(f"{pods}/p", image, STRATEGIC).ok()["metadata"]["generation"] == 2
    ((reason, field, text),) = causes_of(api.patch(f"{pods}/p", {"spec": {"nodeName": "x"}}))
    assert (reason, field) == (FORBIDDEN, "spec")
    assert text.startswith("Forbidden: pod updates may not change fields other than ")


def test_only_finalize_changes_the_finalizers_of_a_namespace(api: Client, ns: str) -> None:
    path = f"/api/v1/namespaces/{ns}"
    assert api.get(path).ok()["spec"] == {"finalizers": ["kubernetes"]}
    api.patch(path, {"spec": {"finalizers": []}}).ok()
    assert api.get(path).ok()["spec"] == {"finalizers": ["kubernetes"]}
    assert api.get(path).ok()["metadata"]["labels"] == {"kubernetes.io/metadata.name": ns}


SMALL: list[tuple[str, Json, list[tuple[str, str, str]]]] = [
    (
        "coordination.k8s.io/v1/leases",
        {"spec": {"leaseDurationSeconds": 0}},
        [
            (
                INVALID,
                "spec.leaseDurationSeconds",
                "Invalid value: 0: must be greater than 0",
            )
        ],
    ),
    (
        "networking.k8s.io/v1/ingresses",
        {"spec": {}},
        [
            (
                INVALID,
                "spec",
                "Invalid value: null: either `defaultBackend` or `rules` must be specified",
            )
        ],
    ),
    (
        "networking.k8s.io/v1/networkpolicies",
        {"spec": {"policyTypes": ["X"]}},
        [
            (
                UNSUPPORTED,
                "spec.policyTypes[0]",
                'Unsupported value: "X": supported values: "Ingress", "Egress"',
            )
        ],
    ),
    (
        "autoscaling/v2/horizontalpodautoscalers",
        {
            "spec": {
                "maxReplicas": 1,
                "minReplicas": 2,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
            }
        },
        [
            (
                INVALID,
                "spec.maxReplicas",
                "Invalid value: 1: must be greater than or equal to `minReplicas`",
            )
        ],
    ),
    (
        "rbac.authorization.k8s.io/v1/roles",
        {"rules": [{"verbs": [], "resources": ["x"]}]},
        [
            (
                REQUIRED,
                "rules[0].verbs",
                "Required value: verbs must contain at least one value",
            ),
            (
                REQUIRED,
                "rules[0].apiGroups",
                "Required value: resource rules must supply at least one api group",
            ),
        ],
    ),
]


@pytest.mark.parametrize(("place", "body", "expected"), SMALL)
def test_smaller_kinds_are_refused_for_their_fields(
    api: Client, ns: str, place: str, body: Json, expected: Any
) -> None:
    version, _, plural = place.rpartition("/")
    path = f"/apis/{version}/namespaces/{ns}/{plural}"
    answer = api.post(path, {"metadata": {"name": "x"}} | body, dryRun="All")
    assert (answer.status, causes_of(answer)) == (422, expected), answer.data
