"""The values of kstatus: Status and Health. Must not compute anything but an aggregate."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from fluxtui.kit.values import frozen


class Status(enum.Enum):
    """What kstatus says of one object; the value is the word Flux prints."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    UNKNOWN = "Unknown"


@frozen
class Health:
    """A Status with a sentence for people and a CamelCase reason ('' for Current)."""

    status: Status
    message: str
    reason: str = ""


def current(message: str) -> Health:
    return Health(Status.CURRENT, message)


def in_progress(reason: str, message: str) -> Health:
    return Health(Status.IN_PROGRESS, message, reason)


def failed(reason: str, message: str) -> Health:
    return Health(Status.FAILED, message, reason)


def aggregate(statuses: Iterable[Status], desired: Status = Status.CURRENT) -> Status:
    """One Status for many: any Failed, else any Unknown, else `desired` when all are, else wait."""
    present = set(statuses)
    for bad in (Status.FAILED, Status.UNKNOWN):
        if bad in present:
            return bad
    return desired if present <= {desired} else Status.IN_PROGRESS
