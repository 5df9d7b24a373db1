"""From the start of the process to the first answer by word lists, to Rasa ready; and the memory of both after use."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from benchmarks.measure import load_note, percentile, resident_mb, show, timed, verdict
from benchmarks.questions import texts
from benchmarks.servers import shipped_model
from bot.curation.evaluation.tables import Table
from bot.domain.errors import TryLater
from bot.nlu.child_environment import child_environment
from bot.nlu.supervisor import free_port
from bot.settings import ROOT, read_settings

MESSAGES: Final = 200
ANSWER_SECONDS: Final = 5.0
BOT_MB: Final = 250.0
RASA_MB: Final = 700.0
_PATIENCE: Final = 180.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds from the start of the process, MB, and milliseconds of a message over HTTP."""

    answer: float
    rasa: float
    bot_mb: float
    rasa_mb: float
    p50: float


def run(options: argparse.Namespace) -> None:
    """Prints the table."""
    shipped_model(read_settings())  # a start that trains is another measure
    with tempfile.TemporaryDirectory(prefix="yuanwen-start-") as folder:
        found = [(name, _start(Path(folder))) for name in ("first, loads the knowledge", "second")]
    rows = [
        (
            name,
            f"{each.answer:.1f} s",
            f"{each.rasa:.1f} s",
            f"{each.bot_mb:.0f} MB",
            f"{each.rasa_mb:.0f} MB",
            f"{each.p50:.2f} ms",
        )
        for name, each in found
    ]
    last = found[-1][1]
    note = (
        f"targets: second start answers < {ANSWER_SECONDS:.0f} s {verdict(last.answer, ANSWER_SECONDS)}, "
        f"bot < {BOT_MB:.0f} MB {verdict(last.bot_mb, BOT_MB)}, Rasa < {RASA_MB:.0f} MB "
        f"{verdict(last.rasa_mb, RASA_MB)}; {load_note()}"
    )
    head = ("start of `yuanwen run`", "first answer", "Rasa ready", "bot", "Rasa", "message over HTTP p50")
    show(Table(f"Start-up, and memory after {MESSAGES} messages", head, tuple(rows), note))


def _start(var: Path) -> Figures:
    began = time.perf_counter()
    with _running(var) as (base, process):
        answer = _until(lambda: _say(base, f"first-{process.pid}", "环评找谁"), process) - began
        rasa = _until(lambda: _get(f"{base}/readyz")["understands"] == "rasa", process) - began
        times = timed(lambda text: _say(base, uuid4().hex, text), texts(MESSAGES))
        children = (
            Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        )
        rasa_mb = max((resident_mb(child) for child in children), default=0.0)
        return Figures(answer, rasa, resident_mb(process.pid), rasa_mb, percentile(times, 50))


@contextlib.contextmanager
def _running(var: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    settings = {
        "BOT_VAR_DIR": str(var),
        "BOT_HTTP_PORT": str(port),
        "BOT_DATABASE_URL": "",
        "BOT_NLU_URLS": "",
    }
    with (var / "run.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=child_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _until(done: Any, process: subprocess.Popen[bytes]) -> float:
    """When ``done`` first says so. Raises TryLater when it never does."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if done():
                return time.perf_counter()
        time.sleep(0.05)
    raise TryLater("the assistant did not start: run 'yuanwen run' to see why")


def _say(base: str, conversation: str, text: str) -> Any:
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{base}/api/v1/conversations/{conversation}/messages",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)
