"""Put the Engine together for a Config, and wait until it knows enough to answer.

The composition root's one place that names both the Engine and what it stands on. Heavy rooms are
imported by the Engine's own thread, not here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from fluxtui.domain.config import Config, Environment
from fluxtui.domain.kinds import ALL
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.picking import pickers
from fluxtui.domain.snapshot import Snapshot

if TYPE_CHECKING:
    from fluxtui.artifacts.client import RegistryClient
    from fluxtui.artifacts.results import Progress
    from fluxtui.cluster.credentials import Way
    from fluxtui.cluster.port import Cluster
    from fluxtui.engine.engine import Engine

SETTLED = (FeedState.LIVE, FeedState.FORBIDDEN, FeedState.ABSENT)


def make_engine(
    config: Config,
    client: RegistryClient | None = None,
    *,
    tags: bool = True,
    times: bool = True,
    brief: bool = False,
    events: bool = True,
) -> Engine:
    """An Engine that is not started yet. `client`: a registry client to use and close. `tags`:
    whether the tags of what is delivered are kept listed. `times`: whether it matters when they
    were published. `brief`: one answer is wanted, and nothing is followed. `events`: whether
    somebody looks at what happened."""
    from fluxtui.engine.acts.journal import Journal
    from fluxtui.engine.engine import Engine

    return Engine(
        config,
        connect=partial(connect_to, wire="brief" if brief else "early"),
        registry=lambda: client or registry_client(config),
        journal=Journal(config.journal),
        follow_tags=tags,
        times=times,
        brief=brief,
        events=events,
    )


async def connect_to(environment: Environment, *, wire: Way = "full") -> Cluster:
    """A connection of an Environment, to be closed; `wire`: what it is for. Raises ConfigError,
    ClusterError."""
    from fluxtui.cluster.client import connect

    return await connect(
        environment.kubeconfig or None,
        environment.context or None,
        name=environment.name,
        overrides=environment.overrides,
        wire=wire,
    )


def registry_client(config: Config, progress: Progress | None = None) -> RegistryClient:
    """The registry client of a Config: mirrors, CA files, credentials. `progress`: see there."""
    import os

    from fluxtui.artifacts import RegistryClient, RegistrySettings
    from fluxtui.cli.credentials import read_credentials

    registries = config.registries
    settings = RegistrySettings(
        mirrors=registries.mirrors,
        ca_files=registries.ca_files,
        plain_http=registries.plain_http,
        docker_config=read_credentials(registries.credentials_file),
        read_only=config.read_only,
    )
    return RegistryClient(settings, environ=os.environ, progress=progress)


@contextmanager
def running(
    config: Config,
    client: RegistryClient | None = None,
    *,
    tags: bool = True,
    times: bool = True,
    brief: bool = False,
    events: bool = True,
) -> Iterator[Engine]:
    """A started Engine, stopped at the end; see `make_engine`."""
    engine = make_engine(config, client, tags=tags, times=times, brief=brief, events=events)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def known(snapshot: Snapshot) -> bool:
    """True when every Environment has answered (or said why not), and so have the registries."""
    urls = {picked.address for _source, picked in pickers(snapshot)}
    return environments_known(snapshot) and all(_listed(snapshot, url) for url in urls if url)


def environments_known(snapshot: Snapshot, states: Collection[FeedState] = SETTLED) -> bool:
    """True when every feed of every Environment is in one of `states`, or it cannot be reached.

    One feed that fails says nothing while the others have not been answered yet.
    """
    if not snapshot.serial:
        return False  # the Engine has not said anything yet
    for environment in snapshot.config.environments:
        feeds = [f for f in snapshot.feeds if f.environment == environment.name]
        starting = any(f.state is FeedState.STARTING for f in feeds)
        if environment.name in snapshot.unreachable and not starting:
            continue
        kinds = {f.kind for f in feeds}
        if not all(kind.id in kinds for kind in ALL):
            return False
        if any(feed.state not in states for feed in feeds):
            return False
    return True


def _listed(snapshot: Snapshot, url: str) -> bool:
    tags = snapshot.tags.get(url)
    return tags is not None and bool(tags.listed_at or tags.error)
