"""Runs ``bin/yuanwen`` and talks to it from outside, as a person or another program would."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
YUANWEN = ROOT / "bin" / "yuanwen"
PATIENCE = 240.0  # seconds for what depends on how busy the machine is, such as Rasa's loading

T = TypeVar("T")


def until(look: Callable[[], T], seconds: float = PATIENCE, every: float = 0.1) -> T:
    """Looks until there is something to see. Fails when ``seconds`` have passed first."""
    ends = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < ends, f"nothing after {seconds} s"
        time.sleep(every)
    return seen


def surroundings(folder: Path, **settings: str) -> dict[str, str]:
    """An environment whose files are all under ``folder``, with no setting of the person who runs the tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return {**inherited, "BOT_VAR_DIR": str(folder / "var"), **settings}


def yuanwen(
    *arguments: str, env: Mapping[str, str], timeout: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Runs one verb to its end, from a folder that is not the project's."""
    return subprocess.run(
        [YUANWEN, *arguments], env=env, cwd="/", text=True, capture_output=True, timeout=timeout, check=False
    )


def alive(pid: int) -> bool:
    """True while a process runs; one that has ended and waits to be collected does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def descendants(pid: int) -> dict[int, str]:
    """The command lines of the processes below one, by process id."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        above = waiting.pop()
        for child in [child for child, parent in parents.items() if parent == above]:
            waiting.append(child)
            try:
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
    return found


@dataclass
class Assistant:
    """A running ``yuanwen run``."""

    process: subprocess.Popen[str]
    url: str
    output: Path
    asked: int = field(default=0)

    @classmethod
    def start(
        cls, folder: Path, env: Mapping[str, str], command: tuple[str, ...] = (str(YUANWEN), "run")
    ) -> Assistant:
        """Starts and waits for the printed address."""
        output = folder / f"run-{uuid4().hex[:6]}.log"
        with output.open("w") as log:
            process = subprocess.Popen(
                command, env=dict(env), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, text=True,
                start_new_session=True,
            )  # fmt: skip

        def address() -> re.Match[str] | None:
            assert process.poll() is None, output.read_text()
            return re.search(r"^Yuanwen answers at (http://\S+?)/?$", output.read_text(), re.MULTILINE)

        return cls(process, until(address)[1], output)

    def get(self, path: str) -> dict[str, Any]:
        """The JSON of an address, whatever its status."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error))

    def ask(self, text: str, conversation: str = "") -> dict[str, Any]:
        """The turn that answers a text, in a conversation of its own unless one is given."""
        body = json.dumps({"text": text}).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v1/conversations/{conversation or uuid4().hex}/messages",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))

    def ask_anew(self, text: str) -> dict[str, Any]:
        """Asks with words that were never parsed before, so that no cache answers."""
        self.asked += 1
        return self.ask(f"{text} {self.asked}")

    def understood_by(self) -> str:
        return str(self.ask_anew("环评报告表要批多久")["understanding"]["source"])

    def rasa(self) -> int | None:
        """The process id of its Rasa server."""
        found = [pid for pid, line in descendants(self.process.pid).items() if " rasa run " in line]
        return found[0] if found else None

    def stop(self, number: int = signal.SIGINT, seconds: float = 30) -> int:
        """Sends a signal, as Ctrl-C does, and gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """The end, whatever happened: nothing of it is left."""
        below = list(descendants(self.process.pid))
        self.process.kill()
        self.process.wait()
        for pid in below:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
