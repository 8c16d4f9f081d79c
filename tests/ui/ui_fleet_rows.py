"""A board of many rows: bundles, charts and commits in a dozen namespaces of two Environments, a
few of them not well."""

from __future__ import annotations

from dataclasses import replace

from fluxtui.domain.board import Board, HealthLine, Level, Line, Row
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from tests.ui.ui_delivery import OK, ks, line, night, oci

BOTH = ("staging", "production")
NAMESPACES = (
    *("billing", "catalog", "checkout", "delivery", "identity", "ingress", "mail"),
    *("observability", "orders", "payments", "search", "storefront"),
)
# Which rows are how bad, by number.
BAD = {
    17: (Level.FAILED, "UpgradeFailed: timed out waiting for Deployment/orders/web"),
    18: (Level.PROGRESSING, "1 of 3 available"),
    77: (Level.FAILED, "GitOperationFailed: authentication required"),
    78: (Level.WAITING, "dependency 'mail/m000' is not ready"),
    209: (Level.FAILED, "kustomize build failed: no such path ./apps"),
    210: (Level.UNKNOWN, "no controller has looked at it yet"),
}


def many(count: int = 300) -> Snapshot:
    """So many rows, the last third of them in staging alone."""
    rows = tuple(service(number, BAD.get(number)) for number in range(count))
    return replace(night(), serial=count, board=Board(BOTH, rows), findings=())


def named(number: int) -> str:
    """`orders/s0020`."""
    return f"{NAMESPACES[number % len(NAMESPACES)]}/s{number:04}"


def service(number: int, bad: tuple[Level, str] | None = None) -> Row:
    """A bundle, a release of a chart, or what stands on Git, in turn."""
    places = BOTH if number % 3 < 2 else BOTH[:1]
    name = named(number)
    namespace, _, short = name.partition("/")
    lines = {}
    for place in places:
        own = cell(place, namespace, short, number)
        if bad is not None and place == "staging":
            own = replace(own, health=HealthLine(*bad))
        lines[place] = (own,)
    return Row(name, name, lines)


def cell(place: str, namespace: str, name: str, number: int) -> Line:
    """How it runs there."""
    if number % 3 == 0:
        return line(oci(place, name, namespace), f"v1.{number % 7}.0")
    if number % 3 == 1:
        key = Key(place, "helm.toolkit.fluxcd.io", "HelmRelease", namespace, name)
        repository = Key(place, "source.toolkit.fluxcd.io", "HelmRepository", namespace, "charts")
        return line(key, f"4.{number % 5}.1", source=repository, health=OK)
    git = Key(place, "source.toolkit.fluxcd.io", "GitRepository", namespace, "infra")
    return line(ks(place, name, namespace), "main@4f2c9e1", source=git, has_list=False)
