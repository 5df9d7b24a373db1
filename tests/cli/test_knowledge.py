"""``yuanwen knowledge``: from a folder into a database and back, with what is wrong said clearly."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import command_line
from tests.curation.folders import records
from tests.knowledge_values import body, both, procedure

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "knowledge"
    records(place, body(), procedure())
    return place


@pytest.fixture
def env(tmp_path: Path, folder: Path) -> dict[str, str]:
    return {"BOT_VAR_DIR": str(tmp_path / "var"), "BOT_KNOWLEDGE_DIR": str(folder)}


def knowledge(env: dict[str, str], *arguments: str) -> Result:
    return RUN.invoke(command_line(("knowledge",)), ["knowledge", *arguments], env=env)


def test_a_load_makes_a_revision_and_the_same_again_makes_none(env: dict[str, str]) -> None:
    assert "revision 1 is active: 2 records" in knowledge(env, "load").output
    assert "revision 1 is the same and active already" in knowledge(env, "load").output
    assert knowledge(env, "list").output.splitlines()[0].startswith("*    1 ")


def test_a_diff_tells_fields_and_a_load_takes_them(env: dict[str, str], folder: Path) -> None:
    knowledge(env, "load")
    records(folder, body(name=both("the board")), procedure())
    shown = knowledge(env, "diff").output
    assert "changed body/committee" in shown
    assert '"the board"' in shown
    knowledge(env, "load", "--note", "renamed")
    assert "the folder equals revision 2" in knowledge(env, "diff").output
    assert "renamed" in knowledge(env, "list").output
    assert knowledge(env, "diff", "--revision", "1").output.count("changed") >= 1


def test_a_switch_goes_back(env: dict[str, str], folder: Path) -> None:
    knowledge(env, "load")
    records(folder, body())
    knowledge(env, "load")
    assert knowledge(env, "switch", "1").output == "revision 1 is active\n"
    lines = knowledge(env, "list").output.splitlines()
    assert [line[0] for line in lines] == ["*", " "]


def test_an_export_loads_as_the_same(env: dict[str, str], tmp_path: Path) -> None:
    knowledge(env, "load")
    assert knowledge(env, "export", str(tmp_path / "out")).exit_code == 0
    shown = knowledge(env, "diff", "--folder", str(tmp_path / "out")).output
    assert "the folder equals revision 1" in shown


def test_a_check_prints_file_line_and_code_and_fails(env: dict[str, str], folder: Path) -> None:
    (folder / "more.yaml").write_text("records:\n  - kind: body\n    colour: red\n", encoding="utf-8")
    checked = knowledge(env, "check")
    assert checked.exit_code == 1
    assert "more.yaml:2: missing-key: " in checked.output
    assert "more.yaml:3: unknown-key: " in checked.output


@pytest.mark.parametrize("arguments", [["list"], ["export", "out"], ["diff"]])
def test_before_the_first_load_it_says_what_to_do(env: dict[str, str], arguments: list[str]) -> None:
    failed = knowledge(env, *arguments)
    assert failed.exit_code == 1
    assert str(failed.exception) == "no revision is loaded: run 'yuanwen knowledge load'"
