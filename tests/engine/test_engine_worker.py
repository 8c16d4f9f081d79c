"""The worker process: values out, errors as ours, and a death that costs one job only."""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from fluxtui.domain.errors import BuildError, FluxtuiError
from fluxtui.engine.builds.worker import Worker, WorkerDied


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    await worker.close()


async def test_it_works_in_another_process_and_stays(worker: Worker) -> None:
    import os

    first = await worker.call("os:getpid")
    assert first != os.getpid()
    assert await worker.call("os:getpid") == first


async def test_our_errors_come_back_as_they_are(worker: Worker) -> None:
    with pytest.raises(BuildError) as caught:
        await worker.call("fluxtui.kustomize.files:normalise", "../out")
    assert caught.value.file == "../out"
    with pytest.raises(FluxtuiError, match="unexpected ZeroDivisionError"):
        await worker.call("operator:truediv", 1, 0)


async def test_what_a_library_prints_does_not_get_between_the_answers(worker: Worker) -> None:
    assert await worker.call("builtins:print", "noise") is None
    assert await worker.call("operator:add", 1, 2) == 3


async def test_a_worker_that_dies_costs_one_job(worker: Worker) -> None:
    with pytest.raises(WorkerDied, match="died"):
        await worker.call("os:_exit", 3)
    assert await worker.call("operator:add", 1, 2) == 3


async def test_a_job_without_an_end_is_given_up_and_the_next_one_runs() -> None:
    worker = Worker(limit=0.5)
    with pytest.raises(WorkerDied, match=r"given up after 0\.5 s"):
        await worker.call("signal:pause")
    worker._limit = 60
    assert await worker.call("operator:add", 1, 2) == 3
    await worker.close()


async def test_who_waits_for_a_turn_when_it_is_closed_starts_no_other_process() -> None:
    worker = Worker()
    await worker.call("os:getpid")
    jobs = [asyncio.create_task(worker.call("signal:pause")) for _ in range(2)]
    await asyncio.sleep(0)  # the first has its turn
    async with asyncio.timeout(20):
        await worker.close()
        ended = await asyncio.gather(*jobs, return_exceptions=True)
    assert [type(each) for each in ended] == [WorkerDied, WorkerDied]


async def test_one_that_is_closed_while_it_is_started_does_not_stay() -> None:
    worker = Worker()
    job = asyncio.create_task(worker.call("signal:pause"))
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await worker.close()
        with pytest.raises(WorkerDied, match="being left"):
            await job


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="to see a process end needs Linux")
async def test_a_worker_ends_with_its_parent_in_the_middle_of_a_job() -> None:
    code = """
import asyncio, os
from fluxtui.engine.builds.worker import Worker
async def main():
    worker = Worker()
    print(await worker.call("os:getpid"), flush=True)
    await worker.call("time:sleep", 600)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        ended = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        readable, _w, _x = select.select([ended], [], [], 30)
        os.close(ended)
        assert readable, "the worker goes on without anybody to answer"
