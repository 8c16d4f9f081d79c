"""Tracking of Origins while a build runs; switched off, it costs nothing.

A tracker sees the objects before and after each step and never changes them, so that a build gives
the same objects with and without.
"""

from __future__ import annotations

from typing import Protocol

from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.resource import Resource


class Tracker(Protocol):
    """What the pipeline tells about."""

    def loaded(self, resource: Resource) -> None:
        """An object was read from a file."""

    def generated(self, resource: Resource, by: str) -> None:
        """An object was made by a generator."""

    def before(self, resources: ResourceMap) -> None:
        """A step is about to run."""

    def after(self, resources: ResourceMap, by: str) -> None:
        """The step has run."""


class NoTracker:
    """Tracks nothing."""

    def loaded(self, resource: Resource) -> None:
        """Nothing to do."""

    def generated(self, resource: Resource, by: str) -> None:
        """Nothing to do."""

    def before(self, resources: ResourceMap) -> None:
        """Nothing to do."""

    def after(self, resources: ResourceMap, by: str) -> None:
        """Nothing to do."""
