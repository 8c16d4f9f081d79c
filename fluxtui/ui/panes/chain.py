"""What is it waiting for: the dependsOn tree of one Environment with live health.

The *root* blocker is named on every node that waits for it, and the objects behind a node (and the
pods behind those) hang under it. Cycles and missing names are rows like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, cast

from fluxtui.commands.command import Target
from fluxtui.domain.ask import ReadLogs
from fluxtui.domain.board import ChainNode, Level, ObjectLine
from fluxtui.domain.kinds import kustomization
from fluxtui.domain.known import kind_known
from fluxtui.domain.overview.pods import pods_of
from fluxtui.domain.resource import Key
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import age
from fluxtui.ui.panes.pane import Pane, View
from fluxtui.ui.signs import GLYPHS, health
from fluxtui.ui.spans import SUSPENDED, Line, brief, join, wrap
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Row

WORDS_FROM = 96  # cells; below that health is a sign in the table and a word in the details


def columns(words: bool) -> tuple[Column, ...]:
    """The tree, its health, what runs, and why it is as it is."""
    return (
        Column("KUSTOMIZATION", least=28, most=46, keep=9),
        Column("HEALTH", least=13, keep=9) if words else Column("", least=2, keep=9),
        Column("RUNNING", least=11, most=18, keep=6, middle=True),
        Column("WHY", least=36, keep=9, flex=True),
    )


_STATUS = {
    "Current": ("✓ current", "ok"),
    "InProgress": ("◐ in progress", "busy"),
    "Failed": ("✗ failed", "bad"),
    "Terminating": ("○ terminating", "wait"),
    "NotFound": ("✗ not found", "bad"),
    "Unknown": ("? unknown", "dim"),
}


def guides(depths: list[int]) -> list[str]:
    """The lines of a tree drawn from depths in drawing order."""
    out: list[str] = []
    more: set[int] = set()  # levels that go on below this line
    for depth in reversed(depths):
        stem = "".join("│ " if level in more else "  " for level in range(1, depth))
        out.append(stem + ("├ " if depth in more else "└ ") if depth else "")
        more = {level for level in more if level < depth} | {depth}
    return out[::-1]


Objects = Mapping[Key, tuple[ObjectLine, ...]]


def rows(nodes: tuple[ChainNode, ...], opened: Objects, *, words: bool = True) -> tuple[Row, ...]:
    """Nodes, and the objects of those that are open (`opened`: node -> its lines)."""
    out: list[Row] = []
    for number, (node, guide) in enumerate(
        zip(nodes, guides([n.depth for n in nodes]), strict=True)
    ):
        out.append(_node_row(node, guide, node.key in opened, words))
        if node.key in opened and not node.shared:
            after = nodes[number + 1].depth if number + 1 < len(nodes) else 0
            stem = guide.replace("├ ", "│ ").replace("└ ", "  ")
            stem += "│ " if after > node.depth else "  "
            out.extend(_object_row(number, node, line, stem, words) for line in opened[node.key])
    return tuple(out)


def _node_row(number: int, node: ChainNode, guide: str, opened: bool, words: bool) -> Row:
    marks = SUSPENDED if node.suspended else ""
    fold = ("▾ " if opened else "▸ ") if node.objects and not node.shared else "  "
    name: Line = ((guide, "off"), (fold, "dim"), (node.key.name, "dim" if node.shared else "name"))
    if node.shared:
        name = (*name, (" ↑ above", "dim"))
    state = health(node.health.level, word=words)
    if marks:
        state = (*state, (f" {marks}", "wait"))
    return Row(
        (number, node.key, None),
        (name, state, ((node.running_text, "version" if node.known.known else "dim"),), why(node)),
    )


def _blame(node: ChainNode) -> tuple[bool, Level]:
    """Root blockers before those that wait for them, then by health."""
    return node.to_blame, node.health.level


def with_pods(snapshot: Snapshot, node: ChainNode) -> tuple[ObjectLine, ...]:
    """The node's objects, each workload followed by its live Pods."""
    from fluxtui.domain.health import reader_status  # not needed for the first paint

    out: list[ObjectLine] = []
    for line in node.objects:
        out.append(line)
        resource = snapshot.get(line.key)
        for pod in pods_of(resource, snapshot) if resource is not None else ():
            health = reader_status(pod.as_object())
            out.append(ObjectLine(pod.key, str(health.status.value), health.message))
    return tuple(out)


