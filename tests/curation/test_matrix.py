"""The matrix as a sheet, and back: nothing is lost, nothing is worked out, every wrong cell is named."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.curation.matrix import SHEET, matrix_workbook, read_matrix
from bot.curation.matrix_columns import COLUMNS
from bot.curation.soundness import problems_of
from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import InvalidInput
from bot.domain.in_force import matter_at
from bot.domain.records import Kind, Matter, Ref
from bot.domain.text import Bilingual
from tests.minds import KNOWLEDGE

REVISION = Revision(7, "digest", datetime(2026, 11, 24, tzinfo=UTC))
KEYS = [column.key for column in COLUMNS]


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeSet:
    return read_knowledge(KNOWLEDGE).knowledge


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def row_of(sheet: Any, identifier: str) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == identifier)


def changed(knowledge: KnowledgeSet, identifier: str, **cells: object) -> bytes:
    """The matrix with some cells of a row changed, as somebody would send it back."""
    book = opened(matrix_workbook(knowledge, REVISION))
    sheet = book.active
    for key, value in cells.items():
        sheet.cell(row_of(sheet, identifier), KEYS.index(key) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def matter(knowledge: KnowledgeSet, identifier: str) -> Matter:
    record = knowledge.records[Ref(Kind.MATTER, identifier)]
    assert isinstance(record, Matter)
    return record


def test_every_matter_stands_in_it_with_filters_and_a_header_that_stays(knowledge: KnowledgeSet) -> None:
    sheet = opened(matrix_workbook(knowledge, REVISION)).active
    matters = [ref.id for ref in knowledge.records if ref.kind is Kind.MATTER]
    assert sheet.title == SHEET
    assert sorted(cell.value for cell in sheet["A"][2:]) == sorted(matters)
    assert (sheet.freeze_panes, sheet.row_dimensions[1].hidden) == ("C3", True)
    assert sheet.auto_filter.ref.startswith("A2:")
    assert "事项\nMatter (Chinese)" in [cell.value for cell in sheet[2]]


def test_an_unchanged_sheet_changes_nothing(knowledge: KnowledgeSet) -> None:
    read = read_matrix(matrix_workbook(knowledge, REVISION), knowledge)
    assert read.problems == ()
    assert all(each == matter(knowledge, each.id) for each in read.matters)
    assert len(read.matters) == sum(ref.kind is Kind.MATTER for ref in knowledge.records)


def test_no_text_becomes_a_formula(knowledge: KnowledgeSet) -> None:
    data = changed(knowledge, "eia", caution_zh="x", caution_en="x")
    for dangerous in ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")'):
        record = next(iter(read_matrix(data, knowledge).matters))
        evil = replace(record, caution=Bilingual(dangerous, dangerous))
        book = opened(matrix_workbook(KnowledgeSet.of([evil]), REVISION))
        cell = book.active.cell(3, KEYS.index("caution_zh") + 1)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (dangerous, "s", True)


def test_a_formula_that_somebody_sends_is_refused(knowledge: KnowledgeSet) -> None:
    read = read_matrix(changed(knowledge, "eia", lead="=A1"), knowledge)
    assert read.problems
    assert "formula in lead" in read.problems[0]


def test_a_decision_keeps_how_it_stood_before(knowledge: KnowledgeSet) -> None:
    identifier = "sanitation-new-area"
    before = matter(knowledge, identifier)
    data = changed(
        knowledge, identifier, status="settled", settled_by="decision", lead="local-townships", candidates=None,
        decision_zh="职责会商纪要（2027年第1号）", decision_en="Minutes on responsibilities (2027, no. 1)",
        effective_from="2027-01-01",
    )  # fmt: skip
    read = read_matrix(data, knowledge)
    assert read.problems == ()
    after = next(each for each in read.matters if each.id == identifier)
    assert (after.lead, after.effective_from) == ("local-townships", date(2027, 1, 1))
    then = matter_at(after, date(2026, 12, 31))
    assert (then.status, then.lead, then.candidates) == ("unsettled", None, before.candidates)
    others = [each for each in read.matters if each.id != identifier]
    assert all(each == matter(knowledge, each.id) for each in others)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"status": "open"}, "status: 'open' is none of"),
        ({"lead": "nobody"}, "'nobody' is no body"),
        ({"laws": "no-law"}, "'no-law' is no law"),
        ({"support": "local-townships"}, "is not BODY: part"),
        ({"decision_zh": "只有中文"}, "decision: write it in both languages"),
        ({"effective_from": "1 May"}, "is no day like"),
        ({"id": "invented"}, "no matter 'invented'"),
    ],
)
def test_every_wrong_cell_is_named(knowledge: KnowledgeSet, cells: dict[str, object], problem: str) -> None:
    read = read_matrix(changed(knowledge, "eia", **cells), knowledge)
    assert len(read.problems) == 1
    assert problem in read.problems[0]
    assert read.problems[0].startswith("row ")


def test_what_is_no_matrix_is_refused(knowledge: KnowledgeSet) -> None:
    empty = io.BytesIO()
    Workbook().save(empty)
    for data in (b"", b"no workbook", empty.getvalue(), matrix_workbook(knowledge, REVISION)[:2000]):
        with pytest.raises(InvalidInput):
            read_matrix(data, knowledge)


def test_the_whole_is_checked_before_it_is_published(knowledge: KnowledgeSet) -> None:
    assert problems_of(knowledge) == []
    lost = replace(matter(knowledge, "eia"), lead=None)
    records = [
        lost if ref.id == "eia" and ref.kind is Kind.MATTER else r for ref, r in knowledge.records.items()
    ]
    assert any(
        "nobody leads" in each
        for each in problems_of(replace(knowledge, records=KnowledgeSet.of(records).records))
    )
