"""``yuanwen plan``: from the folder or the database, as text or JSON; what was made is verified, what was changed is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import command_line

RUN = CliRunner()
FACTS = {"project_type": "new", "land": "standard", "floor_area": 20000, "dormitory": True}
KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"BOT_VAR_DIR": str(tmp_path / "var"), "BOT_KNOWLEDGE_DIR": str(KNOWLEDGE)}


@pytest.fixture
def facts(tmp_path: Path) -> str:
    place = tmp_path / "facts.json"
    place.write_text(json.dumps(FACTS), encoding="utf-8")
    return str(place)


def plan(env: dict[str, str], *arguments: str, stdin: str | None = None) -> Result:
    return RUN.invoke(command_line(("plan",)), ["plan", *arguments], env=env, input=stdin)


def made(env: dict[str, str], facts: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(plan(env, "--facts", facts, "--json").output)
    return data


def test_a_plan_is_told_in_both_languages(env: dict[str, str], facts: str) -> None:
    chinese = plan(env, "--facts", facts).output
    assert "建设用地规划许可证" in chinese
    assert "这是下限" in chinese
    english = plan(env, "--facts", facts, "--lang", "en").output
    assert "lower bound" in english
    assert "not promises" in english


def test_the_plan_is_the_same_before_and_after_a_load(env: dict[str, str], facts: str) -> None:
    before = made(env, facts)
    loaded = RUN.invoke(command_line(("knowledge",)), ["knowledge", "load"], env=env)
    assert loaded.exit_code == 0
    assert made(env, facts) == before
    assert (
        json.loads(plan(env, "--facts", "-", "--json", stdin=json.dumps({"facts": FACTS})).output) == before
    )


def test_fields_are_a_schema_of_the_facts(env: dict[str, str]) -> None:
    schema = json.loads(plan(env, "--fields").output)
    assert set(FACTS) <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_a_plan_is_verified_and_a_changed_one_is_found(
    env: dict[str, str], facts: str, tmp_path: Path
) -> None:
    data = made(env, facts)
    place = tmp_path / "plan.json"
    place.write_text(json.dumps(data), encoding="utf-8")
    good = plan(env, "verify", str(place))
    assert good.exit_code == 0
    assert "as it was made" in good.output
    assert "the plan that its facts give" in good.output
    data["totals"]["working_days"] -= 1
    place.write_text(json.dumps(data), encoding="utf-8")
    bad = plan(env, "verify", str(place))
    assert bad.exit_code == 1
    assert "NOT as it was made" in bad.output


@pytest.mark.parametrize("arguments", [(), ("--facts", "nowhere.json"), ("verify", "nowhere.json")])
def test_what_is_missing_is_said(env: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert plan(env, *arguments).exit_code != 0


def test_a_supplement_tells_only_what_was_added(env: dict[str, str], facts: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(made(env, facts)), encoding="utf-8")
    assert "没有增加的内容" in plan(env, "supplement", str(old)).output
    new.write_text(json.dumps({**FACTS, "water_intake": True}), encoding="utf-8")
    out = tmp_path / "supplement.pdf"
    told = plan(env, "supplement", str(old), "--facts", str(new), "--out", str(out)).output
    assert "取水许可" in told
    assert "因项目情况变化" in told
    assert "建设用地规划许可证" not in told
    assert plan(env, "verify", str(out)).exit_code == 0
    assert plan(env, "supplement", str(new)).exit_code != 0
