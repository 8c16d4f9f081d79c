"""`version` as data: ours, and the controllers' of each environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fluxtui.cli.forms.envelope import Document, document, maybe

if TYPE_CHECKING:
    from fluxtui.cli.controllers import Controllers

NOT_FLUX = "no Flux controllers are there"
NO_LABEL = "no controller says so in its labels"


def versions(
    client: Mapping[str, str], controllers: Iterable[Controllers], problems: Iterable[str]
) -> Document:
    """`flux` is null where no controller says its distribution's version."""
    items = [_environment(environment) for environment in controllers]
    return document("Version", client=dict(client), environments=items, problems=list(problems))


def _environment(running: Controllers) -> Document:
    why = running.problem or (NO_LABEL if running.found else NOT_FLUX)
    controllers = [
        {
            "namespace": c.namespace,
            "name": c.name,
            **maybe("version", c.version or None, "its image has no tag"),
            "ready": c.ready,
        }
        for c in running.found
    ]
    return {
        "environment": running.environment,
        **maybe("flux", running.flux or None, why),
        **maybe("controllers", None if running.problem else controllers, running.problem),
    }
