"""One object to read, as far as it is known, from its conditions to who owns which field.

Opens at once with what the Snapshot has; what only the API says is asked when it opens, and drawn
when it comes. It follows the object while it is open, and asks anew when that has another version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from fluxtui.domain.ask import Question, ReadInventory, ReadObject, ValuesOf
from fluxtui.domain.detail import detail_of, plain_values, with_inventory
from fluxtui.domain.detail.telling import Readings, told
from fluxtui.domain.detail.uses import UseIndex
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import appliers
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Snapshot
from fluxtui.ui.ages import since
from fluxtui.ui.bridge import Bridge
from fluxtui.ui.screens.reading import Reading, as_yaml
from fluxtui.ui.spans import Line, brief

VALUES_KEY = "v"
AGEING = 5.0  # seconds after which ages are said anew
WHOLE_FROM = 120  # cells; below that digests are shortened


@dataclass(frozen=True, slots=True)
class Ages:
    """Moments as people say them; `now` epoch seconds."""

    now: float

    def ago(self, stamp: str) -> str:
        """`3h ago`."""
        text = since(stamp, self.now)
        return f"{text} ago" if text else ""

    def lasting(self, stamp: str) -> str:
        """`for 3h`."""
        text = since(stamp, self.now)
        return f"for {text}" if text else ""


_NAMES: dict[type, str] = {ReadObject: "object", ReadInventory: "inventory", ValuesOf: "values"}
"""What an answer is called among the Readings."""


class ObjectSheet(Reading):
    """An object by its key. `clock`: epoch seconds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "values", "Values", show=False),
        Binding("y", "yaml", "YAML", show=False),
    ]

    hint: ClassVar[str] = "y YAML   esc q close   / search"

    def __init__(
        self, bridge: Bridge, key: Key, clock: Callable[[], float], index: UseIndex
    ) -> None:
        self._bridge = bridge
        self._key = key
        self._clock = clock
        self._snapshot = bridge.peek()
        self._readings = Readings(values_wanted=f"{VALUES_KEY} reads them, Secrets among them")
        self._index = index
        self._looked_at: object = None  # whose uses are known
        self._looking = False
        self._secrets = False  # whether a person has asked for values that a Secret has a part in
        self._asked: dict[str, Resource] = {}
        self._awaited: set[str] = set()
        super().__init__(str(key), ())

    def on_mount(self) -> None:
        """Ask what is not known."""
        self._text = self._lines()
        super().on_mount()
        self.set_interval(AGEING, self._tell)
        self.call_after_refresh(self._ask)
        self.call_after_refresh(self._look_for_uses)  # what is known is painted first

    def show(self, snapshot: Snapshot) -> None:
        """It may have changed."""
        before, self._snapshot = self._snapshot, snapshot
        if before.resources is not snapshot.resources or before.board is not snapshot.board:
            self._ask()
            self._look_for_uses()
            self._tell()

    def interest(self) -> frozenset[Key]:
        """The Pods of what it applied say why that is not well."""
        return frozenset((self._key,)) if appliers.is_applier(self._key) else frozenset()

    def _lines(self) -> tuple[Line, ...]:
        snapshot, key, readings = self._snapshot, self._key, self._readings
        resource = snapshot.get(key)
        if resource is None:
            return (((f"{key} is not there any more", "wait"),),)
        detail = detail_of(snapshot, resource)
        if readings.inventory is not None:
            detail = with_inventory(detail, readings.inventory)
        if not detail.value_sources:
            readings = replace(readings, values=plain_values(resource))
        lines = told(detail, readings, Ages(self._clock()))
        if self.app.size.width >= WHOLE_FROM:
            return tuple(lines)
        return tuple(tuple((brief(text), role) for text, role in line) for line in lines)

    def _tell(self) -> None:
        if not self.stands:
            return
        self._text = self._lines()
        self._broken_for = 0
        self._fill(self.inner_width)

    def on_resize(self) -> None:
        """Break the lines again, whole where there is room."""
        self.call_after_refresh(self._tell)

    def action_yaml(self) -> None:
        """The object as YAML, over this."""
        resource = self._snapshot.get(self._key)
        if resource is not None:
            self.app.push_screen(Reading(str(self._key), as_yaml(resource)))

    def action_values(self) -> None:
        """Read its values, also out of Secrets; what these give is masked."""
        resource = self._snapshot.get(self._key)
        if resource is None or not detail_of(self._snapshot, resource).values_touch_secrets:
            return
        self._secrets = True
        self._readings = replace(self._readings, values_wanted="", values_fault="")
        self._tell()
        self._ask()

    # What takes its time -------------------------------------------------------------------------

    def _look_for_uses(self) -> None:
        if not self._looking and self._looked_at is not self._snapshot.resources:
            self._looking = True
            self.run_worker(self._uses_found(), group="reading")

    async def _uses_found(self) -> None:
        """Beside the screen: the first look goes through all objects."""
        snapshot = self._snapshot
        uses = await self._bridge.aside(self._index.uses_of, snapshot, self._key)
        self._looking, self._looked_at = False, snapshot.resources
        if uses != self._readings.uses:
            self._readings = replace(self._readings, uses=uses)
            self._tell()
        self._look_for_uses()

    # What only the API says ----------------------------------------------------------------------

    def _ask(self) -> None:
        """Each once for every version of the object, and not while its answer is awaited."""
        resource = self._snapshot.get(self._key)
        if resource is None:
            return
        for question in self._questions(resource):
            name = _NAMES[type(question)]
            if name not in self._awaited and self._asked.get(name) is not resource:
                self._asked[name] = resource
                self._awaited.add(name)
                self.run_worker(self._put(name, question), group="reading")

    def _questions(self, resource: Resource) -> Iterator[Question]:
        detail = detail_of(self._snapshot, resource)
        yield ReadObject(self._key)
        if detail.unread:
            yield ReadInventory(self._key)
        if detail.value_sources and (self._secrets or not detail.values_touch_secrets):
            yield ValuesOf(self._key)

    async def _put(self, name: str, question: Question) -> None:
        answer, fault = None, ""
        try:
            answer = await self._bridge.ask(question)
        except (FluxtuiError, TimeoutError) as error:
            fault = str(error)
        self._awaited.remove(name)
        older = getattr(self._readings, name)
        self._readings = replace(self._readings, **{name: answer or older, f"{name}_fault": fault})
        self._tell()
        self._ask()
