"""Built-in kinds: what is filled in, what is refused and with which words, what may not change."""

from __future__ import annotations

from typing import Any

from tests.contract.writing import causes_of
from tests.world.apiserver.client import STRATEGIC, Answer, Client, Json

INVALID, FORBIDDEN = "FieldValueInvalid", "FieldValueForbidden"


def deployment(**spec: Any) -> Json:
    template = {
        "metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "a", "image": "b"}]},
    }
    body = {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec}
    return {"metadata": {"name": "x"}, "spec": body}


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
