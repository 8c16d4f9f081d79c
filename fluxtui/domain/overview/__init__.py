"""From resources, tags and Selections to the board, the chains and the findings.

The one computation behind every pane: pure, called by the Engine whenever a Snapshot is made. Must
not be imported before first paint (it pulls the version rules and kstatus).
"""

from __future__ import annotations

from collections import defaultdict

from fluxtui.domain.board import Board, Finding, HealthLine, Line, ObjectLine, Row
from fluxtui.domain.errors import UsageError
from fluxtui.domain.inventory import ObjectId
from fluxtui.domain.kinds import kustomization, ocirepository
from fluxtui.domain.overview import findings
from fluxtui.domain.overview.chains import chain_of
from fluxtui.domain.overview.judgement import flux_health, object_lines, worst
from fluxtui.domain.overview.lines import line_of
from fluxtui.domain.overview.naming import Tables, tables_of
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.service import service_of
from fluxtui.domain.snapshot import Snapshot

Health = dict[Key, HealthLine]
Objects = dict[Key, tuple[ObjectLine, ...]]


def overview(snapshot: Snapshot) -> tuple[Board, tuple[Finding, ...]]:
    """Board and findings of a Snapshot that has everything else."""
    environments = tuple(e.name for e in snapshot.config.environments)
    health, objects = _judge(snapshot)
    rows, services = _rows(snapshot, health)
    sources = tuple(snapshot.of_kind(ocirepository.KIND))
    stored = {source.key: ocirepository.revision(source) for source in sources}
    members = _members(snapshot)
    names = {source.key: _names(snapshot, source, members[source.key]) for source in sources}
    chains = {
        name: chain_of(
            tuple(snapshot.table(name, kustomization.KIND).values()),
            health,
            objects,
            services,
            names,
            stored,
        )
        for name in environments
    }
    found = [
        *findings.unreachable(snapshot),
        *findings.registries(snapshot),
        *findings.selections(snapshot),
        *(
            finding
            for environment in snapshot.config.environments
            for finding in findings.chains(chains[environment.name], environment.namespaces)
        ),
        *findings.feeds(snapshot.feeds, frozenset(snapshot.unreachable)),
        *findings.holds(rows, (n for nodes in chains.values() for n in nodes)),
    ]
    return Board(environments, rows, chains), tuple(found)


def _judge(snapshot: Snapshot) -> tuple[Health, Objects]:
    health: Health = {}
    objects: Objects = {}
    for resource in snapshot.of_kind(kustomization.KIND):
        keys = _inventory_keys(resource)
        lines = object_lines((k for k in keys if not _is_flux(k)), snapshot)
        objects[resource.key] = lines
        health[resource.key] = worst(flux_health(resource), lines)
    return health, objects


def _is_flux(key: Key) -> bool:
    return (key.group, key.kind) in (kustomization.KIND.id, ocirepository.KIND.id)


def _inventory_keys(resource: Resource) -> list[Key]:
    keys = []
    for text, _version in kustomization.inventory(resource):
        try:
            found = ObjectId.parse(text)
        except UsageError:
            continue  # an id that no Flux wrote names no object to look at
        environment = resource.key.environment
        keys.append(Key(environment, found.group, found.kind, found.namespace, found.name))
    return keys


def _members(snapshot: Snapshot) -> dict[Key, list[Resource]]:
    """Source key -> the Kustomizations that use it."""
    members: dict[Key, list[Resource]] = defaultdict(list)
    for resource in snapshot.of_kind(kustomization.KIND):
        used = kustomization.source(resource)
        if used is not None:
            members[used].append(resource)
    return members


def _names(snapshot: Snapshot, source: Resource, members: list[Resource]) -> Tables:
    listed = snapshot.tags.get(ocirepository.url(source))
    return tables_of(source, members, listed.facts if listed else {})


def _rows(snapshot: Snapshot, health: Health) -> tuple[tuple[Row, ...], dict[Key, str]]:
    members = _members(snapshot)
    services: dict[Key, str] = {}
    lines: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    urls: dict[str, str] = {}
    for source in sorted(snapshot.of_kind(ocirepository.KIND), key=lambda r: r.key):
        name = service_of(source, snapshot.config.services) or source.key.label
        services[source.key] = name
        url = ocirepository.url(source)
        urls.setdefault(name, url)
        line = line_of(
            source,
            members[source.key],
            health,
            snapshot.tags.get(url),
            snapshot.selections.get(source.key),
        )
        lines[name][source.key.environment].append(line)
    rows = tuple(
        Row(name, urls[name], {e: tuple(found) for e, found in sorted(by_environment.items())})
        for name, by_environment in sorted(lines.items())
    )
    return rows, services
