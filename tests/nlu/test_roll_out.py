"""A new model for running servers: in turn, probed, and back to the old one where it does not do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import InvalidInput, TryLater
from bot.nlu.roll_out import Probe, RollOut, read_probes, rolling_out
from bot.settings import ROOT
from tests.nlu_server import NluServer

PROBES = (Probe("要多久", "ask_duration"), Probe("how long", "ask_duration"))
NEW = "nlu-2.tar.gz"


class Rolling:
    """A roll-out and what it told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def run(self, *servers: NluServer, model: str = NEW) -> None:
        async with rolling_out(PROBES, self.told.append) as rolling:
            await rolling.to_all([server.url for server in servers], model)


@pytest.fixture
async def two() -> AsyncIterator[tuple[NluServer, NluServer]]:
    async with NluServer() as first, NluServer() as second:
        yield first, second


async def test_each_server_takes_the_model_in_turn(two: tuple[NluServer, NluServer]) -> None:
    rolling = Rolling()
    await rolling.run(*two)
    assert [server.model for server in two] == ["nlu-2", "nlu-2"]
    assert [len(server.seen) for server in two] == [2, 2], "both were probed"
    assert rolling.told == [f"server 1 of 2: {NEW}", f"server 2 of 2: {NEW}"]


async def test_a_server_that_has_it_is_left_alone(two: tuple[NluServer, NluServer]) -> None:
    two[0].model = "nlu-2"
    await Rolling().run(*two)
    assert two[0].put == []
    assert two[1].put == ["nlu-2"]


async def test_a_model_that_answers_probes_wrong_goes_no_further(two: tuple[NluServer, NluServer]) -> None:
    for server in two:
        server.intents = {"nlu-2": "ask_fee", "nlu-1": "ask_duration"}
    with pytest.raises(
        TryLater, match=r"server 1 of 2: answers 2 of 2 probes wrong .* nlu-1.tar.gz as before"
    ):
        await Rolling().run(*two)
    assert (two[0].model, two[0].intent) == ("nlu-1", "ask_duration"), "back to what it had"
    assert two[0].put == ["nlu-2", "nlu-1"]
    assert two[1].put == [], "the others keep what they have"


async def test_a_server_without_the_file_keeps_its_model(two: tuple[NluServer, NluServer]) -> None:
    two[1].refuses = {"nlu-2"}
    with pytest.raises(TryLater, match=r"server 2 of 2: .*HTTP 400.*it answers with nlu-1.tar.gz as before"):
        await Rolling().run(*two)
    assert two[0].model == "nlu-2"
    assert two[1].model == "nlu-1"
    assert two[1].put == ["nlu-2"]


async def test_a_server_that_fails_on_probes_goes_back(two: tuple[NluServer, NluServer]) -> None:
    two[0].status = 500
    with pytest.raises(TryLater, match="does not answer probes"):
        await Rolling().run(two[0])
    assert two[0].model == "nlu-1"


async def test_a_server_that_is_away_is_named() -> None:
    async with rolling_out(PROBES, lambda _: None) as rolling:
        assert isinstance(rolling, RollOut)
        with pytest.raises(TryLater, match=r"http://127.0.0.1:1 does not answer"):
            await rolling.to_all(["http://127.0.0.1:1"], NEW)


def test_the_shipped_probes_are_about_both_languages() -> None:
    probes = read_probes(ROOT / "rasa_project")
    assert len(probes) >= 10
    assert any(probe.text.isascii() for probe in probes)
    assert any(not probe.text.isascii() for probe in probes)


@pytest.mark.parametrize("text", ["", "[]", '[{"text": "x"}]', "{"])
def test_a_malformed_file_of_probes_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "probes.json").write_text(text)
    with pytest.raises(InvalidInput, match=r"probes\.json"):
        read_probes(tmp_path)
