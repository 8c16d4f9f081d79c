"""A webhook that denies is switched on in an environment, and people read why nothing moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fluxtui.world.apiserver.server import ApiServer
from fluxtui.world.policy import NAME, Policy
from tests.world.apiserver.client import DEPLOYMENTS, PODS, Client, deployment

HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
DENIED = f'admission webhook "{NAME}" denied the request: '


@pytest.fixture
def api() -> Iterator[Client]:
    with ApiServer("staging", crds=()) as server:
        client = Client(server)
        yield client
        client.close()
        assert server.errors == []


@pytest.mark.parametrize(
    "image", ["example.com/web:latest", "example.com/web", "127.0.0.1:5000/web", "web"]
)
def test_an_image_without_a_version_is_denied_in_words(api: Client, image: str) -> None:
    with Policy() as policy:
        api.post(HOOKS, policy.configuration()).ok()
        denied = api.apply(f"{DEPLOYMENTS}/web", deployment("web", image))
        assert (denied.status, denied.json["reason"]) == (403, "Forbidden")
        assert denied.json["message"] == f"{DENIED}image {image} has no version of its own"
        api.apply(f"{DEPLOYMENTS}/web", deployment("web", "127.0.0.1:5000/web:v1")).ok()
        changed = {
            "spec": {"template": {"spec": {"containers": [{"name": "app", "image": image}]}}}
        }
        assert api.patch(f"{DEPLOYMENTS}/web", changed).status == 403


def test_it_is_switched_on_where_it_is_wanted_and_off_again(api: Client) -> None:
    with Policy(r"-bad", "image {image} is known to be bad") as policy:
        api.post(HOOKS, policy.configuration("other")).ok()
        api.post(DEPLOYMENTS, deployment("one", "example.com/web:v1-bad")).ok()
        api.delete(f"{HOOKS}/{NAME}").ok()
        api.post(HOOKS, policy.configuration("default")).ok()
        denied = api.post(DEPLOYMENTS, deployment("two", "example.com/web:v1-bad"))
        assert denied.json["message"] == f"{DENIED}image example.com/web:v1-bad is known to be bad"
        api.delete(f"{HOOKS}/{NAME}").ok()
        api.post(DEPLOYMENTS, deployment("two", "example.com/web:v1-bad")).ok()


def test_it_may_only_warn(api: Client) -> None:
    with Policy(warn=True) as policy:
        api.post(HOOKS, policy.configuration()).ok()
        made = api.post(DEPLOYMENTS, deployment("web", "web"))
    assert made.status == 201
    assert made.headers.get_all("Warning") == ['299 - "image web has no version of its own"']


@pytest.mark.parametrize(("failure", "status"), [("Fail", 500), ("Ignore", 201)])
def test_a_policy_that_is_gone_fails_as_its_configuration_says(
    api: Client, failure: str, status: int
) -> None:
    with Policy() as policy:
        api.post(HOOKS, policy.configuration(failure=failure)).ok()
    answer = api.post(DEPLOYMENTS, deployment("web", "example.com/web:v1"))
    assert answer.status == status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PODS, {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"},
                "spec": {"containers": [{"name": "a", "image": "a:v1"}],
                         "initContainers": [{"name": "i", "image": "i"}]}}),
        ("/apis/batch/v1/namespaces/default/cronjobs",
         {"kind": "CronJob", "apiVersion": "batch/v1", "metadata": {"name": "c"},
          "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": {
              "restartPolicy": "Never", "containers": [{"name": "i", "image": "i"}]}}}}}}),
    ],
)  # fmt: skip
def test_whatever_makes_pods_is_looked_at(api: Client, path: str, body: dict[str, object]) -> None:
    with Policy() as policy:
        api.post(HOOKS, policy.configuration()).ok()
        denied = api.post(path, body)
    assert denied.json["message"] == f"{DENIED}image i has no version of its own"
