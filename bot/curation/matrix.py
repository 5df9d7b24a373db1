"""The matrix of responsibilities as a spreadsheet, and an edited one read back. Every cell is text: none is ever a formula."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from bot.curation.matrix_columns import COLUMNS, EDITED, CellProblem, edited, matters_of
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import InvalidInput
from bot.domain.records import Kind, Matter, Ref

SHEET: Final = "职责矩阵 Responsibilities"
_HEADER: Final = 2  # the row under the keys
_LARGEST: Final = 20 * 1024 * 1024  # unpacked
_MOST_ROWS: Final = 2000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_FILLS: Final = {True: PatternFill("solid", fgColor="FFF8E1"), False: PatternFill("solid", fgColor="ECEFF1")}
_UNSETTLED: Final = PatternFill("solid", fgColor="FDE7E9")


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What an edited sheet says: the matters that it changes, and what is wrong with it, by cell."""

    matters: tuple[Matter, ...]
    problems: tuple[str, ...]


def matrix_workbook(knowledge: KnowledgeSet, revision: Revision) -> bytes:
    """The matrix as xlsx: a header in both languages that stays in view, filters, white cells for what can be edited."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    sheet.append([column.key for column in COLUMNS])
    sheet.row_dimensions[1].hidden = True
    sheet.append([f"{column.zh}\n{column.en}" for column in COLUMNS])
    for number, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(_HEADER, number)
        cell.font, cell.fill = Font(bold=True), _FILLS[column.edit]
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for row, matter in enumerate(matters_of(knowledge), _HEADER + 1):
        for number, column in enumerate(COLUMNS, 1):
            _write(sheet.cell(row, number), column.tell(matter, knowledge))
            if matter.status == "unsettled":
                sheet.cell(row, number).fill = _UNSETTLED
    sheet.freeze_panes = sheet.cell(_HEADER + 1, 3)
    sheet.auto_filter.ref = f"A{_HEADER}:{get_column_letter(len(COLUMNS))}{sheet.max_row}"
    book.properties.title = f"{SHEET} · {revision.number}"
    book.properties.creator = "园问 Yuanwen"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Any, text: str) -> None:
    """Text that a spreadsheet never works out, whatever it begins with."""
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def read_matrix(data: bytes, knowledge: KnowledgeSet) -> ReadSheet:
    """An edited matrix, checked cell by cell. Raises InvalidInput when it is no such sheet at all.

    Rows that are missing change nothing; names and places are not read back.
    """
    sheet = _opened(data)
    rows = sheet.iter_rows(values_only=True)
    keys = [str(key or "") for key in next(rows, ())]
    if missing := [key for key in ("id", *EDITED) if key not in keys]:
        raise InvalidInput(f"no such matrix: the hidden first row lacks {', '.join(missing)}")
    next(rows, None)
    found: dict[str, Matter] = {}
    problems: list[str] = []
    for number, row in enumerate(rows, _HEADER + 1):
        if number > _MOST_ROWS:
            raise InvalidInput(f"more than {_MOST_ROWS} rows")
        if any(value is not None for value in row):
            problems += _read_row(number, dict(zip(keys, map(_text, row), strict=False)), knowledge, found)
    return ReadSheet(tuple(found.values()), tuple(problems))


def _read_row(
    number: int, cells: Mapping[str, str], knowledge: KnowledgeSet, found: dict[str, Matter]
) -> Iterator[str]:
    identifier = cells["id"]
    matter = knowledge.records.get(Ref(Kind.MATTER, identifier))
    if not isinstance(matter, Matter):
        yield f"row {number}: no matter {identifier[:60]!r}"
        return
    if identifier in found:
        yield f"row {number}: {identifier} stands there twice"
        return
    formulas = [key for key in EDITED if cells.get(key, "").startswith("=")]
    if formulas:
        yield f"row {number}: a formula in {', '.join(formulas)}: write the text itself"
        return
    try:
        found[identifier] = edited(matter, {key: cells.get(key, "") for key in EDITED})
    except CellProblem as problem:
        yield f"row {number}: {problem}"
        return
    yield from _unknown(number, found[identifier], knowledge)


def _unknown(number: int, matter: Matter, knowledge: KnowledgeSet) -> Iterator[str]:
    named = [matter.lead, *matter.candidates, *(support.body for support in matter.support)]
    for body in dict.fromkeys(filter(None, named)):
        if Ref(Kind.BODY, body) not in knowledge.records:
            yield f"row {number}: {body[:60]!r} is no body"
    for law in matter.laws:
        if law not in knowledge.laws:
            yield f"row {number}: {law[:60]!r} is no law"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).replace("\r\n", "\n").strip()


def _opened(data: bytes) -> Any:
    """The first sheet. Raises InvalidInput for anything that is no workbook, and for one that unpacks beyond all measure."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _LARGEST:
                raise InvalidInput("the workbook is too large")
        return load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError):
        raise InvalidInput("not a workbook (.xlsx) that can be read") from None
