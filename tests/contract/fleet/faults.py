"""Faults on a fleet that is well, one at a time: what the screen's first line says, and how soon.

The clock starts when a watch of our own reads what the controller wrote, and stops when the line
stands on the screen of the real program, in a terminal. What a fault is, is in objects/faults.yaml.
Nothing here judges: `Sight` is what was seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fluxtui.domain import kinds
from fluxtui.domain.kinds.kind import Kind
from tests.contract.fleet.cases import met, place_of
from tests.contract.fleet.recordings import recorded
from tests.contract.fleet.story import REQUEST, Fleet, begun
from tests.contract.server import crd, define, wait_gone, wait_until
from tests.end_to_end.terminal import Terminal

FAULTS = Path(__file__).parent / "objects" / "faults.yaml"
HEAD = "NEEDS ATTENTION"
WELL = (
    ("GitRepository", "source.toolkit.fluxcd.io/v1", "flux-system", "deploy",
     {"url": "SHOP/git/deploy.git", "interval": "10m", "ref": {"branch": "main"}}),
    ("HelmRepository", "source.toolkit.fluxcd.io/v1", "apps", "charts",
     {"url": "SHOP/charts", "interval": "10m"}),
    ("Kustomization", "kustomize.toolkit.fluxcd.io/v1", "flux-system", "settings",
     {"path": "./settings", "prune": True, "interval": "10m",
      "sourceRef": {"kind": "GitRepository", "name": "deploy"}}),
)  # fmt: skip
PATIENCE = 60  # seconds for a controller
ENDS = 120  # seconds until what is taken back is gone: a release that waits, waits on


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of faults.yaml. `after`: seconds from the event until it is a fault, by time alone;
    `stops`: the controller that ends its work at the event."""

    about: str
    before: tuple[Mapping[str, Any], ...]
    objects: tuple[Mapping[str, Any], ...]
    commit: Mapping[str, str | None]
    patch: tuple[str, Mapping[str, Any]] | None
    recorded: str
    event: str
    until: tuple[str, ...]
    root: str
    words: tuple[str, ...]
    after: float
    stops: str

    @property
    def kind(self) -> str:
        """The kind it is a fault of."""
        return self.about.partition(",")[0]

    def is_named_in(self, line: str) -> bool:
        """Whether the line names root and reason."""
        return all(word in line for word in (self.root, *self.words))


@dataclass(frozen=True, slots=True)
class Sight:
    """`line`: the first of the screen; `late`: milliseconds from the fault to it, None when it
    never named root and reason; `status`, `code`: the first cause that the verb tells, and its
    exit code."""

    line: str
    late: float | None
    status: str
    code: int


def faults(places: Mapping[str, str] | None = None) -> list[Fault]:
    """All of them, every key of `places` replaced by its value."""
    text = FAULTS.read_text(encoding="utf-8")
    for word, place in (places or {}).items():
        text = text.replace(word, place)
    return [
        Fault(
            told["about"],
            tuple(told.get("before", ())),
            tuple(told.get("objects", ())),
            told.get("commit", {}),
            tuple(told["patch"]) if "patch" in told else None,
            told.get("recorded", ""),
            told["event"][0],
            tuple(told["event"][1:]),
            told["root"],
            tuple(told["words"]),
            told.get("after", 0.0),
            told.get("stops", ""),
        )
        for told in yaml.safe_load(text)
    ]


class Moment:
    """When an object first met its conditions, read by a watch that begins before it can."""

    def __init__(self, fleet: Fleet, fault: Fault) -> None:
        self._fleet, self._fault = fleet, fault
        self._folder, _, self._name = _path(fault.event).rpartition("/")
        listed = fleet.api.get(self._folder).ok()
        self._version = listed["metadata"]["resourceVersion"]
        self.at = 0.0  # of time.monotonic
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        client = type(self._fleet.api)(self._fleet.server)
        query = {
            "fieldSelector": f"metadata.name={self._name}",
            "resourceVersion": self._version,
            "timeoutSeconds": str(PATIENCE),
        }
        with contextlib.closing(client), client.watch(self._folder, **query) as stream:
            for change, found in stream:
                if change in ("ADDED", "MODIFIED") and met(self._fault.until, found):
                    self.at = time.monotonic()
                    return

    def wait(self) -> float:
        """The moment. Raises AssertionError when it does not come."""
        self._thread.join(PATIENCE + 5)
        assert self.at, f"{self._fault.event} has not said {self._fault.until}"
        return self.at


