"""Logs: one form for ours and for libraries', lines or JSON, on standard error."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.cli.logs import set_up_logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_both_kinds_of_logs_are_json_lines_with_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(logging.INFO, as_json=True)
    logging.getLogger("library").info("%d rows", 3)
    structlog.get_logger("ours").warning("rasa_ended", exit_code=-9)
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = map(json.loads, printed.err.splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("3 rows", "info", "library")
    assert (second["event"], second["exit_code"], second["level"]) == ("rasa_ended", -9, "warning")
    assert first.keys() <= second.keys() | {"logger"}


def test_lines_are_plain_where_nobody_sees_colours(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(logging.INFO)
    logging.getLogger("library").info("3 rows")
    logging.getLogger("httpx").info("HTTP Request: POST …/bot12345:secret/getMe")
    printed = capsys.readouterr().err
    assert "3 rows" in printed
    assert "\x1b" not in printed
    assert "secret" not in printed


@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_shows_where_it_was_and_no_values(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(logging.INFO, as_json=as_json)
    said = "".join(["what ", "a person said"])  # so that no line of code holds it
    try:
        raise RuntimeError(f"{len(said)} is wrong")
    except RuntimeError:
        logging.getLogger("yuanwen.test").exception("failed")
    written = capsys.readouterr().err
    assert "RuntimeError: 18 is wrong" in written
    assert "what a person said" not in written
