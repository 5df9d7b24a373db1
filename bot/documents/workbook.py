"""The one-time notification as a spreadsheet: the steps, a checklist of all papers, what may be needed and what is not."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.dialogue.plan_words import PlanWords
from bot.documents.sealing import seal_xlsx
from bot.domain.plan import Plan, PlanStep, Supplement, Verdict

_HEAD: Final = PatternFill("solid", fgColor="1F4E79")
_THIN: Final = Side(style="thin", color="C8C8C8")
_LINE: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_BOX: Final = "☐"
_TICKED: Final = "☑"

Row = Sequence[str | int]


def notification_workbook(plan: Plan, words: PlanWords) -> bytes:
    """The workbook, sealed. The same plan gives the same bytes."""
    book = _book(plan)
    _front(book, plan, words)
    _steps(book, plan, words)
    _papers(book, plan, words)
    _conditional(book, plan, words)
    _excluded(book, plan, words)
    return _sealed(book, plan)


def supplement_workbook(supplement: Supplement, plan: Plan, words: PlanWords) -> bytes:
    """Only what was added since an earlier notification, and why; sealed."""
    book = _book(plan)
    sheet = _sheet(book, words.say("sheet_notice"))
    _say_lines(
        sheet, [words.say("supplement_title"), f"{words.say('number')}: {supplement.after}"], bold=True
    )
    _say_lines(sheet, [words.say("supplement_note", {"before": supplement.before})])
    heads = ["step_name", "kind", "office", "limit", "papers", "why", "done"]
    rows = [
        [
            words.text(each.step.name),
            words.say("new_papers" if each.papers else "new_step"),
            words.text(each.step.office),
            words.limit(each.step.limit),
            "\n".join(f"• {words.text(paper)}" for paper in each.papers or each.step.papers),
            words.because(each, supplement),
            _BOX,
        ]
        for each in supplement.additions
    ]
    _table(sheet, [words.say(head) for head in heads], rows, (32, 14, 28, 26, 52, 44, 8))
    if not rows:
        _say_lines(sheet, [words.say("nothing_added")])
    return _sealed(book, plan)


def _book(plan: Plan) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    made = datetime.combine(plan.made_on, time(), UTC).replace(tzinfo=None)
    book.properties.creator = "Yuanwen"
    book.properties.title = plan.number
    book.properties.created = book.properties.modified = made
    return book


def _sealed(book: Workbook, plan: Plan) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return seal_xlsx(out.getvalue(), plan.number, plan.seal, made_on=plan.made_on)


def _front(book: Workbook, plan: Plan, words: PlanWords) -> None:
    sheet = _sheet(book, words.say("sheet_notice"))
    _say_lines(sheet, [words.say("title")], bold=True, size=16)
    _say_lines(sheet, [words.say("subtitle")])
    _pairs(
        sheet,
        [
            (words.say("number"), plan.number),
            (words.say("made_on"), plan.made_on.isoformat()),
            (words.say("revision"), str(plan.revision)),
            (words.say("start"), words.day(plan.start) or words.say("not_known")),
            (words.say("seal"), plan.seal),
            *((words.say("pathways"), words.text(pathway.name)) for pathway in plan.pathways),
        ],
    )
    _say_lines(sheet, [words.say("facts")], bold=True)
    _pairs(sheet, [(words.text(line.label), words.fact(line)) for line in plan.fact_lines])
    _say_lines(sheet, [words.say("totals")], bold=True)
    _say_lines(sheet, words.totals(plan))
    if plan.windows:
        _say_lines(sheet, [words.say("windows")], bold=True)
        _say_lines(sheet, [words.window(window, plan) for window in plan.windows])
    cautions = [*plan.cautions, *(caution for pathway in plan.pathways for caution in pathway.cautions)]
    _say_lines(sheet, [words.say("cautions")], bold=True)
    _say_lines(
        sheet, [words.say("not_promised"), words.say("facts_note"), *dict.fromkeys(map(words.text, cautions))]
    )
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 90


def _steps(book: Workbook, plan: Plan, words: PlanWords) -> None:
    heads = [
        "step_no", "stage", "step_name", "kind", "office", "limit", "dates", "after", "papers", "fee", "result", "validity",
        "basis", "why", "notes", "critical_mark", "done",
    ]  # fmt: skip
    rows = [
        _step_row(number, step, plan, words)
        for number, step in enumerate(_applying(plan), start=1)
    ]  # fmt: skip
    sheet = _sheet(book, words.say("sheet_steps"))
    widths = (6, 14, 32, 16, 28, 26, 24, 28, 52, 28, 30, 34, 44, 44, 44, 10, 8)
    _table(sheet, [words.say(head) for head in heads], rows, widths)
    _tickable(sheet, len(heads), len(rows))


def _step_row(number: int, step: PlanStep, plan: Plan, words: PlanWords) -> Row:
    return [
        number,
        words.say(f"stage_{step.stage}") if step.kind == "procedure" else words.say("milestone"),
        words.text(step.name),
        words.text(step.legal_kind),
        words.text(step.office),
        "\n".join([words.step_limit(step), *words.cases(step.limit)]),
        words.dates(step),
        "\n".join(words.before(step, plan)),
        "\n".join(f"• {words.text(paper)}" for paper in step.papers),
        words.text(step.fee),
        words.text(step.result),
        words.text(step.validity),
        "\n".join(words.basis(basis) for basis in step.legal_basis),
        words.reasons(step),
        "\n".join(f"• {words.text(note)}" for note in step.notes),
        words.say("critical_mark") if step.critical else "",
        _BOX,
    ]


def _papers(book: Workbook, plan: Plan, words: PlanWords) -> None:
    heads = ["step_no", "step_name", "office", "paper", "ready"]
    rows: list[Row] = []
    for number, step in enumerate(_applying(plan), start=1):
        rows += [
            [number, words.text(step.name), words.text(step.office), words.text(p), _BOX] for p in step.papers
        ]
    sheet = _sheet(book, words.say("sheet_papers"))
    _table(sheet, [words.say(head) for head in heads], rows, (6, 34, 34, 80, 10))
    _tickable(sheet, len(heads), len(rows))


def _conditional(book: Workbook, plan: Plan, words: PlanWords) -> None:
    heads = ["step_name", "why", "office", "limit", "papers"]
    rows = [
        [
            words.text(step.name), words.reasons(step), words.text(step.office), words.limit(step.limit),
            "\n".join(f"• {words.text(paper)}" for paper in step.papers),
        ]
        for step in plan.steps if step.verdict is Verdict.OPEN
    ]  # fmt: skip
    sheet = _sheet(book, words.say("sheet_conditional"))
    _table(sheet, [words.say(head) for head in heads], rows, (34, 60, 30, 28, 60))


def _excluded(book: Workbook, plan: Plan, words: PlanWords) -> None:
    rows = [
        [words.text(each.name), " ".join(words.text(reason.text) for reason in each.reasons)]
        for each in plan.excluded
    ]
    sheet = _sheet(book, words.say("sheet_excluded"))
    _table(sheet, [words.say("step_name"), words.say("why")], rows, (40, 100))


def _applying(plan: Plan) -> list[PlanStep]:
    return [step for step in plan.steps if step.verdict is Verdict.APPLIES]


# -- cells --------------------------------------------------------------------------------------------------------


def _sheet(book: Workbook, title: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _put(sheet: Worksheet, row: int, column: int, value: str | int) -> None:
    """A cell of text stays text: nothing in it is ever a formula."""
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _say_lines(sheet: Worksheet, lines: Iterable[str], *, bold: bool = False, size: int = 11) -> None:
    for line in lines:
        row = sheet.max_row + (sheet.max_row > 1 or sheet.cell(1, 1).value is not None)
        _put(sheet, row, 1, line)
        sheet.cell(row, 1).font = Font(bold=bold, size=size)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
        if not bold:
            sheet.row_dimensions[row].height = 16 * (1 + _width(line) // 115)


def _pairs(sheet: Worksheet, pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        row = sheet.max_row + 1
        _put(sheet, row, 1, name)
        _put(sheet, row, 2, value)
        sheet.cell(row, 1).font = Font(bold=True)
        for column in (1, 2):
            sheet.cell(row, column).border = _LINE


def _table(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Row], widths: Sequence[int]) -> None:
    begin = 1 if sheet.max_row == 1 and sheet.cell(1, 1).value is None else sheet.max_row + 1
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        _put(sheet, begin, column, head)
        cell = sheet.cell(begin, column)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, values in enumerate(rows, start=begin + 1):
        for column, value in enumerate(values, start=1):
            _put(sheet, number, column, value)
            sheet.cell(number, column).border = _LINE
        sheet.row_dimensions[number].height = 15.5 * _lines(values, widths)
    sheet.freeze_panes = f"A{begin + 1}"
    sheet.auto_filter.ref = f"A{begin}:{get_column_letter(len(heads))}{begin + max(len(rows), 1)}"
    sheet.print_title_rows = f"{begin}:{begin}"


def _lines(values: Row, widths: Sequence[int]) -> int:
    """How many lines the highest cell of a row needs; programs do not find that out by themselves."""
    needed = [
        sum(1 + _width(line) // max(width - 1, 1) for line in str(value).split("\n"))
        for value, width in zip(values, widths, strict=True)
    ]
    return min(max([1, *needed]), 26)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _tickable(sheet: Worksheet, column: int, rows: int) -> None:
    if not rows:
        return
    choice = DataValidation(type="list", formula1=f'"{_BOX},{_TICKED}"', allow_blank=True)
    letter = get_column_letter(column)
    choice.add(f"{letter}2:{letter}{rows + 1}")
    sheet.add_data_validation(choice)
