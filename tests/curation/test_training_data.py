"""The lookup tables are what the knowledge gives, in one form, and a difference is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.curation.training_data import HEADER, drift, lookup_files, write_lookups
from bot.domain.shapes import knowledge_of
from tests import knowledge_values as make


def names(kind: str, *items: dict[str, Any], **sections: Any) -> list[str]:
    values = [make.value(item) for item in items]
    values += [make.value(data, section) for section, entries in sections.items() for data in entries]
    content = lookup_files(knowledge_of(values))[f"lookup_{kind}.yml"]
    (block,) = yaml.safe_load(content)["nlu"]
    assert block["lookup"] == kind
    return [line.removeprefix("- ") for line in block["examples"].splitlines()]


def concept(**aliases: list[str]) -> dict[str, Any]:
    return make.concept(name={"zh": "标准地", "en": "Standard land"}, aliases=aliases)


def test_names_and_aliases_of_both_languages_sorted_each_once() -> None:
    record = concept(zh=["带指标的地", "標準地"], en=["STANDARD LAND", "benchmark land"])
    assert names("concept", record) == ["STANDARD LAND", "benchmark land", "带指标的地", "标准地"]


def test_a_name_is_also_known_without_its_brackets() -> None:
    record = make.body(name={"zh": "管理委员会（开发委）", "en": "Committee (Kaifawei)"})
    assert names("body", record) == [
        "Committee",
        "Committee (Kaifawei)",
        "管理委员会",
        "管理委员会（开发委）",
    ]


def test_questions_short_forms_and_markup_are_left_out() -> None:
    record = concept(zh=["要多久", "找谁", "地", "[x]地块"], en=["how long", "a [b]"])
    assert names("concept", record) == ["Standard land", "标准地"]


def test_an_ambiguous_name_goes_with_its_default_else_its_first_candidate() -> None:
    listed = [
        {"name": "管委会", "candidates": ["concept/term", "body/committee"], "default": "body/committee"},
        {"name": "安监", "candidates": ["body/committee", "concept/term"]},
    ]
    found = names("body", make.body(), make.concept(), ambiguous_names=listed)
    assert {"管委会", "安监"} <= set(found)


def test_files_are_headed_as_generated_and_written_only_when_they_change(tmp_path: Path) -> None:
    whole = knowledge_of([make.value(concept(zh=["带指标的地"]))])
    assert len(write_lookups(whole, tmp_path)) == 7
    assert write_lookups(whole, tmp_path) == []
    assert all(path.read_text(encoding="utf-8").startswith(HEADER) for path in tmp_path.iterdir())


def test_drift_is_found(tmp_path: Path) -> None:
    before = knowledge_of([make.value(concept())])
    write_lookups(before, tmp_path)
    assert list(drift(before, tmp_path)) == []
    (problem,) = drift(knowledge_of([make.value(concept(zh=["新说法"]))]), tmp_path)
    assert (problem.code, problem.file) == ("drift", f"{tmp_path.name}/lookup_concept.yml")
    assert "yuanwen train" in problem.message
    (tmp_path / "lookup_body.yml").unlink()
    assert [item.file for item in drift(before, tmp_path)] == [f"{tmp_path.name}/lookup_body.yml"]
