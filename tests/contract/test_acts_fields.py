"""Acts on what has no tags, and on a field that a bundle sets, by Flux's own controllers.

A Git source goes to another commit, and a source to another range although the bundle that it comes
out of sets it: what the reviews say is held beside what source-controller and kustomize-controller
then do. Skipped where they are not built.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
import yaml

from tests.contract.fleet.delivery import (
    SLOW,
    Delivery,
    Json,
    empty,
    kustomization,
    source,
)
from tests.contract.programs import CONTROL_PLANE, program_or_skip
from tests.contract.test_acts_promoting import applied, revision

SITE, SITE_KEY = "gitrepo/staging/site", "GitRepository/staging/site"
SHELF, SHELF_KEY = "ocirepo/staging/shelf", "OCIRepository/staging/shelf"
BUNDLE = "Kustomization/staging/bundle"
_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s}
spec:
  replicas: %s
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers:
      - name: main
        image: %s
"""
_ORDERS = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: orders}
spec:
  serviceName: orders
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: main, image: "registry.example.com/orders:1"}]}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    for name in (*CONTROL_PLANE, "source-controller", "kustomize-controller"):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: a source of the delivery is read from it")
    with empty(tmp_path_factory.mktemp("fields")) as found:
        found.configure(git={"askRemotes": True})
        _begin(found)
        yield found


def workload(name: str, replicas: object, image: str) -> str:
    return _DEPLOYMENT % (name, replicas, name, name, image)


def shelf(tag: str) -> dict[str, bytes]:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shelf"}}
    return {"shelf.yaml": yaml.safe_dump({**body, "data": {"tag": tag}}).encode()}


def _begin(shop: Delivery) -> None:
    """All of it at its first version, and well."""
    page = workload("page", 4, "registry.example.com/page:1")
    shop.fleet.git.commit({"site/page.yaml": page, "site/orders.yaml": _ORDERS}, "The site")
    for tag in ("v1.0.0", "v1.1.0"):
        shop.push("shelf", tag, shelf(tag))
    in_it = (
        source("staging", "shelf", shop.url("shelf"), SLOW, semver="1.x"),
        kustomization("staging", "shelf", targetNamespace="staging"),
    )
    shop.push("bundle", "v1.0.0", {"sources.yaml": yaml.safe_dump_all(in_it).encode()})
    shop.create(
        shop.git("staging", "site", branch="main"),
        kustomization(
            "staging", "site", of="GitRepository", path="./site", targetNamespace="staging"
        ),
        source("staging", "bundle", shop.url("bundle"), SLOW, tag="v1.0.0"),
        kustomization("staging", "bundle"),
    )
    shop.ready(BUNDLE, "Kustomization/staging/site")
    shop.ready("Kustomization/staging/shelf")


def spec(shop: Delivery, name: str) -> tuple[int, str]:
    """(replicas, image) of a Deployment as it is live."""
    found = shop.get(f"Deployment/staging/{name}")["spec"]
    return found["replicas"], found["template"]["spec"]["containers"][0]["image"]


def rules(review: Json) -> set[str]:
    return {danger["rule"] for danger in review["delivery"]["dangers"]}


def test_a_git_source_goes_to_the_commit_that_was_reviewed_and_back(shop: Delivery) -> None:
    page = workload("page", 1, "registry.example.com/page:latest")
    two = shop.fleet.git.commit({"site/page.yaml": page, "site/orders.yaml": None}, "Smaller")
    pin = ("pin", SITE, "--version", two, "--reason", "try it")
    review = shop(*pin, "--dry-run").document
    (part,) = review["delivery"]["kustomizations"]
    counts = part["counts"]
    assert (counts["created"], counts["changed"], counts["pruned"]) == (0, 1, 1)
    assert next((image["from"], image["to"]) for image in part["images"]) == (
        "registry.example.com/page:1",
        "registry.example.com/page:latest",
    )
    assert rules(review) >= {"prune-data", "replicas-drop", "image-name"}
    assert spec(shop, "page")[0] == 4

    done = shop(*pin, "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    assert two in revision(shop.get(SITE_KEY))
    assert applied(shop.get("Kustomization/staging/site")) == revision(shop.get(SITE_KEY))
    assert spec(shop, "page") == (1, "registry.example.com/page:latest")
    shop.gone("StatefulSet/staging/orders")

    back = ("rollback", SITE, "--reason", "too small")
    (part,) = shop(*back, "--dry-run").document["delivery"]["kustomizations"]
    assert (part["counts"]["created"], part["counts"]["changed"]) == (1, 1)
    done = shop(*back, "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    assert spec(shop, "page")[0] == 4 and shop.get("StatefulSet/staging/orders")


def test_the_bundle_takes_a_range_back_as_the_review_says(shop: Delivery) -> None:
    edit = ("range", SHELF, "--semver", "1.0.x", "--reason", "try it")
    review = shop(*edit, "--dry-run").document
    (warning,) = (text for text in review["warnings"] if "puts it back" in text)
    assert f"{BUNDLE} declares spec.ref.semver" in warning and f"within {SLOW}" in warning
    (declared,) = review["declared"]
    assert (declared["field"], declared["file"]) == ("spec.ref.semver", "sources.yaml")
    assert declared["parent"]["name"] == "bundle" and "bundle" in declared["in"]

    done = shop(*edit, "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    applier = "Kustomization/staging/shelf"
    assert applied(shop.get(applier)) == revision(shop.get(SHELF_KEY))
    assert revision(shop.get(SHELF_KEY)).startswith("v1.0.0@")

    shop.ask(BUNDLE)  # its next run
    back = shop.get(SHELF_KEY)
    assert back["spec"]["ref"] == {"semver": "1.x"}
    (entry,) = (
        entry
        for entry in back["metadata"]["managedFields"]
        if "f:semver" in json.dumps(entry.get("fieldsV1")) and "subresource" not in entry
    )
    assert entry["manager"] == "kustomize-controller"
    shop.wait(applier, lambda found: applied(found).startswith("v1.1.0@"))
