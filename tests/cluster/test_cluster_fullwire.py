"""The screen's wire: what is asked while it is closed opens nothing that nobody would close."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fluxtui.cluster.briefwire import BriefWire
from fluxtui.cluster.earlywire import EarlyWire
from fluxtui.cluster.fullwire import FullWire
from fluxtui.cluster.kubeconfig import Access
from fluxtui.cluster.wire import Timeouts


async def test_a_request_that_meets_the_end_opens_no_session(tmp_path: Path) -> None:
    access = Access("here", "", {"server": "http://127.0.0.1:9"}, {}, tmp_path)
    wire = FullWire(access, {}, None)
    asking = asyncio.create_task(wire.request("GET", "/", [], [], None, Timeouts()))
    await asyncio.sleep(0)  # it is importing its library aside
    await wire.close()
    with pytest.raises(ConnectionAbortedError):
        await asking
    assert wire._session is None


@pytest.mark.parametrize("kind", [BriefWire, EarlyWire])
async def test_lines_that_were_hung_up_lead_to_no_other_wire(
    kind: type[BriefWire], tmp_path: Path
) -> None:
    """One that is made after the end has a session that nobody closes."""
    wire = kind(Access("here", "", {"server": "http://127.0.0.1:9"}, {}, tmp_path), {}, None)
    await wire.close()
    with pytest.raises(ConnectionAbortedError):
        await wire.request("PATCH", "/", [], [], b"", Timeouts())
    assert wire._full is None
