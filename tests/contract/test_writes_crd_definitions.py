"""CustomResourceDefinitions: which are refused, how versions are served, when a kind goes."""

from __future__ import annotations

from tests.contract.server import crd, define, wait_gone, wait_until
from tests.contract.writing import Writer, causes_of
from tests.world.apiserver.client import CRDS, Client, Json

INVALID, REQUIRED = "FieldValueInvalid", "FieldValueRequired"


def test_the_name_is_made_of_plural_and_group(api: Client, group: str) -> None:
    body = crd(group)
    body["metadata"]["name"] = "x"
    text = 'Invalid value: "x": must be spec.names.plural+"."+spec.group'
    assert causes_of(api.post(CRDS, body)) == [(INVALID, "metadata.name", text)]


def test_a_definition_is_established_and_names_are_accepted(api: Client, group: str) -> None:
    body = crd(group)
    made = api.post(CRDS, body).ok()
    assert made["status"] == {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": ["v1"],
    }
    path = f"{CRDS}/widgets.{group}"

    def done(found: Json) -> bool:
        conditions = (found.get("status") or {}).get("conditions") or ()
        return {c["type"] for c in conditions if c["status"] == "True"} >= {
            "NamesAccepted",
            "Established",
        }

    status = wait_until(api, path, done)["status"]
    assert status["acceptedNames"] == body["spec"]["names"]
    reasons = {c["type"]: (c["reason"], c["message"]) for c in status["conditions"]}
    assert reasons == {
        "NamesAccepted": ("NoConflicts", "no conflicts found"),
        "Established": ("InitialNamesAccepted", "the initial names have been accepted"),
    }
    other = {"spec": {"scope": "Cluster"}}
    assert causes_of(api.patch(path, other)) == [
        (INVALID, "spec.scope", 'Invalid value: "Cluster": field is immutable')
    ]


def test_objects_go_with_their_definition(api: Client, ns: str, group: str) -> None:
    define(api, crd(group))
    writer = Writer(api, ns)
    made = writer.create(group, "Widget", {}).ok()
    path = f"{CRDS}/widgets.{group}"
    api.delete(path).ok()
    wait_gone(api, path)
    assert api.get(writer.place(group, "Widget", made["metadata"]["name"])).status == 404
