"""`describe`: all that is known of one object, or of the objects of a service, as on the screen.

What only the API says is asked for each of them; what it does not answer is said, with the reason.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from fluxtui.cli import output, patience
from fluxtui.cli.forms import detail as form
from fluxtui.cli.hiding import hidden
from fluxtui.cli.looking import Look, again, look, short_name
from fluxtui.cli.output import conclude
from fluxtui.domain.ask import Question, ReadInventory, ReadObject, ValuesOf
from fluxtui.domain.detail import detail_of, plain_values, with_inventory
from fluxtui.domain.detail.telling import Readings, told
from fluxtui.domain.detail.uses import UseIndex
from fluxtui.domain.detail.values import Detail
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.resource import Key
from fluxtui.domain.safetext import visible
from fluxtui.engine.port import EnginePort

ANSWERS = 20.0
"""Seconds for what only the API says."""
WANTED = "--values reads them, Secrets among them"
Asked = dict[str, Future[Any]]
"""What is awaited, by the name that it has among the Readings."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """Moments as they are written down: what a log or another clock is compared with."""

    def ago(self, stamp: str) -> str:
        """The moment itself."""
        return stamp

    def lasting(self, stamp: str) -> str:
        """`since 2026-11-23T03:12:00Z`."""
        return f"since {stamp}" if stamp else ""


def describe(engine: EnginePort, args: argparse.Namespace) -> int:
    """Print them, one after the other."""
    if not args.target:
        raise UsageError("describe what?", next="fluxtui describe ks/NAME -e ENV, or SERVICE")
    view = look(engine, args, tags=False)
    keys = described(view)
    away = hidden(view, described, "object")
    answers = [_asked(engine, view, key, secrets=args.values) for key in keys]
    view, index, problems = again(view, engine.snapshot), UseIndex(), [*view.problems, *away]
    found: list[tuple[Detail, Readings]] = []
    for key, asked in zip(keys, answers, strict=True):
        resource = view.snapshot.get(key)
        if resource is None:
            problems.append(f"{key} is not there any more")
            continue
        readings = _awaited(asked)
        readings = replace(readings, uses=index.uses_of(view.snapshot, key))
        detail = detail_of(view.snapshot, resource)
        if not detail.value_sources:
            readings = replace(readings, values=plain_values(resource))
        if readings.inventory is not None:
            detail = with_inventory(detail, readings.inventory)
        problems += [f"{key}: {fault}" for fault in _faults(readings)]
        found.append((detail, readings))
    output.emit(
        lambda: "\n\n".join(_text(detail, readings) for detail, readings in found),
        form.details(found, problems),
        args.output,
        names=[short_name(detail.key) for detail, _readings in found],
    )
    return conclude(dict.fromkeys(problems))


def described(view: Look) -> list[Key]:
    """The object that was named, or those that a service is made of."""
    target = view.target
    if target.object is not None:
        return [target.object] if view.has_labels(target.object) else []
    lines = [
        line for row in view.rows() for name in view.environments for line in row.lines[name]
        if name in row.lines
    ]  # fmt: skip
    keys: dict[Key, None] = {}
    for line in lines:
        for key in (line.source, line.key, *line.appliers):
            if key is not None and view.snapshot.get(key) is not None:
                keys[key] = None
    return list(keys)


def _asked(engine: EnginePort, view: Look, key: Key, *, secrets: bool) -> Asked:
    """All at once: each waits for an API and for nothing else. `secrets`: values are read though a
    Secret has a part in them."""
    resource = view.snapshot.get(key)
    if resource is None:
        return {}
    detail = detail_of(view.snapshot, resource)
    questions: dict[str, Question] = {"object": ReadObject(key)}
    if detail.unread:
        questions["inventory"] = ReadInventory(key)
    if detail.value_sources and (secrets or not detail.values_touch_secrets):
        questions["values"] = ValuesOf(key)
    return {name: engine.ask(question) for name, question in questions.items()}


def _awaited(asked: Asked) -> Readings:
    readings = Readings(values_wanted=WANTED)
    for name, future in asked.items():
        read, fault = _answer(future)
        readings = replace(readings, **{name: read, f"{name}_fault": fault})
    return readings


def _answer(future: Future[Any]) -> tuple[Any, str]:
    try:
        return future.result(patience.at_most(ANSWERS)), ""
    except FluxtuiError as error:
        return None, str(error)
    except TimeoutError:
        return None, f"no answer {patience.within(ANSWERS)}"


def _faults(readings: Readings) -> Sequence[str]:
    """What could not be read, one sentence each."""
    reading, inventory = readings.object, readings.inventory
    parts = (
        ("its events and who owns its fields are not known", readings.object_fault),
        ("its events are not known", reading.events_fault if reading is not None else ""),
        ("who owns its fields is not known", reading.owned_fault if reading is not None else ""),
        ("its inventory is not known", readings.inventory_fault),
        ("its values are not known", readings.values_fault),
        ("not all of its inventory is known", inventory.fault if inventory is not None else ""),
    )
    references = readings.values.references if readings.values is not None else ()
    unknown = [f"{each.by}: {each.outcome}" for each in references if each.unknown]
    return [*(f"{what}: {fault}" for what, fault in parts if fault), *unknown]


def _text(detail: Detail, readings: Readings) -> str:
    lines = ("".join(text for text, _role in line) for line in told(detail, readings, Stamps()))
    return "\n".join(visible(line) for line in lines)
