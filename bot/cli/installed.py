"""What is installed: the two environments against their lock files, the model, what the browser tests need."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from bot.cli.findings import Finding, missing, note, ok
from bot.nlu.models import fitting_model, rasa_python
from bot.settings import ROOT

_PINNED: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*])?==([^\s;]+)(\s*;)?")
_ASK: Final = (
    "import json, platform; from importlib.metadata import distributions; "
    "print(json.dumps([platform.python_version(), {d.name: d.version for d in distributions()}]))"
)


def locked(lock: Path) -> dict[str, tuple[set[str], bool]]:
    """Each package's versions in a lock file, and whether it is for every machine (no condition stands behind it)."""
    found: defaultdict[str, tuple[set[str], bool]] = defaultdict(lambda: (set(), True))
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := _PINNED.match(line):
            versions, always = found[_plain(match[1])]
            found[_plain(match[1])] = ({*versions, match[2]}, always and not match[3])
    return dict(found)


def differing(lock: Path, installed: Mapping[str, str]) -> list[str]:
    """Packages that are not as the lock file says."""
    have = {_plain(name): version for name, version in installed.items()}
    return [
        f"{name} {have.get(name, 'missing')}"
        for name, (versions, always) in locked(lock).items()
        if (name in have or always) and have.get(name) not in versions
    ]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def bot_environment() -> Iterator[Finding]:
    """The Python that runs this and its packages."""
    yield ok("Python of the bot", f"{platform.python_version()} ({sys.prefix})")
    installed = {distribution.name: distribution.version for distribution in distributions()}
    yield _packages("packages of the bot", ROOT / "requirements.txt", installed, "bin/environments bot")


def rasa_environment(project: Path) -> Iterator[Finding]:
    """Rasa's own Python and packages."""
    python = rasa_python(project)
    mend = "run 'bin/environments rasa'"
    try:
        asked = subprocess.run([str(python), "-c", _ASK], capture_output=True, check=True, timeout=30)
        version, installed = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        yield missing("Rasa's environment", f"no Python runs at {python}", mend)
        return
    if version.startswith("3.10."):
        yield ok("Python of Rasa", f"{version} ({python.parent.parent})")
    else:
        yield missing(
            "Python of Rasa", f"{version}, but Rasa needs 3.10", f"remove {project}/.venv, then {mend}"
        )
    lock = project / "requirements.txt"
    yield _packages("packages of Rasa", lock, installed, "bin/environments rasa")


def _packages(what: str, lock: Path, installed: Mapping[str, str], command: str) -> Finding:
    wrong = differing(lock, installed)
    if not wrong:
        return ok(what, f"{len(locked(lock))} as locked")
    shown = ", ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")
    return missing(
        what, f"not as locked: {shown}", f"remove the stamps made-from-* there, then run '{command}'"
    )


def model(project: Path) -> Iterator[Finding]:
    """The model that fits the Rasa project as it stands."""
    fitting = fitting_model(project)
    others = [path for path in fitting.parent.glob("nlu-*.tar.gz") if path != fitting]
    besides = f", {len(others)} older" if others else ""
    if fitting.exists():
        yield ok("model", f"{fitting.name} fits{besides}")
    else:
        yield missing("model", f"none fits ({fitting.name} would){besides}", "run 'yuanwen train'")


def browser() -> Iterator[Finding]:
    """What only the tests of the chat page need."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found:
        yield ok("browser for tests", found)
    else:
        yield note(
            "browser for tests", "no Chromium; tests of the page are skipped", "run 'make system-deps'"
        )
    if (fonts := shutil.which("fc-list")) is None:
        return
    listed = subprocess.run([fonts, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    if listed.stdout.strip():
        yield ok("Chinese fonts", listed.stdout.splitlines()[0].partition(",")[0])
    else:
        yield note("Chinese fonts", "none; pictures show boxes for Chinese", "run 'make system-deps'")
