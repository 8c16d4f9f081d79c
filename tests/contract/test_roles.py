"""The roles in rbac/ on a real kube-apiserver: what each permits, and what is said if not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxtui.cli.main import main
from tests.contract.server import Server
from tests.end_to_end.desk import ENTER, ESC, leaves
from tests.end_to_end.desk import Desk as Hand
from tests.world.apiserver.client import Client

ROLES = Path(__file__).parents[2] / "rbac"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
FLUX = "/apis/kustomize.toolkit.fluxcd.io/v1"
BUILDS_ON = {"viewer": (), "reviewer": ("viewer",), "operator": ("viewer", "reviewer")}
READS = ("versions", "status", "chain", "get all", "events", "describe ks/web", "tree ks/web")
ACTS = (
    "reconcile ks/web", "suspend ks/web --reason try", "resume ks/held",
    "freeze real --reason try",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """A cluster with one namespace of Flux's objects, and people who hold one role each."""

    api: Client
    namespace: str
    config: Path
    capture: pytest.CaptureFixture[str]

    def types(self, role: str, words: str) -> tuple[int, str]:
        """Exit code, and all that was printed."""
        self.capture.readouterr()
        try:
            code = main(["--config", str(self.config), "--as", person(role), *words.split()])
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = self.capture.readouterr()
        return code, printed.out + printed.err

    def version(self, name: str) -> str:
        """The resourceVersion of a Kustomization."""
        found = self.api.get(f"{FLUX}/namespaces/{self.namespace}/kustomizations/{name}").ok()
        return str(found["metadata"]["resourceVersion"])


def person(role: str) -> str:
    return f"the-{role}"


@pytest.fixture(scope="module")
def people(real: Server) -> Iterator[Client]:
    api = Client(real)
    for role, others in BUILDS_ON.items():
        definition = yaml.safe_load((ROLES / f"{role}.yaml").read_text())
        api.apply(f"{RBAC}/clusterroles/{definition['metadata']['name']}", definition).ok()
        for held in (role, *others):
            name = f"{person(role)}-{held}"
            binding = {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": name},
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io",
                    "kind": "ClusterRole",
                    "name": f"fluxtui-{held}",
                },
                "subjects": [
                    {
                        "apiGroup": "rbac.authorization.k8s.io",
                        "kind": "User",
                        "name": person(role),
                    }
                ],
            }
            api.apply(f"{RBAC}/clusterrolebindings/{name}", binding).ok()
    yield api
    api.close()


@pytest.fixture
def desk(
    people: Client, real: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    namespace = f"roles-{uuid.uuid4().hex[:6]}"
    people.post("/api/v1/namespaces", {"metadata": {"name": namespace}}).ok()
    for name, suspended in (("web", False), ("held", True)):
        spec: dict[str, Any] = {"interval": "1h", "path": "./", "prune": True}
        spec |= {"sourceRef": {"kind": "GitRepository", "name": "app"}, "suspend": suspended}
        people.post(f"{FLUX}/namespaces/{namespace}/kustomizations", {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
            "metadata": {"name": name}, "spec": spec,
        }).ok()  # fmt: skip
    config = tmp_path / "fluxtui.yaml"
    environment = {
        "context": real.name,
        "kubeconfig": str(real.kubeconfig),
        "namespaces": [namespace],
        "protected": False,
    }
    places = {"journal": str(tmp_path / "journal"), "cache": str(tmp_path / "cache")}
    config.write_text(yaml.safe_dump({"environments": {"real": environment}, **places}))
    yield Desk(people, namespace, config, capsys)
    people.delete(f"/api/v1/namespaces/{namespace}")


@pytest.mark.parametrize("words", READS)
def test_a_viewer_is_kept_from_nothing_that_is_only_looked_at(desk: Desk, words: str) -> None:
    code, printed = desk.types("viewer", words)
    assert code in (0, 1), printed
    for word in ("forbidden", "cannot be read", "not permitted", "could not be read"):
        assert word not in printed.lower(), printed


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
@pytest.mark.parametrize("words", ACTS)
def test_an_act_that_is_not_permitted_is_refused_in_a_sentence(
    desk: Desk, role: str, words: str
) -> None:
    before = desk.version("web"), desk.version("held")
    code, printed = desk.types(role, f"{words} --yes")
    assert code == 3, printed
    assert "real does not let you patch kustomizations.kustomize.toolkit.fluxcd.io" in printed
    assert desk.namespace in printed and "nothing was done" in printed
    assert before == (desk.version("web"), desk.version("held"))


@pytest.mark.parametrize("words", ACTS)
def test_a_review_says_it_too_and_an_operator_reads_nothing_of_the_kind(
    desk: Desk, words: str
) -> None:
    code, printed = desk.types("reviewer", f"{words} --dry-run")
    assert code == 0 and "does not let you patch" in printed, printed
    code, printed = desk.types("operator", f"{words} --dry-run")
    assert code == 0 and "does not let you" not in printed, printed


def test_an_operator_acts(desk: Desk) -> None:
    before = desk.version("web")
    code, printed = desk.types("operator", "suspend ks/web --reason try --yes")
    assert code == 0, printed
    assert desk.version("web") != before


def test_a_role_for_one_object_is_enough_for_that_object(desk: Desk) -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": {"name": "web-only"},
        "rules": [{
            "apiGroups": ["kustomize.toolkit.fluxcd.io"], "resources": ["kustomizations"],
            "resourceNames": ["web"], "verbs": ["patch"],
        }],
    }  # fmt: skip
    place = f"{RBAC}/namespaces/{desk.namespace}"
    desk.api.apply(f"{place}/roles/web-only", role).ok()
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": "web-only"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web-only"},
        "subjects": [{
            "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person("viewer"),
        }],
    }  # fmt: skip
    desk.api.apply(f"{place}/rolebindings/web-only", binding).ok()
    code, printed = desk.types("viewer", "suspend ks/web --reason try --yes")
    assert code == 0, printed
    code, printed = desk.types("viewer", "resume ks/held --yes")
    assert code == 3 and "(held)" in printed, printed


@pytest.mark.pty
# pty.fork in a process with threads: the child only calls exec.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("role", ["viewer", "reviewer", "operator"])
def test_at_the_screen_who_may_not_reads_why_and_who_may_acts(desk: Desk, role: str) -> None:
    before = desk.version("web")
    words = ("--as", person(role), "open", "ks/web", "-e", "real")
    with Hand(desk.config, role).at(*words) as screen:
        screen.sees("● live", "web")
        screen.types("s")
        screen.sees("Why?")
        screen.types("try" + ENTER)
        if role == "operator":
            screen.sees("STEPS", "y run")
            screen.types("y")
            screen.sees("✓ done  suspend")
        else:
            screen.sees("real does not let you patch", "esc q leave")
            assert "y run" not in screen.text
            screen.types("y" + ESC)
            screen.sees("left, nothing was done")
        leaves(screen)
    assert (desk.version("web") != before) == (role == "operator")


def test_a_refusal_is_an_error_that_programs_read(desk: Desk) -> None:
    words = ("suspend", "ks/web", "--reason", "try", "--yes", "-o", "json")
    said = Hand(desk.config, "viewer")("--as", person("viewer"), *words)
    assert said.code == 3, said
    error = said.document("Error")
    assert error["code"] == "refused" and "does not let you patch" in error["what"]
