"""The conversations of ``tests/dialogues`` with the trained model: one Rasa server for all of them."""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from functools import cache

import pytest

from bot.domain.understanding import Source, Understanding
from bot.nlu.child_environment import child_environment
from bot.nlu.models import fitting_model, rasa_python
from bot.nlu.supervisor import RASA_ENVIRONMENT, RasaCommand
from tests.dialogue_player import Dialogue, Understand, dialogues, play
from tests.end_to_end.running import ROOT, until

PROJECT = ROOT / "rasa_project"
PLAYED = [each for each in dialogues() if each.understood_by != "words"]


@pytest.fixture(scope="module")
def rasa() -> Iterator[Understand]:
    """A Rasa server with the model that fits; ends with the module."""
    assert fitting_model(PROJECT).exists(), "no model fits: yuanwen train"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = RasaCommand(
        rasa_python(PROJECT), PROJECT, fitting_model(PROJECT), ROOT / "var" / "log" / "rasa.log"
    )
    server = subprocess.Popen(
        command.line(port),
        cwd=PROJECT,
        env=child_environment(RASA_ENVIRONMENT),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _has_a_model(port), every=0.5)
        yield cache(lambda text: _parse(port, text))
    finally:
        server.terminate()
        server.wait(timeout=30)


def _has_a_model(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5) as answer:
            return bool(json.load(answer)["model_file"])
    except OSError:
        return False


def _parse(port: int, text: str) -> Understanding:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/model/parse",
        json.dumps({"text": text}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        intent = json.load(answer)["intent"]
    return Understanding(intent["name"], float(intent["confidence"]), Source.RASA)


@pytest.mark.parametrize("dialogue", PLAYED, ids=lambda each: each.name)
def test_dialogue(dialogue: Dialogue, rasa: Understand) -> None:
    play(dialogue, rasa)
