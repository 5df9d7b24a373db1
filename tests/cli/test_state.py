"""``doctor`` tells what is active and what to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import state
from bot.settings import ROOT, Settings
from bot.storage.migrate import upgrade_now
from tests.curation.folders import records
from tests.knowledge_values import body


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings(
        _env_file=None, **{"var_dir": tmp_path / "var", "rasa_dir": ROOT / "rasa_project", **given}
    )  # type: ignore[arg-type]


def test_secrets_are_only_said_to_be_set(tmp_path: Path) -> None:
    shown = "\n".join(
        str(finding)
        for finding in state.settings_in_use(
            settings(
                tmp_path,
                telegram_token="12345:very-secret",
                database_url="postgresql://bot:very-secret@127.0.0.1/bot",
            )
        )
    )
    assert "very-secret" not in shown
    assert "BOT_TELEGRAM_TOKEN" in shown
    assert "postgresql://bot:***@127.0.0.1/bot" in shown


def test_a_database_is_told_before_and_after_its_first_tables(tmp_path: Path) -> None:
    here = settings(tmp_path)
    (finding,) = state.database(here)
    assert finding.state == "note"
    assert not (tmp_path / "var").exists()  # looking makes nothing
    upgrade_now(here.database)
    (finding,) = state.database(here)
    assert finding.state == "ok"


def test_a_database_that_does_not_answer_is_missing(tmp_path: Path) -> None:
    (finding,) = state.database(settings(tmp_path, database_url=f"postgresql://bot@/bot?host={tmp_path}"))
    assert (finding.state, finding.mend) == ("missing", "see BOT_DATABASE_URL")


def test_a_folder_that_cannot_be_loaded_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    records(folder, body(), body())
    first, second, *_ = state.knowledge(settings(tmp_path, knowledge_dir=folder))
    assert (first.state, first.mend) == ("missing", "run 'yuanwen knowledge check'")
    assert second.state == "note"


def test_servers_that_do_not_answer_are_missing(tmp_path: Path) -> None:
    (finding,) = state.nlu_servers(settings(tmp_path, nlu_urls="http://127.0.0.1:9"))
    assert finding.state == "missing"
    (finding,) = state.nlu_servers(settings(tmp_path))
    assert finding.state == "ok"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_free_port_is_told(tmp_path: Path, host: str) -> None:
    (finding,) = state.port(settings(tmp_path, http_host=host, http_port=0))
    assert finding.text == "free"