class Stage:
    """A fleet that is well, with the program looking at it."""

    def __init__(self, fleet: Fleet, folder: Path) -> None:
        self.fleet, self._folder = fleet, folder
        self.config = folder / "fluxtui.yaml"
        place = {"context": fleet.server.name, "kubeconfig": str(fleet.server.readonly_kubeconfig)}
        self.config.write_text(yaml.safe_dump({"environments": {"fleet": place}}))
        words = [sys.executable, "-m", "fluxtui", "--config", str(self.config)]
        self.terminal = Terminal(words, 200, 50)

    def well(self) -> None:
        """Until nothing needs attention."""
        self.terminal.sees("live", "settings", within=PATIENCE)
        self.terminal.loses(HEAD, within=PATIENCE)

    def first(self) -> str:
        """The first line of NEEDS ATTENTION, however many it was broken into; "" for none."""
        lines = [line.strip() for line in self.terminal.text.splitlines()]
        if HEAD not in lines:
            return ""
        told: list[str] = []
        for line in lines[lines.index(HEAD) + 1 :]:
            if not line or (told and line[:2] in ("✗ ", "! ")):
                break
            told.append(line)
        return " ".join(told)

    def can(self, fault: Fault) -> bool:
        """Whether there is a controller for it."""
        made = (*fault.before, *fault.objects)
        return all(self.fleet.api.get(place_of(o).rpartition("/")[0]).status == 200 for o in made)

    def see(self, fault: Fault, within: float) -> Sight:
        """Stage it, look, and take it back."""
        for obj in fault.before:
            self._create(obj)
            wait_until(self.fleet.api, place_of(obj), lambda found: met(("Ready=True",), found))
        self.well()
        moment = Moment(self.fleet, fault)
        seen: list[float] = []
        try:
            self._break(fault)
            if fault.stops:
                moment.wait()
                self.fleet.processes[fault.stops].send_signal(signal.SIGSTOP)
            end = time.monotonic() + PATIENCE
            while not seen and time.monotonic() < (moment.at or end) + fault.after + within:
                self.terminal.read(0.02)
                if fault.is_named_in(self.first()):
                    seen.append(time.monotonic())
            at = moment.wait() + fault.after
            line = self.first()
            late = max(0.0, (seen[0] - at) * 1000) if seen else None
            return Sight(line, late, *self._status())
        finally:
            if fault.stops:
                self.fleet.processes[fault.stops].send_signal(signal.SIGCONT)
            self._mend(fault)

    def _break(self, fault: Fault) -> None:
        api = self.fleet.api
        if fault.recorded:
            told = recorded()[fault.recorded]
            self._create({k: v for k, v in told.items() if k != "status"})
            api.patch(f"{place_of(told)}/status", {"status": told["status"]}).ok()
        for obj in fault.objects:
            self._create(obj)
        if fault.commit:
            self.fleet.git.commit(fault.commit, fault.about)
            self._fetch()
        if fault.patch is not None:
            api.patch(_path(fault.patch[0]), fault.patch[1]).ok()

    def _mend(self, fault: Fault) -> None:
        made = [*fault.before, *fault.objects]
        made += [recorded()[fault.recorded]] if fault.recorded else []
        for obj in reversed(made):
            self.fleet.api.delete(place_of(obj))
        for obj in made:
            wait_gone(self.fleet.api, place_of(obj), ENDS)

    def _create(self, obj: Mapping[str, Any]) -> None:
        meta = {k: obj["metadata"][k] for k in ("name", "namespace")}
        self.fleet.api.post(place_of(obj).rpartition("/")[0], {**obj, "metadata": meta}).ok()

    def _fetch(self) -> None:
        asked = {"metadata": {"annotations": {REQUEST: str(time.monotonic())}}}
        self.fleet.api.patch(_path("GitRepository/flux-system/deploy"), asked).ok()

    def _status(self) -> tuple[str, int]:
        words = [sys.executable, "-m", "fluxtui", "--config", str(self.config), "status", "-A"]
        environ = {**os.environ, "HOME": str(self._folder)}
        done = subprocess.run([*words, "-o", "json"], env=environ, capture_output=True, text=True)
        told = json.loads(done.stdout)
        loud = [f for f in told["findings"] if f["severity"] != "info"]
        return (loud[0]["message"] if loud else ""), done.returncode


def _path(key: str) -> str:
    name, namespace, own = key.split("/")
    kind = kinds.by_short(name)
    assert kind is not None, name
    return f"/apis/{kind.api_version}/namespaces/{namespace}/{kind.plural}/{own}"


def _recorded(fault: Fault) -> list[Mapping[str, Any]]:
    return [recorded()[fault.recorded]] if fault.recorded else []


def _well(places: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
    for kind, version, namespace, name, spec in WELL:
        text = json.dumps(spec)
        for word, place in (places or {}).items():
            text = text.replace(word, place)
        meta = {"name": name, "namespace": namespace}
        yield {"apiVersion": version, "kind": kind, "metadata": meta, "spec": json.loads(text)}


def _untold(fleet: Fleet) -> Iterator[Kind]:
    """Kinds of recorded faults that no controller here brings along."""
    for fault in faults():
        for obj in _recorded(fault):
            kind = kinds.by_short(obj["kind"])
            if kind is not None and fleet.api.get(place_of(obj).rpartition("/")[0]).status == 404:
                yield kind


@contextlib.contextmanager
def staged(folder: Path, brought: Path | None = None) -> Iterator[Stage]:
    """A fleet that is well, with the program looking at it; all ends with the `with`."""
    with begun(folder / "fleet", brought) as fleet:
        for obj in _well(fleet.places):
            fleet.api.post(place_of(obj).rpartition("/")[0], obj).ok()
        for obj in _well():
            wait_until(fleet.api, place_of(obj), lambda found: met(("Ready=True",), found))
        for kind in _untold(fleet):
            free = crd(kind.group, kind.kind, kind.plural, subresources={"status": {}})
            free["spec"]["versions"][0]["name"] = kind.version
            define(fleet.api, free)
        stage = Stage(fleet, folder)
        try:
            stage.well()
            yield stage
        finally:
            stage.terminal.kill()


def show() -> int:
    """`fault  ms  first line`, one a fault; 1 when one was not named within two seconds."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="fluxtui-faults-") as name:
        with staged(Path(name)) as stage:
            for fault in faults(stage.fleet.places):
                if not stage.can(fault):
                    print(f"{fault.about:<70}{'skipped':>10}  its controller is not built")
                    continue
                sight = stage.see(fault, 10.0)
                late = "never" if sight.late is None else f"{sight.late:,.0f} ms"
                print(f"{fault.about:<70}{late:>10}  exit {sight.code}  {sight.line}", flush=True)
                if not fault.is_named_in(sight.status):
                    print(f"{'':<70}{'status':>10}  {sight.status}", flush=True)
                missed += sight.late is None or sight.late > 2000
    return 1 if missed else 0
