"""What breaks on a fleet of Flux's own controllers stands in the screen's first line at once.

Each fault of fleet/objects/faults.yaml is staged, looked at through a terminal, and taken back. The
bound here only catches a line that never comes; `python -m tests.contract faults` says how soon.
Skipped where the controllers are not built; tests/domain/test_recorded_faults.py asks the same of
their recordings.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.contract.fleet.faults import Fault, Stage, faults, staged
from tests.contract.programs import CONTROL_PLANE, FLUX, program_or_skip

BOUND = 30.0  # seconds, on a machine that is busy with other tests


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    for name in (*CONTROL_PLANE, *FLUX):
        program_or_skip(name)
    if shutil.which("git") is None:
        pytest.skip("git is not installed: the fleet's sources are read from it")
    with staged(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.mark.parametrize("number", range(len(faults())), ids=[fault.about for fault in faults()])
def test_the_first_line_names_root_and_reason(stage: Stage, number: int) -> None:
    fault: Fault = faults(stage.fleet.places)[number]
    sight = stage.see(fault, BOUND)
    assert sight.late is not None, f"{sight.line}\n{stage.terminal.text}"
    assert fault.is_named_in(sight.line)
    assert fault.is_named_in(sight.status) and sight.code == 1
    print(f"{fault.about}: {sight.late:.0f} ms")
