"""What kubectl's own flags say, as kubectl understands them: as whom, where, and how patient.

They hold for every Environment of the run. This module reads words and nothing else: what a
kubeconfig says is `cluster.kubeconfig`'s business.
"""

from __future__ import annotations

import argparse

from fluxtui.domain.config import Overrides
from fluxtui.domain.durations import parse_duration
from fluxtui.domain.errors import UsageError


def overrides_of(args: argparse.Namespace) -> Overrides:
    """The flags of a parsed command line. Raises UsageError for a time that is none."""
    timeout = args.request_timeout
    return Overrides(
        as_user=args.as_user or "",
        as_groups=tuple(args.as_group or ()),
        as_uid=args.as_uid or "",
        cluster=args.cluster or "",
        user=args.user or "",
        request_timeout=None if timeout is None else seconds_of(timeout, "--request-timeout"),
    )


def seconds_of(text: str, flag: str) -> float:
    """As kubectl: a bare number is seconds, else a duration of Go's; never negative. Raises
    UsageError."""
    try:
        seconds = float(int(text)) if text.isdecimal() else parse_duration(text)
    except UsageError as error:
        raise UsageError(
            f"{text!r} is no time", where=flag, next="write 5, 5s, 2m or 3h"
        ) from error
    if seconds < 0:
        raise UsageError("a time must not be negative", where=flag)
    return seconds
