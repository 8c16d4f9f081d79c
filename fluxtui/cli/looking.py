"""What every view needs first: in which environments, at what, and how well that is known.

A `Look` is one question of a person: the environments, the Target, and why the answer may not be
whole. Only this file reads `-e` and the target of a view.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fluxtui.cli.settling import settle
from fluxtui.cli.target import find
from fluxtui.cli.verdict import problems_of
from fluxtui.domain import roles
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.kinds import appliers
from fluxtui.kit.values import frozen

if TYPE_CHECKING:
    from fluxtui.commands.command import Target
    from fluxtui.domain.board import Board, ChainNode, Line, Row
    from fluxtui.domain.resource import Key
    from fluxtui.domain.snapshot import Snapshot
    from fluxtui.engine.port import EnginePort


@frozen
class Look:
    """A settled question. `problems`: why the answer may not be whole, one sentence each;
    `namespaces`: those that `-n` keeps it to."""

    snapshot: Snapshot
    environments: tuple[str, ...]
    target: Target
    problems: tuple[str, ...] = ()
    selector: str = ""
    namespaces: tuple[str, ...] = ()

    @property
    def board(self) -> Board:
        """The board inside the Snapshot."""
        return self.snapshot.board

    def rows(self) -> tuple[Row, ...]:
        """Rows of what was asked about, with the lines that are meant.

        Raises FluxtuiError when the board has none: other rows would be another answer.
        """
        target = self.target
        if not self.is_narrow:
            return tuple(self._selected(row) for row in self.board.rows)
        rows = [row for row in self.board.rows if row.service == target.service]
        source = self.source
        if target.object is not None and rows:
            rows = [_only(row, {source, target.object}) for row in rows]
        if not rows:
            raise _not_delivered(target, self.snapshot)
        if not any(row.lines.get(name) for row in rows for name in self.environments):
            self._not_there(rows)
        return tuple(self._selected(row) for row in rows)

    def _not_there(self, rows: Sequence[Row]) -> None:
        """Raises FluxtuiError: where the Service is, when that is known not to be here."""
        if not self.problems:
            raise FluxtuiError(
                f"{self.target.service} is not delivered in {', '.join(self.environments)}",
                next=f"it is in {', '.join(name for row in rows for name in row.lines)}",
            )

    @property
    def is_narrow(self) -> bool:
        """Whether it is about one thing and not about all."""
        return bool(self.target.service or self.target.object)

    @property
    def is_filtered(self) -> bool:
        """Whether `-l` or `-n` may leave something out."""
        return bool(self.selector) or any(e.namespaces for e in self.snapshot.config.environments)

    @property
    def source(self) -> Key | None:
        """The source of the one object that was asked about."""
        asked_key = self.target.object
        return roles.source_key(self.snapshot, asked_key) if asked_key is not None else None

    def has_labels(self, key: Key) -> bool:
        """Whether the object has the labels that were asked for."""
        if not self.selector:
            return True
        from fluxtui.kit import labels

        resource = self.snapshot.get(key)
        terms = labels.parse(self.selector)
        return resource is not None and labels.fulfilled(terms, resource.labels)

    def _selected(self, row: Row) -> Row:
        if not self.selector:
            return row
        lines = {
            name: tuple(
                line for line in cell_lines if any(map(self.has_labels, (line.key, *line.appliers)))
            )
            for name, cell_lines in row.lines.items()
        }
        return replace(row, lines=lines)

    def chains(self) -> Mapping[str, Sequence[ChainNode]]:
        """Nodes of what was asked about, Environment by Environment.

        Raises FluxtuiError when it is a Service that none of them has.
        """
        target = self.target
        nodes_of = {
            name: [node for node in self.board.chains.get(name, ()) if self._is_meant(node, target)]
            for name in self.environments
        }
        if target.service and not any(nodes_of.values()):
            rows = [row for row in self.board.rows if row.service == target.service]
            if not any(row.lines.get(name) for row in rows for name in self.environments):
                self._not_there(rows)
        return {
            n: [entry for entry in nodes if self.has_labels(entry.key)]
            for n, nodes in nodes_of.items()
        }

    def _is_meant(self, node: ChainNode, target: Target) -> bool:
        if target.service:
            row = self.board.row(target.service)
            lines = row.lines.get(node.key.environment, ()) if row is not None else ()
            return any(node.key in line.appliers for line in lines)
        if target.applier is not None:
            return node.key in self._related(target.applier)
        if target.source is not None:
            resource = self.snapshot.get(node.key)
            return resource is not None and appliers.source(resource) == target.source
        return True

    def _related(self, key: Key) -> set[Key]:
        """A Kustomization and all that it waits for."""
        related: set[Key] = set()
        due = [key]
        while due:
            current = due.pop()
            resource = self.snapshot.get(current)
            if current not in related and resource is not None:
                related.add(current)
                due += appliers.depends_on(resource)
        return related


def refuse_grouping(args: argparse.Namespace) -> None:
    """Raises UsageError where rows are to be grouped that make no table."""
    if args.group_by and (args.watch or args.output not in ("table", "wide")):
        form = "--watch" if args.watch else f"-o {args.output}"
        raise UsageError(
            f"--group-by is for tables, and {form} prints none", next="leave one of them out"
        )


def look(
    engine: EnginePort, args: argparse.Namespace, more: Sequence[str] = (), *, tags: bool
) -> Look:
    """Wait until enough is known. Raises UsageError for what is not there."""
    unknown = settle(engine, tags=tags)
    snapshot = engine.snapshot
    names = environments_of(args, snapshot, more)
    target = target_of(args, names, snapshot)
    if target.environment:
        names = (target.environment,)
    relevant = [text for text in unknown if not _about_others(text, names, snapshot)]
    problems = tuple(problems_of(snapshot, names, relevant))
    selector, namespaces = checked_selector(args), tuple(args.namespace or ())
    return Look(snapshot, names, target, problems, selector, namespaces)


def checked_selector(args: argparse.Namespace) -> str:
    """The value of `-l`. Raises UsageError when it does not parse."""
    text = str(getattr(args, "selector", ""))
    if text:
        from fluxtui.kit import labels

        try:
            labels.parse(text)
        except ValueError as error:
            raise UsageError(str(error), next="for example -l app=web,tier!=db") from error
    return text


def again(view: Look, snapshot: Snapshot) -> Look:
    """The same question to a newer Snapshot."""
    return replace(view, snapshot=snapshot)


def environments_of(
    args: argparse.Namespace, snapshot: Snapshot, more: Sequence[str] = ()
) -> tuple[str, ...]:
    """The Environments of `-e` (and `more`), else all. Raises UsageError for an unknown one."""
    names = tuple(e.name for e in snapshot.config.environments)
    for name in (*more, *(args.environment or ())):
        if name not in names:
            raise UsageError(f"there is no environment {name!r}", next=f"known: {', '.join(names)}")
    return tuple(dict.fromkeys((*more, *(args.environment or ())))) or names


def target_of(args: argparse.Namespace, environments: Sequence[str], snapshot: Snapshot) -> Target:
    """What the view is about; an empty Target: everything."""
    text = getattr(args, "target", "")
    return find(text, environments[0] if len(environments) == 1 else "", snapshot)


def _about_others(text: str, environments: Sequence[str], snapshot: Snapshot) -> bool:
    unchosen = [e.name for e in snapshot.config.environments if e.name not in environments]
    return any(text.startswith(f"{name}: ") for name in unchosen)


def _only(row: Row, keys: Collection[Key | None]) -> Row:
    lines: dict[str, tuple[Line, ...]] = {}
    for name, cell_lines in row.lines.items():
        fed = tuple(line for line in cell_lines if line.key in keys)
        lines |= {name: fed} if fed else {}
    return replace(row, lines=lines) if lines else row


def _not_delivered(target: Target, snapshot: Snapshot) -> FluxtuiError:
    key = target.object
    assert key is not None
    resource = snapshot.get(key)
    source_ref = resource.spec.get("sourceRef") if resource is not None else None
    fed = ""
    if isinstance(source_ref, Mapping):
        fed = f": it is fed by {source_ref.get('kind')} {source_ref.get('name')}"
    return FluxtuiError(
        f"no service of the board delivers it{fed}",
        where=str(key),
        next=f"fluxtui chain {short_name(key)} -e {key.environment}",
    )


def no_tags(view: Look) -> FluxtuiError:
    """That what was asked about has no tags, and what it follows instead."""
    places = (row.lines.get(name, ()) for row in view.rows() for name in view.environments)
    fed = (line.source.label for lines in places for line in lines if line.source is not None)
    fed_by = ", ".join(dict.fromkeys(fed))
    subject = view.target.object.label if view.target.object is not None else view.target.service
    return FluxtuiError(
        f"{subject} has no tags to list: it is fed by {fed_by or 'nothing'}",
        where=", ".join(view.environments),
        next="fluxtui versions says what runs and what its source has",
    )


def short_name(key: Key) -> str:
    """`ks/NS/NAME`: what every verb takes as its target."""
    from fluxtui.domain.kinds import by_short

    kind = by_short(key.kind)
    word = kind.short if kind is not None and kind.id == (key.group, key.kind) else key.kind.lower()
    return "/".join(part for part in (word, key.namespace, key.name) if part)