def why(node: ChainNode) -> Line:
    """One sentence: the root blocker for who waits, the object for who is to blame."""
    if not node.known.known:
        return ((brief(node.health.text), "dim"),)
    if node.cycle:
        names = " → ".join(k.name for k in node.cycle)
        return (("dependsOn cycle: ", "bad"), (names, "bad"))
    if node.missing:
        names = ", ".join(k.label for k in node.missing)
        return (("dependsOn names what is not there: ", "bad"), (names, "bad"))
    if node.root is not None and not node.to_blame:
        because = node.because.removeprefix(f"blocked by {node.root.name}").removeprefix(": ")
        said = f": {because}" if because else ""
        return (("blocked by ", "wait"), (node.root.name, "strong"), (said, "wait"))
    if node.to_blame and node.because:
        return ((node.because, "bad" if node.health.level is Level.FAILED else "busy"),)
    if node.health.level is Level.OK:
        return ()  # nothing is wrong: the details strip has the sentence
    role = {Level.FAILED: "bad", Level.PROGRESSING: "busy"}
    return ((brief(node.health.text), role.get(node.health.level, "wait")),)


def _object_row(number: int, node: ChainNode, line: ObjectLine, stem: str, words: bool) -> Row:
    word, role = _STATUS.get(line.status, (line.status, "dim"))
    word, role = ("✗ failing", "bad") if line.fails else (word, role)
    word = word if words else word[:1]
    pod = line.key.kind == "Pod"
    name: Line = ((stem, "off"), ("  · " if pod else "· ", "dim"), (line.key.kind + " ", "dim"))
    message = "dim" if role == "ok" else role
    return Row(
        (number, node.key, line.key),
        ((*name, (line.key.name, "")), ((word, role),), (), ((line.message, message),)),
    )


def standing(view: View, environment: str) -> Line:
    """`? not live for 3m  `: what the counts beside it are worth; nothing when they are true."""
    known = kind_known(view.snapshot, environment, kustomization.KIND.id)
    if known.known:
        return ()
    ago = age(known.since, view.now)
    says = known.word + (f" for {ago}" if ago else "")
    return ((f"? {says}  ", "wait" if known.pending else "bad"),)


def summary(nodes: tuple[ChainNode, ...]) -> Line:
    """Counts by health, worst first."""
    found: dict[Key, ChainNode] = {}
    for node in nodes:
        found.setdefault(node.key, node)
    counts = {level: 0 for level in reversed(Level)}
    for node in found.values():
        counts[node.health.level] += 1
    return join(
        ((f"{GLYPHS[level][0]} {count} {GLYPHS[level][2]}", GLYPHS[level][1]),)
        for level, count in counts.items()
        if count
    )


