"""``doctor`` compares what is installed with the lock files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import installed
from bot.nlu.models import fitting_model
from bot.settings import ROOT

LOCK = """\
aiohttp==3.14.5 \\
    --hash=sha256:00
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
    # via -r requirements.in
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:00
Prometheus_Client==0.26.0 \\
    --hash=sha256:00
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(LOCK)
    return path


def test_what_is_as_locked_differs_in_nothing(lock: Path) -> None:
    for numpy in ("2.4.6", "2.5.5"):
        have = {"aiohttp": "3.14.5", "numpy": numpy, "prometheus-client": "0.26.0", "other": "1"}
        assert installed.differing(lock, have) == []


def test_what_is_missing_or_another_version_is_named(lock: Path) -> None:
    have = {"aiohttp": "3.9.0", "numpy": "2.0.0"}
    assert installed.differing(lock, have) == ["aiohttp 3.9.0", "numpy 2.0.0", "prometheus-client missing"]


def test_this_environment_is_as_locked() -> None:
    assert [finding.state for finding in installed.bot_environment()] == ["ok", "ok"]


def test_the_lock_files_are_read_whole() -> None:
    assert installed.locked(ROOT / "rasa_project" / "requirements.txt")["rasa"] == ({"3.6.21"}, True)


def test_a_project_without_an_environment_tells_how_to_make_it(tmp_path: Path) -> None:
    (finding,) = installed.rasa_environment(tmp_path)
    assert finding.state == "missing"
    assert "bin/environments rasa" in str(finding)


def test_a_model_that_fits_is_found_and_others_are_counted(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml", "requirements.txt"):
        (tmp_path / name).touch()
    models = tmp_path / "models"
    models.mkdir()
    (models / "nlu-000000000000.tar.gz").touch()
    (finding,) = installed.model(tmp_path)
    assert finding.state == "missing"
    assert "yuanwen train" in finding.mend
    fitting_model(tmp_path).touch()
    (finding,) = installed.model(tmp_path)
    assert finding.state == "ok"
    assert "1 older" in finding.text
