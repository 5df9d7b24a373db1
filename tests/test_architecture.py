"""The house rules that a machine can check: floors, library borders, the clock, the environment, no pickle."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "bot").rglob("*.py"))
# What tells the time of day. Monotonic timers measure and are free.
_CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
_ENVIRONMENT = {"os.environ", "os.getenv"}
_RUNS_CODE_FROM_DATA = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(tree: ast.AST) -> Iterator[str]:
    """Every ``name.attribute`` of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level package of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_imports_keep_to_the_floors_and_library_borders() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    checked = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", FILES, ids=named)
def test_only_the_clock_tells_the_time_of_day(path: Path) -> None:
    if named(path) != "bot/clock.py":
        assert not _CLOCKS.intersection(dotted(parsed(path)))


def test_only_the_settings_read_the_environment() -> None:
    readers = {named(path) for path in FILES if _ENVIRONMENT.intersection(dotted(parsed(path)))}
    hand_it_on = {"bot/nlu/child_environment.py"}  # whole, to a process that is started
    # Libraries that take a switch in no other way.
    set_a_library_up = {"bot/dialogue/linking/features.py", "bot/channels/telegram_client.py"}
    assert readers <= {"bot/settings.py"} | hand_it_on | set_a_library_up


@pytest.mark.parametrize("folder", ["bot", "rasa_project/components", "rasa_project/dataset"])
def test_nothing_is_stored_in_a_form_that_runs_code_when_read(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not _RUNS_CODE_FROM_DATA.intersection(imported(parsed(path))), named(path)


def test_every_module_says_what_it_is() -> None:
    silent = [named(path) for path in FILES if path.stat().st_size and not ast.get_docstring(parsed(path))]
    assert silent == []


_ADDRESS = re.compile(r"--(?:extra-)?index-url|--find-links|https?://|file:/")


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "requirements-dev.txt", "rasa_project/requirements.txt"]
)
def test_lock_files_have_hashes_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not _ADDRESS.search(text)
    requirements = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert requirements
    assert all("--hash=sha256:" in requirement for requirement in requirements)


def test_the_lock_of_the_tests_holds_the_other_one_whole() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^\n]*==[^\\\n]*", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_every_library_is_used() -> None:
    """A requirement that nobody imports is dropped. Drivers that are named in a URL are imported by SQLAlchemy."""
    modules = {
        "pystemmer": "Stemmer",
        "pyyaml": "yaml",
        "ahocorasick-rs": "ahocorasick_rs",
        "chinesecalendar": "chinese_calendar",
        "python-telegram-bot": "telegram",
    }
    drivers = {"asyncpg", "psycopg"}
    files = {"zhplot"}  # its typeface is used, its code is not
    used = {package for path in FILES for package in imported(parsed(path))}
    text = (ROOT / "requirements.in").read_text(encoding="utf-8")
    for name in re.findall(r"^([a-z][a-z0-9-]*)", text, re.MULTILINE):
        assert name in drivers | files or modules.get(name, name.replace("-", "_")) in used, name
