"""``yuanwen switch`` on a real database: what it says, and what it leaves."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.cli.main import command_line
from bot.domain.errors import InvalidInput

RUN = CliRunner()


def switch(*words: str) -> str:
    result = RUN.invoke(command_line(("switch",)), ["switch", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    url = str(request.getfixturevalue(f"{request.param}_url"))
    monkeypatch.setenv("BOT_DATABASE_URL", url)
    return url


def test_off_and_on_again(database: str) -> None:
    assert switch("status") == "on\n"
    assert "within two seconds" in switch("off", "--reason", "a wrong answer about fees, ask 13812345678")
    told = switch("status")
    assert told.startswith("off since 20")
    assert "by cli:" in told
    assert told.endswith(": a wrong answer about fees, ask ***********\n")
    switch("on")
    assert switch("status").startswith("on since 20")


def test_a_reason_is_wanted(database: str) -> None:
    assert RUN.invoke(command_line(("switch",)), ["switch", "off"]).exit_code == 2
    with pytest.raises(InvalidInput, match="--reason is empty"):
        switch("off", "--reason", "  ")


def test_a_database_that_nobody_runs_on_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(InvalidInput, match="no assistant of this version"):
        switch("status")
