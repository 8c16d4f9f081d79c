"""Questions a write must put to others before it is stored, asked while nobody holds the lock.

A write runs with the store locked; when it needs an answer from outside (a webhook, an
expression) it is abandoned, the question is asked, and the write begins anew with the answer at
hand. If the object has changed meanwhile the answer no longer fits and is asked for again, as
etcd's transactions make a real API server do. Who is asked and what, webhooks.py knows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from fluxtui.world.apiserver.exchange import Request
from fluxtui.world.apiserver.status import Json, StatusError
from fluxtui.world.apiserver.write_requests import delete_body

P = ParamSpec("P")
T = TypeVar("T")

Question = tuple[str, str, tuple[str, str], tuple[str, str], str]
"""(phase, operation, resource, key, resourceVersion that is changed or "")."""

_MOST_ATTEMPTS = 100


@dataclass(slots=True)
class Asking:
    """The request in whose name is asked. `options` are its options, without their kind.

    `answers`: the object as it was after the phase. `warnings` go into the response's headers.
    """

    user: str
    groups: tuple[str, ...]
    options: Json
    subresource: str = ""
    dry_run: bool = False
    warnings: list[str] = field(default_factory=list)
    answers: dict[Question, Json] = field(default_factory=dict)
    inside: bool = False


def asking_for(request: Request, subresource: str) -> Asking:
    """The name in which a request's write asks."""
    query = request.query
    options: Json = {}
    if request.method == "DELETE":
        body = delete_body(request)
        options = {k: v for k, v in body.items() if k not in ("kind", "apiVersion")}
        for field_, text in query.items():
            if field_ in ("gracePeriodSeconds", "propagationPolicy"):
                options.setdefault(field_, int(text) if text.isdigit() else text)
    for field_ in ("fieldManager", "fieldValidation"):
        if query.get(field_) and request.method != "DELETE":
            options[field_] = query[field_]
    dry_run = query.get("dryRun") == "All" or options.get("dryRun") == ["All"]
    if dry_run:
        options["dryRun"] = ["All"]
    user = request.user
    return Asking(user.name, user.groups, options, subresource, dry_run)


class CallOut(Exception):
    """The write goes on once `work` was done; it leaves its outcome in `Asking.answers`."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__("an answer from outside is needed")
        self.work = work


_CURRENT: ContextVar[Asking | None] = ContextVar("asking", default=None)


def asking() -> Asking | None:
    """The request being served on this thread; None for what the server does by itself."""
    return _CURRENT.get()


@contextmanager
def serving(request: Asking) -> Iterator[Asking]:
    """Ask in the name of `request` meanwhile; an error raised carries the warnings along."""
    before = _CURRENT.set(request)
    try:
        yield request
    except StatusError as error:
        error.warnings = [*error.warnings, *request.warnings]
        raise
    finally:
        _CURRENT.reset(before)


def outside_the_lock(operation: Callable[P, T]) -> Callable[P, T]:
    """Run an operation until it has all its answers. It must take the lock, and not be called
    with it held except by another operation of this sort.
    """

    @functools.wraps(operation)
    def run(*args: Any, **kwargs: Any) -> T:
        request = _CURRENT.get()
        if request is None or request.inside:
            return operation(*args, **kwargs)
        request.inside = True
        try:
            for _ in range(_MOST_ATTEMPTS):
                try:
                    return operation(*args, **kwargs)
                except CallOut as call:
                    call.work()
        finally:
            request.inside = False
        raise StatusError(
            500, "ServerTimeout", "the object changed each time while webhooks were asked about it"
        )

    return run
