"""One assistant through a day: loading, understanding, losing its Rasa, new knowledge, the end."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.running import ROOT, Assistant, alive, descendants, surroundings, until, yuanwen

pytestmark = pytest.mark.timeout(600)
QUESTION = "环评报告表要批多久"
RECORD = "procedure/eia-approval"


def soon() -> float:
    """The promised 5 seconds; more when others keep this machine busy."""
    return 5 if os.getloadavg()[0] < 1.5 * (os.cpu_count() or 1) else 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    shutil.copytree(ROOT / "knowledge", place / "knowledge")
    return place


@pytest.fixture(scope="module")
def env(folder: Path) -> dict[str, str]:
    return surroundings(folder, BOT_HTTP_PORT="0", BOT_KNOWLEDGE_DIR=str(folder / "knowledge"))


@pytest.fixture(scope="module")
def assistant(folder: Path, env: dict[str, str]) -> Iterator[Assistant]:
    running = Assistant.start(folder, env)
    yield running
    running.kill()


def test_it_answers_before_rasa_has_loaded_and_says_who_understood(assistant: Assistant) -> None:
    turn = assistant.ask(QUESTION)
    assert (turn["outcome"], turn["records"]) == ("answered", [RECORD])
    assert turn["understanding"]["source"] == "gazetteer"
    ready = assistant.get("/readyz")
    assert (ready["status"], ready["nlu"], ready["revision"]) == ("ready", "loading", 1)


def test_rasa_understands_as_soon_as_it_has_loaded(assistant: Assistant) -> None:
    until(lambda: assistant.understood_by() == "rasa", every=0.5)
    turn = assistant.ask(QUESTION)
    assert (turn["outcome"], turn["records"]) == ("answered", [RECORD])
    assert turn["understanding"]["model"]
    assert assistant.get("/readyz")["nlu"] == "ready"


def test_a_killed_rasa_costs_nobody_an_answer_and_comes_back(assistant: Assistant) -> None:
    killed = assistant.rasa()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    for _ in range(20):
        turn = assistant.ask_anew(QUESTION)
        assert (turn["outcome"], turn["records"]) == ("answered", [RECORD])
    until(lambda: assistant.understood_by() == "rasa", every=0.5)
    assert assistant.rasa() not in (None, killed)


def test_a_load_is_taken_up_within_five_seconds_and_can_be_switched_back(
    assistant: Assistant, folder: Path, env: dict[str, str]
) -> None:
    before = assistant.ask(QUESTION)
    record = folder / "knowledge" / "procedures" / "eia-approval.yaml"
    text = record.read_text(encoding="utf-8")
    assert text.count("aliases:\n  zh:\n") == 1
    new = text.replace("aliases:\n  zh:\n", "aliases:\n  zh:\n    - 绿叶通行单\n")
    record.write_text(new, encoding="utf-8")

    loaded = yuanwen("knowledge", "load", env=env)
    assert loaded.returncode == 0, loaded.stderr
    until(lambda: assistant.get("/readyz")["revision"] == 2, seconds=soon())
    assert assistant.ask("绿叶通行单要批多久")["records"] == [RECORD]

    assert yuanwen("knowledge", "switch", "1", env=env).returncode == 0
    until(lambda: assistant.get("/readyz")["revision"] == 1, seconds=soon())
    assert assistant.ask("绿叶通行单要批多久")["records"] != [RECORD]
    assert assistant.ask(QUESTION)["replies"] == before["replies"]


def test_the_same_port_twice_is_one_clear_line(assistant: Assistant, env: dict[str, str]) -> None:
    port = assistant.url.rpartition(":")[2]
    second = yuanwen("run", env={**env, "BOT_HTTP_PORT": port})
    assert second.returncode == 1
    assert second.stderr.splitlines() == [
        f"yuanwen: port {port} is in use: stop what listens there, or set BOT_HTTP_PORT to another"
    ]


def test_the_log_holds_nothing_that_was_asked(assistant: Assistant) -> None:
    assert "环评" not in assistant.output.read_text(encoding="utf-8")


def test_an_interrupt_ends_everything_and_the_revision_switched_to_stays(
    assistant: Assistant, folder: Path, env: dict[str, str]
) -> None:
    below = list(descendants(assistant.process.pid))
    assert below
    assert assistant.stop(signal.SIGINT) == 0
    until(lambda: not any(map(alive, below)), seconds=10)

    # The folder holds what was revision 2; revision 1 was switched to, and a start leaves it so.
    again = Assistant.start(folder, env)
    try:
        assert again.get("/readyz")["revision"] == 1
        below = list(descendants(again.process.pid))
        assert again.stop(signal.SIGTERM) == 0
        until(lambda: not any(map(alive, below)), seconds=10)
    finally:
        again.kill()


@pytest.mark.skipif(
    shutil.which("setpriv") is None, reason="this system cannot tie a process to another's life"
)
def test_rasa_ends_with_a_killed_assistant(folder: Path, env: dict[str, str]) -> None:
    running = Assistant.start(folder, env)
    rasa = until(running.rasa)
    running.stop(signal.SIGKILL)
    until(lambda: not alive(rasa), seconds=15)


def test_make_run_answers_soon_and_ends_with_the_terminal(folder: Path, env: dict[str, str]) -> None:
    began = time.monotonic()
    running = Assistant.start(folder, env, ("make", "run"))
    try:
        assert running.ask(QUESTION)["records"] == [RECORD]
        # 5 s on a quiet machine; the machine that runs the tests has other things to do.
        assert time.monotonic() - began < 30
        below = list(descendants(running.process.pid))
        os.killpg(running.process.pid, signal.SIGINT)  # a terminal sends Ctrl-C to all of them
        running.process.wait(30)
        until(lambda: not any(map(alive, below)), seconds=10)
    finally:
        running.kill()


def test_doctor_finds_nothing_missing(env: dict[str, str]) -> None:
    report = yuanwen("doctor", env=env)
    assert report.returncode == 0, report.stdout
    assert "revision 1, not the same as the folder" in report.stdout
