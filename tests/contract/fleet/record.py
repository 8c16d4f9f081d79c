"""`python -m tests.contract.fleet.record`: writes tests/recordings/flux from a live fleet.

Objects are kept as Flux's controllers wrote them; what differs from run to run (ids, versions,
times, ports) is made the same, managedFields and a Receiver's path, which is secret, are left out.
Needs the built programs; tests read the files where there are none. What controllers tell that are
not there keeps the recording it has.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.contract.fleet.cases import cases
from tests.contract.fleet.controllers import MORE
from tests.contract.fleet.recordings import EXPECTED, RECORDINGS, recorded
from tests.contract.fleet.story import Fleet, told

_END = datetime(2026, 1, 1, 12, tzinfo=UTC)
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIXED = "2026-01-01T00:00:00Z"  # what servers.py says by itself


def record(fleet: Fleet) -> None:
    found = {case.key: fleet.live(case) for case in fleet.cases}
    text = json.dumps([_kept(item) for item in found.values()])
    same = json.loads(_same_times(_same_names(text, fleet)))
    RECORDINGS.mkdir(parents=True, exist_ok=True)
    kinds: dict[str, list[dict[str, Any]]] = {}
    for item in same:
        kinds.setdefault(item["kind"], []).append(item)
    kept, told_of = RECORDINGS / EXPECTED, _of_others(fleet)
    for name, item in recorded().items():
        if name in told_of and item["kind"] in kinds:
            kinds[item["kind"]].append(item)
    for kind, items in kinds.items():
        _write(RECORDINGS / f"{kind}.json", items)
    said = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    expected = {
        name: case
        for name, case in said.items()
        if name in told_of or name.partition("/")[0] not in kinds
    }
    for case in fleet.cases:
        words = list(case.words)
        expected[case.key] = {"state": case.state, "words": words, "about": case.about}
    _write(kept, expected)


def _of_others(fleet: Fleet) -> set[str]:
    """What controllers tell that are not in this fleet: its recording stays."""
    here = {case.key for case in fleet.cases}
    each = (case.key for name in MORE for case in cases(name, fleet.places))
    return {name for name in each if name not in here}


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    metadata = {k: v for k, v in item["metadata"].items() if k != "managedFields"}
    metadata["resourceVersion"] = "1"
    status = dict(item.get("status") or {})
    if "webhookPath" in status:
        status["webhookPath"] = "/hook/hidden"
    kept = {**item, "metadata": metadata}
    return {**kept, "status": status} if "status" in item else kept


def _same_names(text: str, fleet: Fleet) -> str:
    text = re.sub(
        re.escape(str(fleet.folder)) + r"/[^ '\"]*?kustomization-\d+", "/tmp/bundle", text
    )
    text = re.sub(r"(\d+)\.\d{3,}s", r"\1s", text)
    text = text.replace(fleet.places["HOST"], "shop.example.com")
    text = text.replace(fleet.places["REGISTRY"], "registry.example.com")
    text = text.replace(fleet.storage, "source-controller.flux-system.svc.cluster.local.")
    text = re.sub(r'(requestedAt": ")1\d{9}"', r'\g<1>1"', text)  # flux-operator's own request
    text = re.sub(r"127\.0\.0\.1:(?!1\b)\d+", "127.0.0.1:40000", text)
    text = re.sub(r"/hook/[0-9a-f]{64}", "/hook/hidden", text)
    uids = {uid: f"00000000-0000-4000-8000-{n:012d}" for n, uid in enumerate(_in_order(_UID, text))}
    return _UID.sub(lambda match: uids[match[0]], text)


def _same_times(text: str) -> str:
    """All moved by one span, so that the last of them is _END and their order is as it was."""
    said = [_moment(time) for time in _in_order(_TIME, text) if time != _FIXED]
    moved = _END - max(said)

    def move(match: re.Match[str]) -> str:
        if match[0] == _FIXED:
            return _FIXED
        at = _moment(match[0]) + moved
        return (at - timedelta(microseconds=at.microsecond)).isoformat().replace("+00:00", "Z")

    return _TIME.sub(move, text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r"\.(\d{6})\d*", r".\1", text).replace("Z", "+00:00"))


def _in_order(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    yield from dict.fromkeys(pattern.findall(text))


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    brought = "a folder with more controllers, by their names, and their CRDs in crds/"
    parser.add_argument("--with", dest="brought", type=Path, help=brought)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fluxtui-fleet-") as folder:
        with told(Path(folder), options.brought) as fleet:
            record(fleet)
            print(f"{len(fleet.cases)} objects in {RECORDINGS}")


if __name__ == "__main__":
    main()
