"""What is it waiting for: the dependsOn tree of one Environment with live health.

The *root* blocker is named on every node that waits for it, and the objects behind a node (and the
pods behind those) hang under it. Cycles and missing names are rows like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from fluxtui.commands.command import Target
from fluxtui.domain.board import ChainNode, Level, ObjectLine
from fluxtui.domain.kinds import title
from fluxtui.domain.known import appliers_known
from fluxtui.domain.overview.pods import POD, pods_of, reason_first
from fluxtui.domain.podlog import WITH_PODS
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import age
from fluxtui.ui.doubts import doubt_line
from fluxtui.ui.panes.pane import NOTHING, Pane, View
from fluxtui.ui.panes.tree import Tree, TreeItem, key
from fluxtui.ui.signs import health, summary
from fluxtui.ui.spans import SUSPENDED, Line, brief, join, wrap
from fluxtui.ui.tally import Tally
from fluxtui.ui.widgets.columns import Column
from fluxtui.ui.widgets.listing import Recipe, TableRow

WORDS_FROM = 96  # cells; below that health is a sign in the table and a word in the details


def columns(words: bool) -> tuple[Column, ...]:
    """The tree, its health, what runs, and why it is as it is."""
    return (
        Column("NAME", least=16, most=32, good=28, keep=9, middle=True),
        Column("HEALTH", least=13, keep=9) if words else Column("", least=2, keep=9),
        Column("RUNNING", least=11, most=18, keep=6, middle=True),
        Column("WHY", least=14, good=36, keep=9, flex=True),
    )


_STATUS = {
    "Current": ("✓ current", "ok"),
    "InProgress": ("◐ in progress", "busy"),
    "Failed": ("✗ failed", "bad"),
    "Terminating": ("○ terminating", "wait"),
    "NotFound": ("✗ not found", "bad"),
    "Unknown": ("? unknown", "dim"),
}


def row_of(item: TreeItem, *, words: bool = True) -> TableRow:
    """The row of a node, or of an object under it."""
    if item.object is not None:
        return _object_row(item, item.object, words)
    return _node_row(item, words)


def sizes(item: TreeItem) -> tuple[int, ...]:
    """What a row would like of each column, without making it."""
    node, line, guide, _opened = item
    if line is not None:
        set_in = 5 if line.key.kind == "Pod" else 3
        name = len(guide) + set_in + len(line.key.kind) + len(line.key.name)
        return name, 0, 0, len(line.message)
    name = len(guide) + 2 + len(title(node.key)) + 8 * node.shared
    bad = node.health.level is not Level.OK
    sentence = len(node.because or node.health.text) if bad else 0
    return name, 0, len(node.running_text), min(sentence, 200)


def _node_row(item: TreeItem, words: bool) -> TableRow:
    node, _line, guide, opened = item
    marks = SUSPENDED if node.suspended else ""
    fold = ("▾ " if opened else "▸ ") if node.objects and not node.shared else "  "
    name: Line = (
        (guide, "off"),
        (fold, "dim"),
        (title(node.key), "dim" if node.shared else "name"),
    )
    if node.shared:
        name = (*name, (" ↑ above", "dim"))
    state = health(node.health.level, word=words)
    if marks:
        state = (*state, (f" {marks}" if words else marks, "wait"))  # two cells are for both
    return TableRow(
        key(item),
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
            # kstatus calls a Pod that ended badly as current as one that ended well.
            fails = pod.status.get("phase") == "Failed"
            out.append(ObjectLine(pod.key, str(health.status.value), health.message, fails))
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
        name, because = title(node.root), node.because
        if because.startswith("blocked by "):
            name, _colon, because = because.removeprefix("blocked by ").partition(": ")
        said = f": {reason_first(because)}" if because else ""
        return (("blocked by ", "wait"), (name, "strong"), (said, "wait"))
    if node.to_blame and node.because:
        return (
            (reason_first(node.because), "bad" if node.health.level is Level.FAILED else "busy"),
        )
    if node.health.level is Level.OK:
        return ()  # nothing is wrong: the details strip has the sentence
    role = {Level.FAILED: "bad", Level.PROGRESSING: "busy"}
    return ((reason_first(brief(node.health.text)), role.get(node.health.level, "wait")),)


def object_state(node: ChainNode, line: ObjectLine) -> tuple[str, str]:
    """Its word and role; of a node that is not known now only what was seen last."""
    if not node.known.known:
        return "? last seen", "dim"
    return ("✗ failing", "bad") if line.fails else _STATUS.get(line.status, (line.status, "dim"))


def _object_row(item: TreeItem, line: ObjectLine, words: bool) -> TableRow:
    word, role = object_state(item.node, line)
    word = word if words else word[:1]
    pod = line.key.kind == "Pod"
    name: Line = (
        (item.guide, "off"),
        ("  · " if pod else "· ", "dim"),
        (line.key.kind + " ", "dim"),
        (line.key.name, ""),
    )
    message = "dim" if role == "ok" else role
    return TableRow(key(item), (name, ((word, role),), (), ((line.message, message),)))


def standing(view: View, environment: str) -> Line:
    """`? not live for 3m  `: what the counts beside it are worth; nothing when they are true."""
    known = appliers_known(view.snapshot, environment)
    if known.known:
        return ()
    ago = age(known.since, view.now)
    says = known.word + (f" for {ago}" if ago else "")
    return ((f"? {says}  ", "wait" if known.pending else "bad"),)


class ChainPane(Pane):
    """The tree of one Environment."""

    title: ClassVar[str] = "Chain"
    hint: ClassVar[str] = "←→ environment  enter objects  l logs  y YAML  / filter"

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._tree = Tree()
        self._recipes = {
            words: Recipe(key, partial(row_of, words=words), sizes, objects=self._objects)
            for words in (True, False)
        }
        self._tally = Tally()
        self._lines: dict[Key, tuple[ChainNode, object, tuple[ObjectLine, ...]]] = {}
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
        self._show_note(view)
        self.table.set_groups(view.snapshot.board.environments, name)
        words = self.size.width >= WORDS_FROM
        items = self._tree.items(nodes, self._lines_of)
        recipe = self._recipes[words]
        self.table.show_items(columns(words) if items else (), items, recipe, self._empty(view))
        self._place(nodes, view.target)

    def _objects(self, item: TreeItem) -> Iterator[Resource]:
        return self.known((item.object.key if item.object is not None else item.node.key,))

    def _show_note(self, view: View) -> None:
        name = self.environment
        others = [e for e in view.snapshot.board.environments if e != name]
        head: Line = ((name, "accent"), ("  ", ""), *standing(view, name))
        head = (*head, *summary(self._tally.of(self.nodes()).levels))
        if others:
            head = (*head, ("   ←→ " + " ".join(others), "dim"))
        self.note.show_lines((head, ()))

    def pass_time(self, view: View) -> None:
        """No row says how old something is; the note does, where what it counts is not live."""
        self.view = view
        self._show_note(view)

    def _lines_of(self, node: ChainNode) -> tuple[ObjectLine, ...] | None:
        """The objects of a node that is open; looked for again when it or any Pod changed."""
        if node.shared or not self._is_open(node):
            return None
        snapshot = self.view.snapshot
        pods = snapshot.table(node.key.environment, POD)
        held = self._lines.get(node.key)
        if held is None or held[0] is not node or held[1] is not pods:
            held = self._lines[node.key] = (node, pods, with_pods(snapshot, node))
        return held[2]

    def _is_open(self, node: ChainNode) -> bool:
        bad = node.to_blame and node.health.level is not Level.OK
        return self._folds.get(node.key, bad)

    def _place(self, nodes: tuple[ChainNode, ...], target: Target) -> None:
        here = (self.environment, target.service, target.object)
        if self._placed == here or not nodes:
            return
        named = target.object
        chosen = next((i for i, n in enumerate(nodes) if named and n.key == named), None)
        if chosen is None:
            # A row of the board is its source: of all whom that feeds, the one to blame.
            fed = [i for i, n in enumerate(nodes) if named and n.origin == named and not n.shared]
            mine = [i for i, n in enumerate(nodes) if n.service == target.service and not n.shared]
            mine = fed or (mine if target.service else [])
            chosen = max(mine, key=lambda i: _blame(nodes[i]), default=None)
        if chosen is not None:
            self.table.select((nodes[chosen].key, None, nodes[chosen].shared))
        self._placed = here

    def _empty(self, view: View) -> tuple[Line, ...]:
        name = self.environment
        if not view.snapshot.board.environments:
            return ((("No environments yet: connecting …", "dim"),),)
        known = appliers_known(view.snapshot, name)
        if not known.known:
            return (doubt_line(name, known),)
        return (((f"There is no Kustomization in {name}.", "dim"),),)

    def _current(self) -> tuple[ChainNode, ObjectLine | None] | None:
        item = self.table.item
        return (item.node, item.object) if isinstance(item, TreeItem) else None

    def moved(self) -> None:
        """←→ shows the tree of the next Environment."""
        if self.table.group and self.table.group != self.environment:
            target = Target(environment=self.table.group, service=self.view.target.service)
            self.show(replace(self.view, target=target))
        here = self.pointed()
        if here is not None:
            self._placed = (here.environment, here.service, here.object)

    def pointed(self) -> Target | None:
        """The Kustomization under the cursor."""
        current = self._current()
        if current is None:
            return None
        node = current[0]
        return Target(node.key.environment, node.service, node.key)

    def details(self, width: int) -> tuple[Line, ...] | None:
        """The node or object under the cursor."""
        current = self._current()
        if current is None:
            return None
        node, object_ = current
        if object_ is not None:
            word, role = object_state(node, object_)
            head: Line = ((object_.key.label, "strong"), ("  " + word, role))
            return (head, *wrap(((object_.message, "name"),), width, 2))
        return node_details(self.view.snapshot, node, width)

    def interest(self) -> frozenset[Key]:
        """The Kustomizations in sight."""
        return frozenset(i.node.key for i in self.table.visible_items if isinstance(i, TreeItem))

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

    def subject_key(self) -> Key | str:
        """The object under the cursor, for YAML and logs."""
        current = self._current()
        if current is None:
            return NOTHING
        return current[1].key if current[1] is not None else current[0].key

    def log_subjects(self) -> tuple[Key, ...] | str:
        """The Pod or workload under the cursor, or all workloads of the node."""
        current = self._current()
        if current is None:
            return NOTHING
        node, line = current
        if line is None:
            return (node.key,)
        if line.key.kind in WITH_PODS:
            return (line.key,)
        return f"logs are of Pods: a {line.key.kind} has none"


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
        word = f"{SUSPENDED} {node.suspended.suspends}"
        out.insert(1, ((f"{word} by {who}{reason}", "wait"),))
    if node.waits_for and len(out) < 3:
        said = {each.key: f" until {each.expression}" for each in node.until}
        names = ", ".join(k.name + said.get(k, "") for k in node.waits_for)
        out.append((("waits for ", "dim"), (names, "")))
    return tuple(out[:3])