class Chain(Pane):
    """The tree of one Environment."""

    title: ClassVar[str] = "Chain"
    hint: ClassVar[str] = "←→ environment  enter objects  l logs of a pod  y YAML  / filter"

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._objects: dict[Key, ObjectLine] = {}
        self._folds: dict[Key, bool] = {}
        self._placed: tuple[str, str, Key | None] | None = None

    @property
    def environment(self) -> str:
        """The Environment shown."""
        names = self.view.snapshot.board.environments
        wanted = self.view.target.environment
        return wanted if wanted in names or not names else names[0]

    def nodes(self) -> tuple[ChainNode, ...]:
        """The nodes shown."""
        return self.view.snapshot.board.chains.get(self.environment, ())

    def lay_out(self, view: View) -> None:
        """Tree of the Target's Environment; the cursor goes to what the Target names."""
        nodes = self.nodes()
        name = self.environment
        others = [e for e in view.snapshot.board.environments if e != name]
        head: Line = ((name, "accent"), ("  ", ""), *standing(view, name), *summary(nodes))
        if others:
            head = (*head, ("   ←→ " + " ".join(others), "dim"))
        self.note.show_lines((head, ()))
        self.table.set_groups(view.snapshot.board.environments, name)
        opened = {n.key: with_pods(view.snapshot, n) for n in nodes if self._is_open(n)}
        self._objects = {line.key: line for lines in opened.values() for line in lines}
        words = self.size.width >= WORDS_FROM
        found = rows(nodes, opened, words=words)
        self.table.show_rows(columns(words) if nodes else (), found, self._empty(view))
        self._place(nodes, view.target)

    def _is_open(self, node: ChainNode) -> bool:
        bad = node.to_blame and node.health.level is not Level.OK
        return self._folds.get(node.key, bad)

    def _place(self, nodes: tuple[ChainNode, ...], target: Target) -> None:
        here = (self.environment, target.service, target.kustomization)
        if self._placed == here or not nodes:
            return
        chosen = next((i for i, n in enumerate(nodes) if n.key == target.kustomization), None)
        if chosen is None and target.service:
            mine = [i for i, n in enumerate(nodes) if n.service == target.service and not n.shared]
            chosen = max(mine, key=lambda i: _blame(nodes[i]), default=None)
        if chosen is not None:
            self.table.select((chosen, nodes[chosen].key, None))
        self._placed = here

    def _empty(self, view: View) -> tuple[Line, ...]:
        name = self.environment
        if not view.snapshot.board.environments:
            return ((("No environments yet: connecting …", "dim"),),)
        known = kind_known(view.snapshot, name, kustomization.KIND.id)
        if known.known:
            return (((f"There is no Kustomization in {name}.", "dim"),),)
        way = f" ({known.step})" if known.step else ""
        glyph, role = ("○", "wait") if known.pending else ("✗", "bad")
        return (((f"{glyph} {name} {known.clause}{way}", role),),)

    def _current(self) -> tuple[ChainNode, Key | None] | None:
        row = self.table.selected
        if row is None:
            return None
        number, _key, object_ = cast("tuple[int, Key, Key | None]", row.id)
        nodes = self.nodes()
        return (nodes[number], object_) if number < len(nodes) else None

    def moved(self) -> None:
        """←→ shows the tree of the next Environment."""
        if self.table.group and self.table.group != self.environment:
            target = Target(environment=self.table.group, service=self.view.target.service)
            self.show(replace(self.view, target=target))

    def pointed(self) -> Target | None:
        """The Kustomization under the cursor."""
        current = self._current()
        if current is None:
            return None
        node = current[0]
        resource = self.view.snapshot.get(node.key)
        source = kustomization.source(resource) if resource else None
        target = Target(node.key.environment, node.service, source, node.key)
        self._placed = (target.environment, target.service, target.kustomization)
        return target

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The node or object under the cursor."""
        current = self._current()
        if current is None:
            return None
        node, object_ = current
        if object_ is not None:
            line = self._objects.get(object_)
            word, role = _STATUS.get(line.status if line else "", ("", "dim"))
            text = line.message if line else ""
            head: Line = ((object_.label, "strong"), ("  " + word, role))
            return (head, *wrap(((text, "name"),), width, 2))
        return node_details(self.view.snapshot, node, width)

    def interest(self) -> frozenset[Key]:
        """Every Kustomization of the tree that is shown."""
        return frozenset(n.key for n in self.nodes())

    def open_row(self) -> None:
        """Open or close a node; read the YAML of an object."""
        current = self._current()
        if current is None:
            return
        node, object_ = current
        if object_ is not None:
            self.action_yaml()
        elif node.objects:
            self._folds[node.key] = not self._is_open(node)
            self.refresh_view()

    def subject_key(self) -> Key | None:
        """The object under the cursor, for YAML and logs."""
        current = self._current()
        return (current[1] or current[0].key) if current else None

    def logs_question(self) -> ReadLogs | str:
        """The question for the pod under the cursor, or why there is none."""
        current = self._current()
        object_ = current[1] if current else None
        if object_ is None or object_.kind != "Pod":
            return "logs are a pod's: open a node with enter and choose a Pod"
        return ReadLogs(object_)


def node_details(snapshot: Snapshot, node: ChainNode, width: int) -> tuple[Line, ...]:
    """Three lines about one Kustomization."""
    resource = snapshot.get(node.key)
    path = str(resource.spec.get("path") or "") if resource else ""
    head = join(
        (
            ((node.key.label, "strong"),),
            health(node.health.level),
            ((node.running_text, "version"),),
            ((path, "dim"),),
        )
    )
    sentence = why(node) or ((brief(node.health.text), "dim"),)
    out = [head, *wrap(sentence, width, 2)]
    if node.suspended is not None:
        reason = f": {node.suspended.reason}" if node.suspended.reason else ""
        who = node.suspended.by or "somebody"
        out.insert(1, ((f"{SUSPENDED} suspended by {who}{reason}", "wait"),))
    if node.waits_for and len(out) < 3:
        names = ", ".join(k.name for k in node.waits_for)
        out.append((("waits for ", "dim"), (names, "")))
    return tuple(out[:3])
