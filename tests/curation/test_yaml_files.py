"""Reading tells every departure with file and line, and never stops at the first."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from bot.curation.yaml_files import read_knowledge
from bot.curation.yaml_nodes import read_document
from bot.domain.records import Ref
from tests import knowledge_values as make
from tests.curation.folders import records, write

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def test_single_records_lists_and_other_sections_are_read(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        one=make.procedure(),
        many={
            "records": [make.body(), make.matter()],
            "subjects": [{"id": "s", "members": ["body/committee"]}],
        },
    )
    assert files.problems == ()
    assert [str(ref) for ref in files.knowledge.records] == [
        "procedure/permit",
        "body/committee",
        "matter/street-lights",
    ]
    assert files.knowledge.subjects[0].id == "s"


def test_folders_of_other_readers_are_left_to_them(tmp_path: Path) -> None:
    for name in ("language", "templates"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words.yaml").write_text("greeting: [hello]", encoding="utf-8")
    assert write(tmp_path, one=make.body()).problems == ()


def test_all_problems_come_at_once_with_file_and_line(tmp_path: Path) -> None:
    first = yaml.safe_dump(make.body(), sort_keys=False, allow_unicode=True).replace("category:", "catgory:")
    second = "records:\n- kind: concept\n  id: term\n  name: {zh: 词}\n- kind: novel\n- just text\n"
    files = write(tmp_path, a=first, b=second)
    said = [(problem.file, problem.line, problem.code) for problem in files.problems]
    where = (
        first.splitlines().index(next(line for line in first.splitlines() if line.startswith("catgory"))) + 1
    )
    assert ("a.yaml", where, "unknown-key") in said
    assert ("a.yaml", 1, "missing-key") in said  # `category` itself
    assert ("b.yaml", 4, "missing-language") in said
    assert ("b.yaml", 2, "missing-key") in said  # owner, as_of …
    assert ("b.yaml", 5, "unknown-kind") in said
    assert ("b.yaml", 6, "wrong-type") in said


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("kind: body\nid: ]\n", 2, "not-yaml"),
        ("- a\n- b\n", 1, "wrong-type"),
        ("", 1, "wrong-type"),
        ("recods: []\n", 1, "unknown-key"),
        ("records: 3\n", 1, "wrong-type"),
        ("records: []\nlaws: []\nrecords: []\n", 3, "repeated-key"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, text: str, line: int, code: str) -> None:
    files = write(tmp_path, bad=text)
    assert (line, code) in [(problem.line, problem.code) for problem in files.problems]
    assert all(problem.message for problem in files.problems)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "gbk.yaml").write_bytes("kind: 开发区".encode("gbk"))
    (problem,) = read_knowledge(tmp_path).problems
    assert (problem.file, problem.code) == ("gbk.yaml", "not-yaml")


def test_wrong_types_are_not_guessed_at(tmp_path: Path) -> None:
    files = records(tmp_path, make.body(as_of=2022), make.matter(ask_location="yes"), make.park(derived=1))
    assert [problem.code for problem in files.problems] == ["wrong-type"] * 3
    assert list(files.knowledge.records) == []


def test_dates_without_quotes_are_text(tmp_path: Path) -> None:
    text = yaml.safe_dump(make.body(), sort_keys=False, allow_unicode=True)
    text = text.replace("review_by: '2027-05-24'", "review_by: 2027-05-24").replace(
        "as_of: 2026-11", "as_of: 2026-11-23"
    )
    files = write(tmp_path, a=text)
    assert files.problems == ()
    assert files.knowledge.records[Ref.parse("body/committee")].as_of == "2026-11-23"


def test_lines_of_nested_places() -> None:
    document = read_document("a:\n  - b: 1\n    c:\n      - x\n      - y\nd: no\n")
    assert document.data == {"a": [{"b": 1, "c": ["x", "y"]}], "d": False}
    assert document.lines["a", 0, "c"] == 3
    assert document.lines["a", 0, "c", 1] == 5
    assert document.lines[("d",)] == 6


def test_the_whole_knowledge_base_is_read_within_a_second() -> None:
    read_knowledge(KNOWLEDGE)
    began = time.process_time()
    files = read_knowledge(KNOWLEDGE)
    assert time.process_time() - began < 1.0
    assert len(files.knowledge.records) > 300
