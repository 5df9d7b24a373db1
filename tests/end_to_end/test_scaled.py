"""The scaled shape as processes of this machine: nginx, two bots, two Rasa servers, PostgreSQL. Any of them may die."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.nlu.child_environment import child_environment
from bot.nlu.models import fitting_model, rasa_python
from bot.nlu.supervisor import RASA_ENVIRONMENT, RasaCommand, free_port
from tests.deployment.scaled import Nginx
from tests.end_to_end.running import ROOT, Assistant, surroundings, until, yuanwen

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("nginx") is None and not os.environ.get("CI"), reason="no nginx here"),
]
RASA = ROOT / "rasa_project"
QUESTION = "环评报告表要批多久"


class RasaServer:
    """A Rasa server as the container starts it, on loopback."""

    def __init__(self, folder: Path) -> None:
        self._line = RasaCommand(rasa_python(RASA), RASA, fitting_model(RASA), folder / "rasa.log")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        with self._line.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._line.line(self.port), cwd=RASA, env=child_environment(RASA_ENVIRONMENT),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def status(self) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"{self.url}/status", timeout=2) as answer:
                return dict(json.load(answer))
        except OSError:
            return None

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Scaled:
    """Everything that runs."""

    url: str
    bots: list[Assistant]
    rasa: list[RasaServer]
    env: dict[str, str]
    folder: Path

    def ask(self, text: str, conversation: str, message: str) -> dict[str, Any]:
        """The turn, through the balancer; asked again under the same id as the chat page does when a bot dies."""
        body = json.dumps({"text": text, "message_id": message}).encode()
        address = f"{self.url}/api/v1/conversations/{conversation}/messages"

        def once() -> dict[str, Any] | None:
            request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                with error:
                    if error.code in (502, 503, 504):
                        return None
                    raise
            except OSError:
                return None

        return until(once, 60, every=0.05)


@pytest.fixture(scope="module")
def scaled(module_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scaled]:
    folder = tmp_path_factory.mktemp("scaled")
    rasa = [RasaServer(folder) for _ in range(2)]
    env = surroundings(
        folder, BOT_HTTP_PORT="0", BOT_DATABASE_URL=module_postgres_url, BOT_SECRET_KEY="k" * 40, BOT_TRUSTED_PROXIES="127.0.0.1/32",
        BOT_NLU_URLS=",".join(server.url for server in rasa),
    )  # fmt: skip
    bots: list[Assistant] = []
    try:
        migrated = yuanwen("knowledge", "load", env=env)
        assert migrated.returncode == 0, migrated.stderr
        bots += [Assistant.start(folder, env) for _ in range(2)]
        for server in rasa:
            until(server.status)
        with Nginx(folder, free_port(), [bot.url.removeprefix("http://") for bot in bots]) as nginx:
            until(lambda: _lives(nginx.url))
            yield Scaled(nginx.url, bots, rasa, env, folder)
    finally:
        for bot in bots:
            bot.kill()
        for server in rasa:
            server.stop()


def _lives(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_conversation_goes_on_whichever_bot_answers(scaled: Scaled) -> None:
    conversation = uuid4().hex
    first = scaled.ask(QUESTION, conversation, "m1")
    assert first["understanding"]["source"] == "rasa"
    assert first["records"] == ["procedure/eia-approval"]
    for number in range(2, 8):  # the balancer sends them to both
        again = scaled.ask("那要交哪些材料", conversation, f"m{number}")
        assert again["records"] == ["procedure/eia-approval"], again
    assert scaled.ask(QUESTION, conversation, "m1")["replies"] == first["replies"], "acted on once"
    counts = [turns(bot) for bot in scaled.bots]
    assert all(counts), f"both took part: {counts}"


def turns(bot: Assistant) -> int:
    with urllib.request.urlopen(f"{bot.url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return int(
        sum(
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith("yuanwen_turns_total{")
        )
    )


def test_figures_are_not_for_everybody(scaled: Scaled) -> None:
    for path in ("/metrics", "/readyz"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(scaled.url + path, timeout=10)
        assert refused.value.code == 404
        refused.value.close()


def test_the_page_comes_through_the_balancer(scaled: Scaled) -> None:
    with urllib.request.urlopen(scaled.url + "/", timeout=10) as answer:
        assert "text/html" in answer.headers["Content-Type"]


def test_a_killed_rasa_costs_nobody_an_answer(scaled: Scaled) -> None:
    scaled.rasa[0].stop()
    try:
        sources = {
            scaled.ask(f"{QUESTION} {n}", uuid4().hex, "m")["understanding"]["source"] for n in range(20)
        }
        assert sources == {"rasa"}, "the other server understands"
    finally:
        scaled.rasa[0].start()
        until(scaled.rasa[0].status)


def test_a_new_model_costs_nobody_an_answer(scaled: Scaled) -> None:
    """Both servers take a model while questions come in; every one is understood by Rasa."""
    copy = RASA / "models" / "nlu-0123456789ab.tar.gz"
    shutil.copy(fitting_model(RASA), copy)
    stop, seen = threading.Event(), []

    def ask_on() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            turn = scaled.ask(f"{QUESTION}吗 {number}", uuid4().hex, "m")
            seen.append((turn["outcome"], turn["understanding"]["source"]))

    asking = threading.Thread(target=ask_on)
    asking.start()
    try:
        for server in scaled.rasa:
            request = urllib.request.Request(
                f"{server.url}/model",
                json.dumps({"model_file": f"models/{copy.name}"}).encode(),
                {"Content-Type": "application/json"},
                method="PUT",
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.status == 204
        until(lambda: len(seen) > 100)
    finally:
        stop.set()
        asking.join()
        copy.unlink()
    assert set(seen) == {("answered", "rasa")}
    assert all((server.status() or {})["model_file"] == copy.name for server in scaled.rasa)


def test_a_killed_bot_costs_nobody_an_answer(scaled: Scaled) -> None:
    conversation = uuid4().hex
    turns_before = [scaled.ask(QUESTION, conversation, "before")]
    scaled.bots[0].kill()
    for number in range(20):
        turns_before.append(scaled.ask("要交哪些材料", conversation, f"after-{number}"))
    assert {turn["outcome"] for turn in turns_before} == {"answered"}
    assert {tuple(turn["records"]) for turn in turns_before} == {("procedure/eia-approval",)}
