"""The Rasa client: several servers, time limits, breakers, the gazetteer as the last resort."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.domain.errors import NluUnavailable
from bot.domain.understanding import Source
from bot.nlu.rasa_client import MAX_TEXT, RasaPool, read_parse, safe_text
from bot.nlu.understanding import CachedNlu
from tests.fakes.clock import FakeClock
from tests.minds import gazetteer
from tests.nlu_server import NluServer


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_parse_names_intent_model_and_mentions(session: aiohttp.ClientSession) -> None:
    async with NluServer() as server:
        pool = RasaPool(session, FakeClock())
        pool.use([server.url + "/"])
        understanding = await pool.parse("环评要多久")
    assert (understanding.intent, understanding.model, understanding.source) == (
        "ask_duration",
        "nlu-1",
        Source.RASA,
    )
    assert understanding.mentions[0].entity == "procedure"


async def test_a_slow_server_is_given_up_and_the_next_one_answers(session: aiohttp.ClientSession) -> None:
    async with NluServer("ask_fee") as slow, NluServer("ask_who") as quick:
        slow.delay = 30
        pool = RasaPool(session, FakeClock(), time_limit=0.2)
        pool.use([slow.url, quick.url])
        assert {(await pool.parse("x")).intent for _ in range(2)} == {"ask_who"}


async def test_a_failing_server_is_left_alone_until_the_pause_is_over(session: aiohttp.ClientSession) -> None:
    clock = FakeClock()
    async with NluServer() as server:
        server.status = 500
        pool = RasaPool(session, clock)
        pool.use([server.url])
        for _ in range(5):
            with pytest.raises(NluUnavailable):
                await pool.parse("x")
        assert len(server.seen) == 3, "the breaker is open after three failures"
        assert pool.states() == {server.url: "away"}
        server.status = 200
        clock.advance(6)
        assert (await pool.parse("x")).intent == "ask_duration"
        assert pool.states() == {server.url: "ready"}


async def test_without_servers_the_gazetteer_answers(session: aiohttp.ClientSession) -> None:
    nlu = CachedNlu(RasaPool(session, FakeClock()), gazetteer())
    understanding = await nlu.parse("环评要多久")
    assert (understanding.intent, understanding.source) == ("ask_duration", Source.GAZETTEER)


async def test_the_cache_is_keyed_by_model(session: aiohttp.ClientSession) -> None:
    clock = FakeClock()
    async with NluServer() as server:
        pool = RasaPool(session, clock)
        pool.use([server.url])
        nlu = CachedNlu(pool, gazetteer())
        for _ in range(3):
            await nlu.parse("环评要多久")
        assert len(server.seen) == 1
        server.model, server.intent = "nlu-2", "ask_fee"
        clock.advance(11)
        await nlu.parse("施工许可要多久")  # the new model is noticed
        assert (await nlu.parse("环评要多久")).intent == "ask_fee"


async def test_an_answer_of_another_shape_is_a_failure(session: aiohttp.ClientSession) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_parse({"text": "x"})


@pytest.mark.parametrize("text", ['/ask_fee{"a": 1}', "  //ask_fee", "/restart"])
async def test_no_text_that_rasa_sees_begins_with_a_slash(text: str) -> None:
    assert not safe_text(text).startswith("/")


async def test_a_long_text_is_cut() -> None:
    assert len(safe_text("环" * 1_000_000)) == MAX_TEXT


async def test_looking_whether_a_server_lives_tells_its_model(session: aiohttp.ClientSession) -> None:
    async with NluServer(model="nlu-2") as server:
        pool = RasaPool(session, FakeClock())
        pool.use([server.url])
        assert pool.model is None
        assert await pool.alive(server.url)
        assert pool.model == "nlu-2", "known before anything was parsed"
