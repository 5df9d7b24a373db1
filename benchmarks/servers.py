"""Real Rasa servers on loopback, and the stock model that ours is compared with."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.curation.evaluation.sampling import write_sample
from bot.domain.errors import TryLater
from bot.nlu.child_environment import child_environment
from bot.nlu.models import fitting_model, rasa_python
from bot.nlu.supervisor import RASA_ENVIRONMENT, RasaCommand, free_port
from bot.settings import Settings

# Parsing with stock Rasa takes as long however long it was trained: a sample and few epochs make a model in minutes.
STOCK_SENTENCES: Final = 2400
STOCK_EPOCHS: Final = 5
_PATIENCE: Final = 180.0  # seconds for a server to load on a busy machine


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. ``seconds`` from the start of the process until it has its model."""

    url: str
    pid: int
    seconds: float


@contextlib.contextmanager
def rasa_server(settings: Settings, model: Path) -> Iterator[Server]:
    """One server with ``model``, stopped at the end. Raises TryLater when it does not come up."""
    log = settings.var_dir / "bench" / "rasa.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = RasaCommand(rasa_python(settings.rasa_dir), settings.rasa_dir, model, log)
    began = time.perf_counter()
    with log.open("ab") as out:
        process = subprocess.Popen(
            command.line(port),
            cwd=settings.rasa_dir,
            env=child_environment(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for_model(url, process, log)
        yield Server(url, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def wait_for_model(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the server has its model. Raises TryLater when it ends before, or takes too long."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, TimeoutError, ConnectionError),
            urllib.request.urlopen(f"{url}/status", timeout=1) as answer,  # noqa: S310 - our own server
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise TryLater(f"Rasa did not come up: see {log}")


def shipped_model(settings: Settings) -> Path:
    """The model that fits. Raises TryLater when there is none."""
    model = fitting_model(settings.rasa_dir)
    if not model.exists():
        raise TryLater("no trained model: run 'yuanwen train' first")
    return model


def stock_model(settings: Settings) -> Path:
    """The stock model, trained on the first call and kept under ``var/bench``."""
    folder = settings.var_dir / "bench"
    model = folder / "stock-diet.tar.gz"
    if model.exists():
        return model
    stock = (settings.rasa_dir / "configs" / "stock-diet.yml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="yuanwen-stock-") as name:
        work = Path(name)
        kept = write_sample(settings.rasa_dir / "data", work / "data", STOCK_SENTENCES)
        print(f"training stock Rasa once, on {kept} sentences: minutes …", flush=True)
        config = work / "config.yml"
        config.write_text(_with_epochs(stock, STOCK_EPOCHS), encoding="utf-8")
        train(settings, work / "data", config, folder, model)
    return model


def _with_epochs(config: str, epochs: int) -> str:
    lines = config.splitlines()
    return (
        "\n".join(f"  epochs: {epochs}" if line.strip().startswith("epochs:") else line for line in lines)
        + "\n"
    )


def train(settings: Settings, data: Path, config: Path, out: Path, model: Path) -> float:
    """Trains one model without Rasa's cache; returns the seconds of the whole command. Raises TryLater."""
    out.mkdir(parents=True, exist_ok=True)
    log = settings.var_dir / "bench" / "training.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="yuanwen-cache-") as cache, log.open("wb") as output:
        done = subprocess.run(
            [
                str(rasa_python(settings.rasa_dir)), "-m", "rasa", "train", "nlu", "--nlu", str(data),
                "--config", str(config), "--domain", "domain.yml", "--out", str(out),
                "--fixed-model-name", model.name.removesuffix(".tar.gz"),
            ],
            cwd=settings.rasa_dir,
            env=child_environment({**RASA_ENVIRONMENT, "RASA_CACHE_DIRECTORY": cache}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )  # fmt: skip
    if done.returncode != 0 or not model.exists():
        raise TryLater(f"training failed: see {log}")
    return time.perf_counter() - began
