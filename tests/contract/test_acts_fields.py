"""Acts on what has no tags, and on a field that a bundle sets, by Flux's own controllers.

A release goes to another version of its chart, a Git source to another commit, and a source to
another range although the bundle that it comes out of sets it: what the reviews say is held beside
what helm-controller and kustomize-controller then do. Skipped where they are not built.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
import yaml

from tests.contract.fleet.cases import met
from tests.contract.fleet.delivery import (
    SLOW,
    Delivery,
    Json,
    empty,
    kustomization,
    release,
    source,
)
from tests.contract.fleet.servers import chart
from tests.contract.programs import CONTROL_PLANE, program_or_skip
from tests.contract.test_acts_promoting import applied, newest, revision, version

NEEDED = ("source-controller", "kustomize-controller", "helm-controller")
WARES, WARES_KEY = "hr/staging/wares", "HelmRelease/staging/wares"
SITE, SITE_KEY = "gitrepo/staging/site", "GitRepository/staging/site"
DOCS, DOCS_KEY = "gitrepo/staging/docs", "GitRepository/staging/docs"
SHELF, SHELF_KEY = "ocirepo/staging/shelf", "OCIRepository/staging/shelf"
BUNDLE = "Kustomization/staging/bundle"
OLD, NEW = "registry.example.com/wares:1.0.0", "mirror.example.com/wares:2.0.0"
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
_LOST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lost, namespace: nowhere}\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    for name in (*CONTROL_PLANE, *NEEDED):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: a source of the delivery is read from it")
    with empty(tmp_path_factory.mktemp("fields")) as found:
        found.configure(git={"askRemotes": True})
        _begin(found)
        yield found


def workload(name: str, replicas: object, image: str) -> str:
    return _DEPLOYMENT % (name, replicas, name, name, image)


def settings(text: str) -> str:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    return yaml.safe_dump({**body, "data": {"text": text}})


def _begin(shop: Delivery) -> None:
    """All of it at its first version, and well."""
    for tag, image, more in (
        ("1.0.0", OLD, {}),
        ("2.0.0", NEW, {}),
        ("3.0.0", NEW, {"lost.yaml": _LOST}),
    ):
        wares = workload("wares", "{{ .Values.replicas }}", image)
        values = f"replicas: {tag[0]}\n"
        packed = chart("wares", tag, {"wares.yaml": wares, **more}, values)
        shop.fleet.charts[f"wares-{tag}.tgz"] = packed
    page = workload("page", 4, "registry.example.com/page:1")
    shop.fleet.git.commit({"site/page.yaml": page, "site/orders.yaml": _ORDERS}, "The site")
    shop.fleet.git.commit({"docs/docs.yaml": settings("1")}, "The docs")
    shop.fleet.git.tag("v1.0.0")
    for tag in ("v1.0.0", "v1.1.0"):
        shop.push("shelf", tag, {"shelf.yaml": settings(tag).encode()})
    in_it = (
        source("staging", "shelf", shop.url("shelf"), SLOW, semver="1.x"),
        kustomization("staging", "shelf", targetNamespace="staging"),
    )
    shop.push("bundle", "v1.0.0", {"sources.yaml": yaml.safe_dump_all(in_it).encode()})
    quick = {"install": {"disableWait": True}, "upgrade": {"disableWait": True}}
    shop.create(
        shop.charts("staging"),
        release("staging", "wares", "1.0.0", chart="wares", **quick),
        shop.git("staging", "site", branch="main"),
        kustomization(
            "staging", "site", of="GitRepository", path="./site", targetNamespace="staging"
        ),
        shop.git("staging", "docs", semver="1.x"),
        kustomization(
            "staging", "docs", of="GitRepository", path="./docs", targetNamespace="production"
        ),
        source("staging", "bundle", shop.url("bundle"), SLOW, tag="v1.0.0"),
        kustomization("staging", "bundle"),
    )
    shop.ready(BUNDLE, "Kustomization/staging/site", WARES_KEY)
    shop.ready("Kustomization/staging/shelf", "Kustomization/staging/docs")


def spec(shop: Delivery, name: str) -> tuple[int, str]:
    """(replicas, image) of a Deployment as it is live."""
    found = shop.get(f"Deployment/staging/{name}")["spec"]
    return found["replicas"], found["template"]["spec"]["containers"][0]["image"]


def upgraded(shop: Delivery, to: str) -> Json:
    """The release once its history has it: Ready says so one write sooner."""
    return shop.wait(WARES_KEY, lambda found: newest(found) == to)


def rules(review: Json) -> set[str]:
    return {danger["rule"] for danger in review["delivery"]["dangers"]}


def test_a_release_goes_to_the_chart_as_its_review_has_it(shop: Delivery) -> None:
    pin = ("pin", WARES, "--version", "2.0.0", "--reason", "try it")
    review = shop(*pin, "--dry-run").document
    (part,) = review["delivery"]["kustomizations"]
    assert (part["chart"]["from"], part["chart"]["to"]) == ("1.0.0", "2.0.0")
    assert part["chart"]["values"] == ["~ replicas 1 -> 2"]
    assert OLD in [image["from"] for image in part["images"]]
    assert NEW in [image["to"] for image in part["images"]]
    assert rules(review) >= {"chart-major", "chart-image"}
    assert newest(shop.get(WARES_KEY)) == "1.0.0" and spec(shop, "wares") == (1, OLD)

    done = shop(*pin, "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    live = upgraded(shop, "2.0.0")
    assert version(live) == "2.0.0" and met(("Ready=True UpgradeSucceeded",), live)
    assert spec(shop, "wares") == (2, NEW)


def test_what_was_not_rendered_may_fail_and_is_rolled_back(shop: Delivery) -> None:
    """The chart puts something into a namespace that is not there: only Helm sees that."""
    pin = ("pin", WARES, "--version", "3.0.0", "--reason", "try it")
    review = shop(*pin, "--dry-run").document
    if shutil.which("helm") is None:
        assert any("Helm chart not rendered" in text for text in review["delivery"]["unread"])
    failed = shop(*pin, "--yes")
    assert failed.code == 1 and "failed" in failed.outcomes, failed
    assert met(("Ready=False UpgradeFailed",), shop.get(WARES_KEY))
    assert "fluxtui: to roll it back: " in failed.beside

    done = shop("rollback", WARES, "--reason", "it fails", "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    live = upgraded(shop, "2.0.0")
    assert version(live) == "2.0.0" and met(("Ready=True",), live)


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


def test_a_git_source_follows_another_range_of_tags(shop: Delivery) -> None:
    two = shop.fleet.git.commit({"docs/docs.yaml": settings("2")}, "More docs")
    shop.fleet.git.tag("v2.0.0")
    edit = ("range", DOCS, "--semver", ">=1.0.0", "--reason", "try it")
    review = shop(*edit, "--dry-run").document
    (part,) = review["delivery"]["kustomizations"]
    assert part["counts"]["changed"] == 1 and part["to"] == two[:7]
    assert any("v2.0.0" in text for text in review["effects"])

    done = shop(*edit, "--yes")
    assert done.code == 0 and set(done.outcomes) == {"done"}, done
    assert revision(shop.get(DOCS_KEY)) == f"v2.0.0@sha1:{two}"
    assert applied(shop.get("Kustomization/staging/docs")) == f"v2.0.0@sha1:{two}"
    assert shop.get("ConfigMap/production/settings")["data"] == {"text": "2"}


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
