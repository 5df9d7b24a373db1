"""Makes what a verb needs and is missing: Rasa's environment, and a model that fits."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

from bot.cli.progress import tell
from bot.domain.errors import TryLater
from bot.nlu.models import fitting_model, rasa_python
from bot.settings import ROOT, Settings


def make_ready(settings: Settings) -> None:
    """Everything for a Rasa server of our own; nothing when there are servers in the settings. Raises TryLater."""
    if settings.nlu_urls:
        return
    make_environment(settings.rasa_dir)
    if not fitting_model(settings.rasa_dir).exists():
        from bot.cli.train import train_model

        train_model(settings)


def make_environment(project: Path) -> None:
    """Rasa's environment as its lock file says. Raises TryLater when it cannot be built."""
    if has_environment(project):
        return
    if project != ROOT / "rasa_project":
        raise TryLater(f"no environment for Rasa under {project}: make {project}/.venv from its requirements")
    # What it says goes to standard error by itself; standard output stays ours.
    built = subprocess.run(
        [str(ROOT / "bin" / "environments"), "rasa"], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    )
    if built.returncode != 0:
        raise TryLater("Rasa's environment could not be built: mend what is said above, then try again")
    tell("Rasa's environment: ready")


def has_environment(project: Path) -> bool:
    """True when the environment was made from the lock file as it is now."""
    stamp = project / ".venv" / "made-from-requirements.txt"
    if not stamp.exists():
        return project != ROOT / "rasa_project" and rasa_python(project).exists()
    return filecmp.cmp(stamp, project / "requirements.txt", shallow=False)
