"""What a push puts into a registry, as far as it can be asked about: a tag, a folder, its images.

A tag that is there says nothing of whose push it was; its content does. Only a registry and a disk
can compare: the Engine does, when it is asked. Pure.
"""

from __future__ import annotations

from fluxtui.domain.plan import PushStep
from fluxtui.kit.values import frozen


@frozen
class PushContent:
    """`images`: (name, reference) as they are set inside."""

    repository: str
    tag: str
    folder: str
    images: tuple[tuple[str, str], ...] = ()


def content_of(step: PushStep) -> PushContent:
    """What that Step pushes."""
    return PushContent(step.repository, step.tag, step.folder, tuple(sorted(step.images.items())))
