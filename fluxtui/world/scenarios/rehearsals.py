"""How a delivery of the demo can be made to fail: names for people, and the images that do it.

The workload simulator reads what is to go wrong off an image's tag (simulator/fates.py); here each
way gets the name that the demo teaches it by. It must not know who publishes.
"""

from __future__ import annotations

from fluxtui.world.scenarios.releases import Service

MARKERS = {
    "crash loop": "crashloop",
    "missing image": "nopull",
    "never ready": "neverready",
    "out of memory": "oomkilled",
}
"""What happens to the service's own containers -> the mark in the tag."""

MIGRATION = {"clickhouse/clickhouse-server": "25.8-migrationfails"}
"""Only what runs to its end fails with it; the database on the same image stays well."""


def rehearsals_of(service: Service) -> dict[str, dict[str, str]]:
    """Name -> image name -> tag, for `services:` of a fluxtui.yaml."""
    own = {
        name: dict.fromkeys(service.images, f"{{version}}-{marker}")
        for name, marker in MARKERS.items()
        if service.images
    }
    runs_migrations = any(service.config.glob("components/*-migrations/job.yaml"))
    return own | ({"failing migration": dict(MIGRATION)} if runs_migrations else {})
