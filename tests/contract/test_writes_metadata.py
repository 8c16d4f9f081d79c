"""Metadata: names made and checked, labels, finalizers, owners, versions and generations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import crd, define
from tests.contract.writing import Writer, causes_of, warnings_of
from tests.world.apiserver.client import Answer, Client, Json, config_map

INVALID = "FieldValueInvalid"
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
QUALIFIED = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.fixture
def maps(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/configmaps"


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["message"]


def bad(field: str, value: str, why: str) -> tuple[str, str, str]:
    return (INVALID, field, f'Invalid value: "{value}": {why}')


def test_a_name_is_made_from_a_prefix(api: Client, maps: str) -> None:
    names = {
        api.post(maps, {"metadata": {"generateName": "g-"}}).ok()["metadata"]["name"]
        for _ in range(5)
    }
    assert len(names) == 5
    assert all(n.startswith("g-") and len(n) == 7 for n in names)
    long = api.post(maps, {"metadata": {"generateName": "a" * 250}}, dryRun="All").ok()
    assert len(long["metadata"]["name"]) == 63
    kept = api.post(maps, {"metadata": {"name": "given", "generateName": "g-"}}).ok()["metadata"]
    assert (kept["name"], kept["generateName"]) == ("given", "g-")
    nameless = api.post(maps, {"metadata": {}})
    assert causes_of(nameless) == [
        (
            "FieldValueRequired",
            "metadata.name",
            "Required value: name or generateName is required",
        )
    ]
    wrong = causes_of(api.post(maps, {"metadata": {"generateName": "A_"}}))
    assert wrong[0] == bad("metadata.generateName", "A_", SUBDOMAIN)
    assert [field for _, field, _ in wrong] == ["metadata.generateName", "metadata.name"]


def test_a_name_is_taken_once(api: Client, maps: str) -> None:
    api.post(maps, config_map("c")).ok()
    again = api.post(maps, config_map("c"))
    assert said(again) == (409, 'configmaps "c" already exists')
    assert again.json["reason"] == "AlreadyExists"


NAMES = {
    "configmaps": [("A", SUBDOMAIN), ("a..b", SUBDOMAIN), ("a" * 254, None)],
    "services": [("a.b", "must not contain dots")],
    "roles": [
        ("a%b", "may not contain '%'"),
        ("..", "may not be '..'"),
    ],
    "namespaces": [("a.b", "must not contain dots")],
}


@pytest.mark.parametrize("plural", list(NAMES))
def test_what_a_name_may_be_depends_on_the_kind(api: Client, ns: str, plural: str) -> None:
    folders = {
        "namespaces": "/api/v1/namespaces",
        "roles": f"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles",
    }
    folder = folders.get(plural, f"/api/v1/namespaces/{ns}/{plural}")
    for name, why in NAMES[plural]:
        body: Json = {"metadata": {"name": name}}
        if plural == "services":
            body["spec"] = {"ports": [{"port": 80}]}
        answer = api.post(folder, body, dryRun="All")
        text = why or "must be no more than 253 characters"
        assert causes_of(answer)[0] == bad("metadata.name", name, text)
    if plural == "roles":
        assert api.post(folder, {"metadata": {"name": "a:b"}}, dryRun="All").status == 201


def test_a_cron_job_leaves_room_for_its_jobs(api: Client, ns: str) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    body = {"metadata": {"name": "a" * 53}, "spec": spec}
    answer = api.post(f"/apis/batch/v1/namespaces/{ns}/cronjobs", body, dryRun="All")
    expected = bad("metadata.name", "a" * 53, "must be no more than 52 characters")
    assert causes_of(answer) == [expected]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"a b": "x"}, [bad("metadata.labels", "a b", f"name part {QUALIFIED}")]),
        ({"/q": "1"}, [bad("metadata.labels", "/q", "prefix part must be non-empty")]),
        ({"Q.io/a": "1"}, [bad("metadata.labels", "Q.io/a", f"prefix part {SUBDOMAIN}")]),
        (
            {"x/y/z": "1"},
            [
                bad(
                    "metadata.labels",
                    "x/y/z",
                    f"a valid label key {QUALIFIED} with an optional DNS subdomain prefix and '/' "
                    "(e.g. 'example.com/MyName')",
                )
            ],
        ),
        (
            {"a" * 64: "1"},
            [bad("metadata.labels", "a" * 64, "name part must be no more than 63 bytes")],
        ),
        ({"k": "v" * 64}, [bad("metadata.labels", "v" * 64, "must be no more than 63 bytes")]),
    ],
)
def test_labels_are_words(api: Client, maps: str, labels: Json, expected: Any) -> None:
    answer = api.post(maps, config_map("c", labels=labels))
    assert (answer.status, causes_of(answer)) == (422, expected)


def test_annotations_have_keys_like_labels(api: Client, maps: str) -> None:
    answer = api.post(maps, config_map("c", annotations={"a b": "anything goes here"}))
    assert causes_of(answer) == [bad("metadata.annotations", "a b", f"name part {QUALIFIED}")]
    api.post(maps, config_map("c", annotations={"Upper.io/key": "fine"})).ok()


def test_finalizers_have_domains(api: Client, maps: str, ns: str, group: str) -> None:
    text = "name is neither a standard finalizer name nor is it fully qualified"
    plain = api.post(maps, config_map("c", finalizers=["bad"]))
    assert causes_of(plain) == [bad("metadata.finalizers[0]", "bad", text)]
    upper = api.post(maps, config_map("c", finalizers=["Upper/x"]))
    assert causes_of(upper) == [bad("metadata.finalizers", "Upper/x", f"prefix part {SUBDOMAIN}")]
    define(api, crd(group))
    writer = Writer(api, ns)
    body = writer.custom(group, "Widget", "w", {})
    names = ["finalizers.fluxcd.io", "nodomain", "x.io/a"]
    body["metadata"]["finalizers"] = names
    made = api.post(writer.place(group, "Widget"), body)
    assert made.ok()["metadata"]["finalizers"] == names
    advice = "to avoid accidental conflicts with other finalizer writers"
    start = "prefer a domain-qualified finalizer name"
    assert warnings_of(made) == [
        f'metadata.finalizers: "finalizers.fluxcd.io": {start} including a path (/) {advice}',
        f'metadata.finalizers: "nodomain": {start} {advice}',
    ]
    same = writer.merge(made.json, {"metadata": {"labels": {"a": "b"}}})
    assert warnings_of(same) == []


def owner(**fields: Any) -> Json:
    return {"apiVersion": "v1", "kind": "Pod", "name": "n", "uid": "u", **fields}


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (
            [owner(kind="", name="", uid="")],
            [
                bad(f"metadata.ownerReferences.{f}", "", "must not be empty")
                for f in ("kind", "name", "uid")
            ],
        ),
        (
            [owner(apiVersion="a/b/c")],
            [bad("metadata.ownerReferences.apiVersion", "a/b/c", "version must not be empty")],
        ),
        (
            [owner(controller=True), owner(name="m", uid="v", controller=True)],
            [
                (
                    INVALID,
                    "metadata.ownerReferences",
                    'Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"n","uid":"u",'
                    '"controller":true},{"apiVersion":"v1","kind":"Pod","name":"m","uid":"v",'
                    '"controller":true}]: Only one reference can have Controller set to true. '
                    'Found "true" in references for Pod/n and Pod/m',
                )
            ],
        ),
    ],
)
def test_owners_are_named_in_full(api: Client, maps: str, owners: Any, expected: Any) -> None:
    answer = api.post(maps, config_map("c", ownerReferences=owners))
    assert (answer.status, causes_of(answer)) == (422, expected)


def test_an_owner_named_twice_counts_once(api: Client, maps: str) -> None:
    made = api.post(maps, config_map("c", ownerReferences=[owner(), owner()]), dryRun="All")
    assert made.ok()["metadata"]["ownerReferences"] == [owner()]
    assert warnings_of(made) == [
        ".metadata.ownerReferences contains duplicate entries; API server dedups owner references "
        "in 1.20+, and may reject such requests as early as 1.24; please fix your requests; "
        "duplicate UID(s) observed: u"
    ]


def test_the_server_sets_what_is_its_own(api: Client, maps: str) -> None:
    sent = {"uid": "mine", "creationTimestamp": "2020-01-01T00:00:00Z", "selfLink": "/x"}
    sent["deletionTimestamp"] = "2020-01-01T00:00:00Z"
    made = api.post(maps, config_map("c", **sent)).ok()["metadata"]
    assert made["uid"] != "mine"
    assert made["creationTimestamp"] > "2020-01-01T00:00:00Z"
    assert not {"selfLink", "deletionTimestamp"} & set(made)
    versioned = api.post(maps, config_map("d", resourceVersion="7"))
    assert said(versioned) == (500, "resourceVersion should not be set on objects to be created")


def test_a_put_replaces_what_it_read(api: Client, maps: str) -> None:
    made = api.post(maps, config_map("c", {"a": "1"}, labels={"x": "1"})).ok()
    replaced = api.put(f"{maps}/c", made | {"data": {"b": "2"}}).ok()
    assert replaced["data"] == {"b": "2"}
    stale = api.put(f"{maps}/c", made | {"data": {"c": "3"}})
    assert said(stale) == (
        409,
        'Operation cannot be fulfilled on configmaps "c": the object has been modified; please '
        "apply your changes to the latest version and try again",
    )
    assert stale.json["details"] == {"name": "c", "kind": "configmaps"}
    blind = api.put(f"{maps}/c", config_map("c", {"d": "4"})).ok()
    assert blind["data"] == {"d": "4"}
    assert "labels" not in blind["metadata"]
    again = api.put(f"{maps}/c", config_map("c", {"d": "4"})).ok()
    assert again["metadata"]["resourceVersion"] == blind["metadata"]["resourceVersion"]
    other = api.put(f"{maps}/c", config_map("c", uid="x"))
    assert other.status == 409
    assert "Precondition failed: UID in precondition: x" in other.json["message"]


def test_a_put_of_a_custom_object_names_its_version(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {"a": 1}).ok()
    path = writer.place(group, "Widget", made["metadata"]["name"])
    blind = api.put(path, writer.custom(group, "Widget", made["metadata"]["name"], {"a": 2}))
    assert causes_of(blind) == [
        (INVALID, "metadata.resourceVersion", "Invalid value: 0: must be specified for an update")
    ]
    assert api.put(path, made | {"spec": {"a": 2}}).ok()["spec"] == {"a": 2}
    missing = writer.place(group, "Widget", "none")
    assert api.put(missing, writer.custom(group, "Widget", "none", {})).status == 404


def test_generations_count_changes_of_what_is_asked_for(api: Client, ns: str, group: str) -> None:
    define(api, crd(group, subresources={"status": {}}))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {"a": 1}).ok()
    path = writer.place(group, "Widget", made["metadata"]["name"])

    def generation(change: Json, sub: str = "") -> int:
        return int(api.patch(path + sub, change).ok()["metadata"]["generation"])

    assert made["metadata"]["generation"] == 1
    assert generation({"metadata": {"labels": {"a": "b"}}}) == 1
    assert generation({"spec": {"a": 1}}) == 1
    assert generation({"status": {"x": 1}}, "/status") == 1
    assert generation({"spec": {"a": 2}}) == 2
    assert generation({"metadata": {"generation": 9}}) == 2
    web = f"/apis/apps/v1/namespaces/{ns}/deployments"
    labels = {"a": "b"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "b"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    api.post(web, {"metadata": {"name": "d"}, "spec": spec}).ok()
    noted = {"metadata": {"annotations": {"n": "1"}}}
    assert api.patch(f"{web}/d", noted).ok()["metadata"]["generation"] == 2
    body = config_map("c", {"a": "1"})
    assert (
        "generation" not in api.post(f"/api/v1/namespaces/{ns}/configmaps", body).ok()["metadata"]
    )


def test_a_namespace_that_is_not_there_takes_nothing(api: Client) -> None:
    answer = api.post("/api/v1/namespaces/nowhere/configmaps", config_map("c"))
    assert said(answer) == (404, 'namespaces "nowhere" not found')
