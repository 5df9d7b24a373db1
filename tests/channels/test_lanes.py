"""Order within a lane, company across lanes, and no job that stops the others."""

from __future__ import annotations

import asyncio

from bot.channels.lanes import Job, Lanes


class Work:
    """Jobs that wait until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    def job(self, name: str) -> Job:
        gate = self.gates[name] = asyncio.Event()

        async def run() -> None:
            self.begun.append(name)
            await gate.wait()
            self.ended.append(name)

        return run

    async def let_go(self, name: str) -> None:
        self.gates[name].set()
        await breathe()


async def breathe() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_at_a_time_in_a_lane_and_lanes_beside_each_other() -> None:
    work, lanes = Work(), Lanes()
    for name in ("a1", "a2", "b1"):
        lanes.put(name[0], work.job(name))
    await breathe()
    assert work.begun == ["a1", "b1"]
    await work.let_go("a1")
    assert work.begun == ["a1", "b1", "a2"]
    await work.let_go("a2")
    await work.let_go("b1")
    assert lanes.open == 0
    lanes.put("a", work.job("a3"))
    await breathe()
    assert work.begun[-1] == "a3"
    await work.let_go("a3")


async def test_not_too_many_at_once() -> None:
    work, lanes = Work(), Lanes(width=2)
    for name in "abcd":
        lanes.put(name, work.job(name))
    await breathe()
    assert work.begun == ["a", "b"]
    await work.let_go("b")
    assert work.begun == ["a", "b", "c"]
    for name in "acd":
        await work.let_go(name)
    assert len(work.ended) == 4


async def test_an_error_ends_nothing_but_its_job() -> None:
    work, lanes = Work(), Lanes()

    async def fail() -> None:
        raise RuntimeError("this one fails")

    lanes.put("a", fail)
    lanes.put("a", work.job("a2"))
    await breathe()
    assert work.begun == ["a2"]
    await work.let_go("a2")
    assert lanes.open == 0


async def test_whoever_brings_more_can_wait_for_room() -> None:
    work, lanes = Work(), Lanes()
    for name in ("a1", "a2"):
        lanes.put("a", work.job(name))
    waiting = asyncio.create_task(lanes.fewer_than(2))
    await breathe()
    assert not waiting.done()
    await work.let_go("a1")
    assert waiting.done()
    await work.let_go("a2")


async def test_the_end_waits_for_what_runs_and_begins_nothing_new() -> None:
    work, lanes = Work(), Lanes()
    for name in ("a1", "a2"):
        lanes.put("a", work.job(name))
    await breathe()
    closing = asyncio.create_task(lanes.close(10))
    await breathe()
    await work.let_go("a1")
    await closing
    assert work.begun == ["a1"]


async def test_what_does_not_end_in_time_is_ended() -> None:
    work, lanes = Work(), Lanes()
    lanes.put("a", work.job("a1"))
    await breathe()
    await lanes.close(0.01)
    await breathe()
    assert work.ended == []
    assert lanes.open == 0
