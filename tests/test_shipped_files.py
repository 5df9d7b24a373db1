"""What stands beside the code tells the truth: README, examples, container files, decisions, scripts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli.main import VERBS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {f"BOT_{name.upper()}" for name in Settings.model_fields}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_lists_every_setting_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(BOT_\w+)` \| (.+?) \|", text_of("README.md"), re.MULTILINE))
    assert rows.keys() == SETTINGS
    for name, field in Settings.model_fields.items():
        default = field.default
        told = rows[f"BOT_{name.upper()}"]
        if isinstance(default, int) or (isinstance(default, str) and default and "://" not in default):
            assert told == f"`{default}`"
        elif isinstance(default, Path):
            assert told == f"`{default.relative_to(ROOT)}`"


def test_the_readme_lists_every_verb() -> None:
    table = text_of("README.md").partition("## Commands")[2].partition("## Settings")[0]
    for verb in VERBS:
        assert f"`{verb}" in table, verb


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name
)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^\d+\. \[(.+)\]\((.+)\)$", text_of("docs/decisions/README.md"), re.MULTILINE)
    titles = {
        path.name: path.read_text("utf-8").splitlines()[0].removeprefix("# ") for path in folder.glob("*.md")
    }
    del titles["README.md"]
    assert {file: title for title, file in listed} == titles


def test_examples_name_real_settings_only() -> None:
    assert set(re.findall(r"BOT_\w+", text_of(".env.example"))) <= SETTINGS
    assert set(re.findall(r"BOT_[A-Z_]+", text_of("docker/Dockerfile"))) <= SETTINGS


def test_the_image_copies_what_is_there_and_not_ignored() -> None:
    wanted = text_of(".dockerignore").splitlines()
    for source in re.findall(r"^COPY (?!--)(\S+) ", text_of("docker/Dockerfile"), re.MULTILINE):
        assert (ROOT / source).exists(), source
        assert {f"!{source}", f"!{source.partition('/')[0]}"} & set(wanted), source


@pytest.mark.parametrize("script", ["bin/yuanwen", "bin/environments", "bin/system-deps", ".ci/run"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.skipif(
    not os.environ.get("CI"), reason="on a person's machine the tests of the page may be skipped"
)
def test_ci_has_a_browser() -> None:
    assert any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
