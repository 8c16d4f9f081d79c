"""The board and what is wrong with it as data: `versions` and `status`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fluxtui.cli.forms.chain import node
from fluxtui.cli.forms.envelope import (
    LEVELS,
    Document,
    document,
    listing,
    mark,
    maybe,
    reference,
)
from fluxtui.cli.waysout import way_out
from fluxtui.domain.board import ChainNode, Finding, Line, Mark, Row, Running
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.picking import address_of
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot


def versions(
    snapshot: Snapshot,
    rows: Iterable[Row],
    environments: Sequence[str],
    problems: Iterable[str] = (),
) -> Document:
    """One item for every line of every Service in every Environment."""
    return listing("Versions", lines(snapshot, rows, environments), problems)


def lines(snapshot: Snapshot, rows: Iterable[Row], environments: Sequence[str]) -> list[Document]:
    """The items of `versions`, in the order of the table."""
    return [
        _line(snapshot, row, name, line)
        for row in rows
        for name in environments
        for line in row.lines.get(name, ())
    ]


def suspended(line: Line) -> list[tuple[Key, Mark]]:
    """The source and those of its Kustomizations that are suspended."""
    own = [(line.key, line.suspended)] if line.suspended is not None else []
    return own + [(hold.key, hold.mark) for hold in line.held]


def _line(snapshot: Snapshot, row: Row, environment: str, line: Line) -> Document:
    """A value that is not known now is null, also where it was seen before."""
    holds = suspended(line)
    blind = "" if line.known.known else f"{environment} {line.known.clause}"
    unlisted = blind or ("" if line.listed.known else f"its tags: {line.listed.reason}")
    reason = "it is pinned to a digest that no known tag is on" if line.by_digest else line.note
    picked = "" if blind or line.would_pick.startswith("sha256:") else line.would_pick
    picked = picked if line.listed.known or line.by_digest else ""
    newest = "" if unlisted else line.newest
    compares = not blind and bool(line.running.version) and bool(picked)
    return {
        "service": row.service,
        "environment": environment,
        "object": reference(line.key),
        **maybe("source", reference(line.source) if line.source else None, "it has no source"),
        "repository": _repository(snapshot, row, line),
        **_running(line.running, blind),
        **maybe("wouldPick", picked, unlisted or reason or "its policy picks nothing"),
        **maybe("newest", newest, unlisted or _no_newest(line)),
        **maybe(
            "behind",
            line.behind if compares else None,
            blind or "what runs or what would be picked is not known",
        ),
        "policy": line.policy,
        "health": {"level": LEVELS[line.health.level], "message": line.health.text},
        "suspended": bool(holds),
        "suspensions": [mark(key, hold) for key, hold in holds],
        "pinned": line.pinned is not None,
        "pins": [mark(line.key, line.pinned)] if line.pinned is not None else [],
        "appliers": [reference(key) for key in line.appliers],
        "kustomizations": [reference(k) for k in line.appliers if appliers.takes_bundles(k)],
        "note": line.note,
    }


def _no_newest(line: Line) -> str:
    return "no tag of it is a version" if line.has_list else "nobody lists versions of it"


def _repository(snapshot: Snapshot, row: Row, line: Line) -> str:
    """Where its artifact comes from; empty for what comes from no registry."""
    address = address_of(snapshot, line.source)
    resource = snapshot.get(line.source) if line.source is not None and not address else None
    return address or (sources.url(resource) if resource is not None else row.repository)


def _running(running: Running, blind: str) -> Document:
    version = running.version if not running.version.startswith("sha256:") else ""
    reason = blind or ("nothing was applied yet" if not running.text else "")
    if blind:
        version = ""
    apart = "" if running.version else f"its Kustomizations do not agree: {running.text}"
    return {
        **maybe("version", version, reason or apart or "no known tag is on this digest"),
        **maybe(
            "digest",
            "" if blind else running.digest,
            reason or apart or "its revision has no digest",
        ),
        "running": "" if blind else running.text,
        "revisions": [
            {
                "applier": reference(key),
                **({"kustomization": reference(key)} if appliers.takes_bundles(key) else {}),
                **maybe("revision", revision, "nothing was applied yet"),
            }
            for key, revision in running.revisions
        ],
    }


def status(
    snapshot: Snapshot,
    rows: Iterable[Row],
    environments: Sequence[str],
    *,
    causes: Mapping[Key | str, str],
    not_ready: Iterable[ChainNode],
    findings: Iterable[Finding],
    problems: Iterable[str],
) -> Document:
    """Whether all is well, and what is not. `causes`: what the exit code stands on, by object."""
    problems = list(problems)
    return document(
        "Status",
        healthy=not (causes or problems),
        causes=[
            {"environment": about.environment, "object": reference(about), "message": message}
            if isinstance(about, Key)
            else {"environment": "", "message": message}
            for about, message in causes.items()
        ],
        versions=lines(snapshot, rows, environments),
        notReady=[node(snapshot, item) for item in not_ready],
        findings=[finding(item) for item in findings],
        problems=problems,
    )


def finding(item: Finding) -> Document:
    """One thing that a person should know; `object` is there when it is about one."""
    about = {"object": reference(item.subject)} if item.subject is not None else {}
    return {
        "severity": item.severity.value,
        "code": item.code,
        "environment": item.environment,
        **about,
        "message": item.message,
        "next": way_out(item),
        "since": item.since,
    }
