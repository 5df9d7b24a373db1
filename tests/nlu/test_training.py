"""A training, with a stand-in for Rasa: whole or not at all, told as it goes, old models removed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.domain.errors import TryLater
from bot.nlu.models import fitting_model
from bot.nlu.training import Trainer, remove_old_models

STAND_IN = """#!/bin/sh
echo "$@" >> calls
while [ $# -gt 0 ]; do
    [ "$1" = --out ] && out=$2
    [ "$1" = --fixed-model-name ] && name=$2
    shift
done
[ -f broken ] && { echo "what went wrong"; exit 3; }
[ -z "$out" ] || { mkdir -p "$out" && echo model > "$out/$name.tar.gz"; }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    place = tmp_path / "rasa_project"
    (place / ".venv" / "bin").mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "requirements.txt"):
        (place / name).touch()
    python = place / ".venv" / "bin" / "python"
    python.write_text(STAND_IN)
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return place


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def trainer(project: Path, told: list[str]) -> Trainer:
    return Trainer(project, project.parent / "training.log", told.append)


def test_a_training_leaves_the_model_that_fits(project: Path, trainer: Trainer, told: list[str]) -> None:
    with trainer.turn():
        trainer.realise()
        model = trainer.train()
    assert model == fitting_model(project)
    assert model.read_text() == "model\n"
    assert {path.name for path in model.parent.iterdir()} == {".training", model.name}
    assert told == [
        "training sentences …",
        "training sentences: done in 0 s",
        "model …",
        "model: done in 0 s",
    ]
    assert "-m dataset realise" in (project / "calls").read_text()


def test_a_training_that_fails_leaves_nothing_and_says_where_to_look(project: Path, trainer: Trainer) -> None:
    (project / "broken").touch()
    with trainer.turn(), pytest.raises(TryLater, match=r"model: failed; .*training\.log"):
        trainer.train()
    assert not fitting_model(project).exists()
    assert [path.name for path in (project / "models").iterdir()] == [".training"]
    assert "what went wrong" in (project.parent / "training.log").read_text()


def test_the_newest_models_stay_and_what_is_not_ours(tmp_path: Path) -> None:
    for age, name in enumerate(("aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc", "dddddddddddd")):
        path = tmp_path / f"nlu-{name}.tar.gz"
        path.touch()
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / "stock-diet.tar.gz").touch()
    current = tmp_path / "nlu-dddddddddddd.tar.gz"  # the oldest, but in use
    gone = remove_old_models(tmp_path, current, kept=2)
    assert sorted(path.name for path in gone) == ["nlu-bbbbbbbbbbbb.tar.gz", "nlu-cccccccccccc.tar.gz"]
    assert current.exists()
    assert (tmp_path / "stock-diet.tar.gz").exists()
