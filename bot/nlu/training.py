"""Trains the model that fits the Rasa project, in Rasa's own environment. Blocks: callers run it before they serve."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.domain.errors import TryLater
from bot.nlu.child_environment import child_environment
from bot.nlu.models import fitting_model, rasa_python
from bot.nlu.supervisor import RASA_ENVIRONMENT

KEPT: Final = 3  # models kept, so that a step back needs no training
_MODEL: Final = re.compile(r"nlu-[0-9a-f]{12}\.tar\.gz")
_LOOK: Final = 0.2  # seconds between looks at a running step
_TELL: Final = 5.0  # seconds between two words that it goes on

Tell = Callable[[str], None]


class Trainer:
    """Runs the steps of a training, telling each with its seconds. ``log``: the file that gets all their output."""

    def __init__(self, project: Path, log: Path, tell: Tell) -> None:
        self._project = project
        self._log = log
        self._tell = tell

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Of several commands that find no model one trains, and the others wait here."""
        folder = self._project / "models"
        folder.mkdir(exist_ok=True)
        with (folder / ".training").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def realise(self) -> None:
        """Makes the training sentences from the phrases and the generated names. Raises TryLater when that fails."""
        self._run("training sentences", ["-m", "dataset", "realise"])

    def train(self) -> Path:
        """Trains; the model takes its place when it is whole. Old models but the last are removed."""
        model = fitting_model(self._project)
        made = model.parent / f".training-{os.getpid()}"
        arguments = ["-m", "rasa", "train", "nlu", "--out", str(made), "--fixed-model-name", model.stem]
        try:
            self._run("model", arguments)
            found = sorted(made.glob("*.tar.gz"))
            if not found:
                raise TryLater(f"training ended without a model: see {self._log}")
            found[0].replace(model)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        remove_old_models(model.parent, model)
        return model

    def _run(self, label: str, arguments: Sequence[str]) -> None:
        began = time.monotonic()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            # In our process group: an interrupt from the keyboard ends it too.
            process = subprocess.Popen(
                [str(rasa_python(self._project)), *arguments],
                cwd=self._project,
                env=child_environment(RASA_ENVIRONMENT),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._tell(f"{label} …")
        told = began
        try:
            while process.poll() is None:
                time.sleep(_LOOK)
                if time.monotonic() - told >= _TELL:
                    told = time.monotonic()
                    self._tell(f"{label} … {told - began:.0f} s")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if process.returncode != 0:
            raise TryLater(f"{label}: failed; mend what the end of {self._log} says, then try again")
        self._tell(f"{label}: done in {time.monotonic() - began:.0f} s")


def remove_old_models(folder: Path, current: Path, kept: int = KEPT) -> list[Path]:
    """Removes our models but the newest ``kept``, and never ``current``. Returns those that are gone."""
    models = [path for path in folder.glob("*.tar.gz") if _MODEL.fullmatch(path.name) and path != current]
    models.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    gone = models[kept - 1 :]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
