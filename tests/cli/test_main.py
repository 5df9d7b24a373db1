"""The command line as a whole: its verbs, their help, and how errors come out."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.main import VERBS, command_line

RUN = CliRunner()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_a_help_text(verb: str) -> None:
    shown = RUN.invoke(command_line(), [verb, "--help"], env={"COLUMNS": "100"})
    assert shown.exit_code == 0
    assert "Usage: " in shown.output


def test_the_verbs_of_the_knowledge_have_help_texts() -> None:
    for verb in ("check", "load", "export", "diff", "list", "switch"):
        assert RUN.invoke(command_line(("knowledge",)), ["knowledge", verb, "--help"]).exit_code == 0


def test_one_verb_alone_keeps_its_name() -> None:
    assert RUN.invoke(command_line(("doctor",)), ["doctor", "--help"]).exit_code == 0
    assert RUN.invoke(command_line(("doctor",)), ["run", "--help"]).exit_code == 2


def test_help_for_all_and_an_unknown_verb() -> None:
    assert isinstance(command_line(), typer.Typer)
    assert RUN.invoke(command_line(), ["sing"]).exit_code == 2


def test_a_verb_does_not_import_what_others_need() -> None:
    program = "import sys; sys.argv = ['yuanwen', 'train', '--help']\nfrom bot.cli.main import main\ntry:\n main()\nfinally:\n"
    program += " print([name for name in ('sqlalchemy', 'aiohttp.web', 'telegram') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"
