"""Starts and watches one Rasa server of our own: loopback, a free port, restarted with backoff, its log kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import structlog

from bot.nlu.child_environment import child_environment
from bot.nlu.rasa_client import RasaPool
from bot.ports import Clock

_log = structlog.get_logger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0  # seconds between restarts
_STEADY = 60.0  # a server that ran this long starts counting from the first wait again
_PROBE = 0.25  # seconds between looks at a server that is loading
_GRACE = 5.0  # seconds to end by itself before it is killed

# One worker, one thread for each numeric library, no telemetry: the process is small and its parses are short.
RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_WORKERS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MALLOC_ARENA_MAX": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True, slots=True)
class RasaCommand:
    """How to start the server: the Python of its environment, its project folder, the model, the log file."""

    python: Path
    project: Path
    model: Path
    log: Path
    port: int | None = None
    environment: dict[str, str] = field(default_factory=lambda: dict(RASA_ENVIRONMENT))

    def line(self, port: int) -> list[str]:
        """The command line for a port on loopback. Where the system can, the server ends with us even if we are killed."""
        tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        return [
            *tied, str(self.python), "-m", "rasa", "run", "--enable-api", "--model", str(self.model),
            "--interface", "127.0.0.1", "--port", str(port),
        ]  # fmt: skip


class RasaSupervisor:
    """Keeps one server running until ``stop``. ``state``: loading, ready or away."""

    def __init__(self, command: RasaCommand, pool: RasaPool, clock: Clock, chance: random.Random) -> None:
        self._command = command
        self._pool = pool
        self._clock = clock
        self._chance = chance
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.state: Literal["loading", "ready", "away"] = "loading"
        self.ready = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def start(self) -> None:
        """Begins starting and watching, in the background."""
        self._task = asyncio.create_task(self._watch(), name="rasa-supervisor")

    async def stop(self) -> None:
        """Ends the watching and the server."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._end()

    async def _watch(self) -> None:
        wait = _FIRST_WAIT
        while True:
            began = self._clock.now()
            code = await self._run_once()
            self.ready.clear()
            self.state = "away"
            self._pool.use([])
            ran = (self._clock.now() - began).total_seconds()
            wait = _FIRST_WAIT if ran > _STEADY else min(wait * 2, _LONGEST_WAIT)
            _log.warning("rasa_ended", exit_code=code, ran_seconds=round(ran, 1), restart_in=round(wait, 1))
            await self._clock.sleep(wait * (0.8 + 0.4 * self._chance.random()))
            self.state = "loading"

    async def _run_once(self) -> int | None:
        port = self._command.port or free_port()
        self._command.log.parent.mkdir(parents=True, exist_ok=True)
        with self._command.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command.line(port),
                cwd=self._command.project,
                env=child_environment(self._command.environment),
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        ended = asyncio.create_task(self._process.wait())
        loading = asyncio.create_task(self._until_ready(f"http://127.0.0.1:{port}"))
        try:
            await asyncio.wait({ended, loading}, return_when=asyncio.FIRST_COMPLETED)
            return await ended
        finally:
            loading.cancel()
            ended.cancel()

    async def _until_ready(self, url: str) -> None:
        while not await self._pool.alive(url):
            await self._clock.sleep(_PROBE)
        self._pool.use([url])
        await self._pool.alive(url)  # now that it is one of the pool's: which model it has
        self.state = "ready"
        self.ready.set()
        _log.info("rasa_ready", url=url)

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _GRACE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
