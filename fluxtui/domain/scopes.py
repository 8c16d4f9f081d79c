"""Whole scopes, as people name them: an environment, a stage, a namespace or a service.

A scope is meant as it is when it is looked at: it names places and finds what delivers there, the
sources and appliers. What is done to them, and which of them it makes sense for, is not its
business. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fluxtui.domain.config import Config
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import APPLIERS, SOURCES, is_static
from fluxtui.domain.knowledge import Knowing
from fluxtui.domain.known import kind_known
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot

STAGE, ENVIRONMENT, NAMESPACE, SERVICE = "stage", "env", "ns", "service"
WORDS = (SERVICE, NAMESPACE, ENVIRONMENT, STAGE)
DELIVERING = tuple(dict.fromkeys((*SOURCES, *APPLIERS)))


@dataclass(frozen=True, slots=True)
class WholeScope:
    """`what`: one of WORDS; `name`: which of them; in these Environments, in configured order."""

    what: str
    name: str
    environments: tuple[str, ...]

    @property
    def says(self) -> str:
        """`stage production`, `namespace apps in staging`, `production`."""
        if self.what == ENVIRONMENT:
            return self.name
        if self.what == STAGE:
            return f"stage {self.name} ({', '.join(self.environments)})"
        word = "namespace" if self.what == NAMESPACE else "service"
        return f"{word} {self.name} in {', '.join(self.environments)}"


def scope_of(snapshot: Snapshot, text: str, environment: str = "") -> WholeScope:
    """What is meant by `stage/production`, `ns/apps`, `service/web` or the name of an Environment
    or Stage; `environment`: where a namespace or a service is meant. Raises UsageError."""
    config = snapshot.config
    word, slash, name = text.partition("/")
    if not slash or word not in WORDS:
        return _place(config, text)
    if word in (STAGE, ENVIRONMENT):
        known = config.stages if word == STAGE else tuple(e.name for e in config.environments)
        if name not in known:
            raise _unknown("stage" if word == STAGE else "environment", name, known)
        places = _in_stage(config, name) if word == STAGE else (name,)
        return WholeScope(word, name, places)
    if not environment:
        names = " or -e ".join(e.name for e in config.environments)
        raise UsageError(f"in which environment? {text} may be in several", next=f"-e {names}")
    if word == SERVICE:
        rows = [row.service for row in snapshot.board.rows if environment in row.lines]
        names_of = [r for r in rows if r == name] or [r for r in rows if r.endswith(f"/{name}")]
        if len(names_of) != 1:
            raise _unknown("service", name, tuple(names_of or rows))
        return WholeScope(SERVICE, names_of[0], (environment,))
    spaces = tuple(sorted({r.key.namespace for r in _delivering(snapshot, environment)}))
    if name not in spaces:
        raise _unknown("namespace with sources or appliers", name, spaces)
    return WholeScope(NAMESPACE, name, (environment,))


def _place(config: Config, name: str) -> WholeScope:
    """An Environment or a Stage by its bare name; refused where that means both."""
    environment = config.environment(name)
    stage = _in_stage(config, name)
    if environment is not None and stage not in ((), (name,)):
        ways = f"env/{name} or stage/{name}"
        raise UsageError(f"{name} is an environment and a stage of several", next=f"say {ways}")
    if environment is not None:
        return WholeScope(ENVIRONMENT, name, (name,))
    if stage:
        return WholeScope(STAGE, name, stage)
    every = (*(e.name for e in config.environments), *config.stages, "service/NAME", "ns/NAME")
    raise _unknown("environment or stage", name, tuple(dict.fromkeys(every)))


def _in_stage(config: Config, stage: str) -> tuple[str, ...]:
    return tuple(e.name for e in config.environments if e.stage_name == stage)


def _unknown(thing: str, name: str, known: tuple[str, ...]) -> UsageError:
    return UsageError(f"there is no {thing} {name!r}", next=f"known: {', '.join(known) or 'none'}")


def members(snapshot: Snapshot, scope: WholeScope) -> tuple[Resource, ...]:
    """What delivers there, sources before appliers; addresses no controller looks at left out."""
    keys = _of_service(snapshot, scope) if scope.what == SERVICE else None
    return tuple(
        resource
        for environment in scope.environments
        for resource in _delivering(snapshot, environment)
        if (scope.what != NAMESPACE or resource.key.namespace == scope.name)
        and (keys is None or resource.key in keys)
    )


def _delivering(snapshot: Snapshot, environment: str) -> Iterator[Resource]:
    for kind in DELIVERING:
        for _key, resource in sorted(snapshot.table(environment, kind).items()):
            if not is_static(resource):
                yield resource


def _of_service(snapshot: Snapshot, scope: WholeScope) -> frozenset[Key]:
    row = snapshot.board.row(scope.name)
    lines = [
        line for name in scope.environments for line in (row.lines.get(name, ()) if row else ())
    ]
    return frozenset(
        key for line in lines for key in (line.key, line.source, *line.appliers) if key is not None
    )


def unread(snapshot: Snapshot, scope: WholeScope) -> tuple[str, ...]:
    """What there could not be read, in sentences: nothing of it is among the members."""
    kinds = tuple(
        f"{kind.many}: {environment} {known.clause}"
        for environment in scope.environments
        for kind in DELIVERING
        if (known := kind_known(snapshot, environment, kind.id)).state
        not in (Knowing.KNOWN, Knowing.ABSENT)
    )
    wide = scope.what in (STAGE, ENVIRONMENT)
    places = (snapshot.config.environment(name) for name in scope.environments if wide)
    return (
        *kinds,
        *(
            f"what is outside of {', '.join(place.namespaces)} in {place.name}"
            for place in places
            if place is not None and place.namespaces
        ),
    )
