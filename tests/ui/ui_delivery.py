"""A hand-made delivery as Snapshots, for tests of the panes alone: one night, two environments.

Everything is fixed, so that golden frames do not move. Tests of the whole use the World.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fluxtui.domain.board import (
    Board,
    ChainNode,
    Finding,
    HealthLine,
    Level,
    Line,
    Mark,
    ObjectLine,
    Row,
    Running,
    Severity,
)
from fluxtui.domain.config import Config, Environment
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.plan import AwaitStep, Plan, TagStep, Until
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.selection import Policy, Refusal, Selection, Verdict
from fluxtui.domain.snapshot import Change, Feed, Snapshot, TagFacts, TagList
from tests.ui.ui_flux_objects import HOST, kustomization, source

NOW = "2026-11-23T03:12:00.000000000Z"
NOW_SECONDS = 1795403520.0
OCI = ("source.toolkit.fluxcd.io", "OCIRepository")
KS = ("kustomize.toolkit.fluxcd.io", "Kustomization")
BUILD = "v0.0.0-staging-test-deploy-"
CONFIG = Config(
    environments=(
        Environment("staging", "kind-staging", protected=False),
        Environment("production", "kind-production"),
    ),
    user="anna",
)


def oci(environment: str, name: str, namespace: str = "") -> Key:
    return Key(environment, *OCI, namespace or f"{name}-system", name)


def ks(environment: str, name: str, namespace: str = "activity-system") -> Key:
    return Key(environment, *KS, namespace, name)


OK = HealthLine(Level.OK, "Applied revision v1.4.2@sha256:abababab")
CHAIN = (
    ("clickhouse-keeper", "./components/clickhouse-keeper"),
    ("clickhouse-database", "./components/clickhouse-database"),
    ("clickhouse-migrations", "./components/clickhouse-migrations"),
    ("activity-apiserver", "./base"),
    ("activity-processor", "./components/processor"),
    ("activity-ui", "."),
)


STORED = {"staging": "2026-11-23T03:04:00Z", "production": "2026-11-08T10:00:00Z"}


def line(key: Key, running: str, **more: Any) -> Line:
    values: dict[str, Any] = {
        "would_pick": running,
        "newest": running,
        "listed_at": NOW_SECONDS - 42,
        "policy": "semver >=0.0.0",
        "health": OK,
        "source": key,
        "at": STORED.get(key.environment, ""),
    }
    values.update(more)
    version = "" if " " in running else running
    digest = "sha256:" + "ab" * 32
    # Without revisions nothing runs anywhere, whatever the text says.
    live = tuple((a, f"{version}@{digest}") for a in values.get("appliers", ()) if version)
    return Line(key, Running(running, version, digest, live), **values)


def healthy_nodes(environment: str, names: tuple[str, ...]) -> tuple[ChainNode, ...]:
    nodes = [ChainNode(ks(environment, "infrastructure", "flux-system"), 0, OK, "main", "infra")]
    for depth, name in enumerate(names):
        waits = (ks(environment, names[depth - 1]),) if depth else ()
        objects = (
            ObjectLine(Key(environment, "apps", "Deployment", "activity-system", name), "Current"),
        )
        nodes.append(
            ChainNode(
                ks(environment, name), depth, OK, "v1.4.2", "acme/activity", waits, objects=objects
            )
        )
    for other in ("notifications", "status-page"):
        nodes.append(
            ChainNode(ks(environment, other, f"{other}-system"), 0, OK, "v3.0.2", f"acme/{other}")
        )
    return tuple(nodes)


def blocked_nodes(environment: str = "staging") -> tuple[ChainNode, ...]:
    """clickhouse-migrations fails; everything behind it waits."""
    names = tuple(n for n, _path in CHAIN)
    root = ks(environment, "clickhouse-migrations")
    because = "Job/activity-system/clickhouse-migrations: BackoffLimitExceeded"
    job = Key(environment, "batch", "Job", "activity-system", "clickhouse-migrations")
    pod = Key(environment, "", "Pod", "activity-system", "clickhouse-migrations-x7k2p")
    out = []
    for node in healthy_nodes(environment, names):
        at = names.index(node.key.name) if node.key.name in names else -1
        if at >= 0:
            node = replace(node, running=BUILD + "0042" if at <= 2 else BUILD + "0041")
        if node.key == root:
            node = replace(
                node,
                health=HealthLine(Level.FAILED, f"HealthCheckFailed: {because}"),
                root=root,
                because=because,
                objects=(
                    ObjectLine(job, "Failed", "Job has reached the specified backoff limit"),
                    ObjectLine(
                        pod,
                        "Failed",
                        "container migrate: CrashLoopBackOff, exit code 1, 6 restarts",
                    ),
                    ObjectLine(
                        Key(environment, "", "ConfigMap", "activity-system", "migrations-7h2k9"),
                        "Current",
                    ),
                ),
            )
        elif at > 2:
            health = HealthLine(Level.WAITING, "dependency 'activity-system/…' is not ready")
            node = replace(node, health=health, root=root, because=because)
        out.append(node)
    return tuple(out)


def rows() -> tuple[Row, ...]:
    staging = line(
        oci("staging", "activity"),
        f"{BUILD}0041 -> {BUILD}0042 (3/6)",
        would_pick=BUILD + "0042",
        newest="v1.5.0",
        policy='semver >=0.0.0-0, filter ".*-staging-test-deploy-.*"',
        health=HealthLine(
            Level.FAILED,
            "clickhouse-migrations: HealthCheckFailed: "
            "Job/activity-system/clickhouse-migrations failed",
        ),
        appliers=tuple(ks("staging", n) for n, _p in CHAIN[:5]),
    )
    production = line(
        oci("production", "activity"),
        "v1.4.2",
        would_pick="v1.5.0",
        newest="v1.5.0",
        behind=True,
        appliers=tuple(ks("production", n) for n, _p in CHAIN[:5]),
    )
    mark = Mark("ben", "waiting for the audit to end", "2026-11-21T16:00:00Z")
    pinned = Mark("anna", "3.0.3 loses mails", "2026-11-22T22:12:00Z")
    return (
        Row("acme/activity", "acme/activity", {"staging": (staging,), "production": (production,)}),
        Row(
            "acme/activity-ui",
            "acme/activity-ui",
            {"staging": (line(oci("staging", "activity-ui", "activity-system"), BUILD + "0018"),)},
        ),
        Row(
            "acme/notifications",
            "acme/notifications",
            {
                "staging": (
                    line(oci("staging", "notifications"), "v3.0.3"),
                    line(
                        oci("staging", "notifications-mirror", "notifications-system"),
                        "v3.0.3",
                        health=HealthLine(Level.PROGRESSING, "Deployment worker 1/3 ready"),
                    ),
                ),
                "production": (
                    line(
                        oci("production", "notifications"),
                        "v3.0.2",
                        would_pick="v3.0.3",
                        newest="v3.0.3",
                        pinned=pinned,
                    ),
                ),
            },
        ),
        Row(
            "acme/status-page",
            "acme/status-page",
            {
                "staging": (line(oci("staging", "status-page"), "v2.1.1"),),
                "production": (line(oci("production", "status-page"), "v2.1.1", suspended=mark),),
            },
        ),
    )


def tags() -> tuple[TagList, Selection]:
    names = [
        "latest",
        "main",
        *(f"{BUILD}{n:04}" for n in range(37, 43)),
        "v1.4.0",
        "v1.4.1",
        "v1.4.2",
        "v1.5.0",
    ]
    chosen = BUILD + "0042"
    out = []
    for name in names:
        if name == chosen:
            out.append(Verdict(name, None, "chosen: the highest version the policy admits"))
        elif name.startswith(BUILD):
            out.append(Verdict(name, Refusal.LOWER, f"lower than {chosen}"))
        else:
            out.append(Verdict(name, Refusal.FILTERED, "the filter does not match it"))
    policy = Policy(">=0.0.0-0", ".*-staging-test-deploy-.*")
    warning = (
        f"{BUILD}0041 was published last, but {chosen} is higher by precedence and stays picked"
    )
    selection = Selection(
        policy,
        chosen,
        tuple(out),
        newest="v1.5.0",
        published_last=BUILD + "0041",
        warnings=(warning,),
    )
    facts = {
        name: TagFacts(
            name,
            "sha256:" + f"{i:02x}" * 32,
            f"2026-11-{10 + i:02}T04:00:00Z",
            revision=f"main@sha1:{i:040x}",
            signed="" if i % 3 else "application/vnd.dev.sigstore.bundle.v0.3+json",
        )
        for i, name in enumerate(names)
    }
    return TagList(f"{HOST}/activity", tuple(names), NOW_SECONDS - 42, facts=facts), selection


CHANGES = (
    Change("2026-11-23T03:09:12Z", "staging", "Kustomization/activity-system/clickhouse-migrations",
           f"{BUILD}0042: HealthCheckFailed", "error"),
    Change("2026-11-23T03:04:00Z", "staging", "OCIRepository/activity-system/activity",
           f"picked {BUILD}0042, was {BUILD}0041"),
    Change("2026-11-23T01:40:31Z", "production", "OCIRepository/notifications-system/notifications",
           "policy is digest sha256:abab, was semver >=0.0.0", "warning"),
    Change("2026-11-22T22:12:00Z", "production", "OCIRepository/notifications-system/notifications",
           "pin: done by anna (3.0.3 loses mails)"),
    Change("2026-11-21T16:00:00Z", "production", "OCIRepository/status-page-system/status-page",
           "suspended by ben: waiting for the audit to end", "warning"),
)  # fmt: skip
FINDINGS = (
    Finding(
        Severity.ERROR,
        "malformed",
        "production",
        "OCIRepository/default/broken is malformed: spec.url is not a text",
        "look at it with kubectl get -o yaml",
    ),
    Finding(
        Severity.WARNING,
        "pick",
        "staging",
        "OCIRepository/activity-system/activity: the tag published last is not the highest",
    ),
)


def night(*, findings: bool = True) -> Snapshot:
    """Staging is blocked, production is behind, one pinned, one suspended."""
    resources: dict[str, dict[tuple[str, str], dict[Key, Resource]]] = {}
    stored = STORED
    for row in rows():
        for environment, lines in row.lines.items():
            kinds = resources.setdefault(environment, {OCI: {}, KS: {}})
            for one in lines:
                kinds[OCI][one.key] = source(
                    one.key, row.service.split("/")[1], stored[environment], semver=">=0.0.0"
                )
    for environment in ("staging", "production"):
        before: tuple[str, ...] = ()
        for name, path in CHAIN:
            key = ks(environment, name)
            resources[environment][KS][key] = kustomization(key, "activity", path, *before)
            before = (name,)
    chosen, selection = tags()
    names = tuple(n for n, _p in CHAIN[:5])
    board = Board(
        ("staging", "production"),
        rows(),
        {"staging": blocked_nodes(), "production": healthy_nodes("production", names)},
    )
    feeds = tuple(
        Feed(e, kind, "", FeedState.LIVE) for e in ("staging", "production") for kind in (OCI, KS)
    )
    return Snapshot(
        serial=7,
        taken_at=NOW_SECONDS,
        config=CONFIG,
        resources=resources,
        feeds=feeds,
        tags={chosen.repository: chosen},
        selections={oci("staging", "activity"): selection},
        board=board,
        findings=FINDINGS if findings else (),
        changes=CHANGES,
    )


def connecting() -> Snapshot:
    """Just started."""
    feeds = (Feed("staging", OCI, "", FeedState.STARTING),)
    return Snapshot(
        config=CONFIG,
        feeds=feeds,
        unreachable={"production": "no route to host 10.0.0.7:6443; trying again in 8 s"},
        findings=(
            Finding(
                Severity.ERROR,
                "unreachable",
                "production",
                "production cannot be reached: no route to host 10.0.0.7:6443",
                "what is shown of it is as it was last seen",
                names_environment=True,
            ),
        ),
    )


PLAN = Plan(
    command="promote",
    title="promote v0.0.0-staging-test-deploy-0042 as v1.5.0",
    steps=(
        TagStep(
            "tag",
            "name sha256:abababab v1.5.0 in oci://registry.example.com/acme/activity",
            undo="delete the tag; a tag that was picked goes back at the next interval",
            repository=f"{HOST}/activity",
            digest="sha256:" + "ab" * 32,
            tag="v1.5.0",
        ),
        AwaitStep(
            "picked",
            "wait until production has picked v1.5.0",
            ("tag",),
            target=oci("production", "activity"),
            until=Until.PICKED,
            value="v1.5.0",
        ),
    ),
    environments=("production",),
    effects=(
        "production would pick v1.5.0 (now v1.4.2)",
        "5 Kustomizations change, 1 object pruned",
    ),
    warnings=("CronJob activity-system/legacy-export is removed",),
    unseen=("ConfigMap flux-system/cluster-settings: forbidden",),
    reason="the audit is through",
    user="anna",
    made_at=NOW,
)
