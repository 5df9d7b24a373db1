"""The documents of a plan: everything that the plan says is in them, nothing is markup or a formula, and they are sealed."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from dataclasses import replace

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from bot.dialogue.plan_words import PlanWords
from bot.documents.calendar_file import calendar_file
from bot.documents.chart import draw_chart
from bot.documents.notice import notification_pdf, supplement_pdf
from bot.documents.sealing import read_seal, seal_pdf
from bot.documents.workbook import notification_workbook, supplement_workbook
from bot.domain.errors import InvalidInput
from bot.domain.plan import TimeOwner
from bot.domain.text import Language
from tests.documents.plans import limit, plan, supplement
from tests.minds import wording


@pytest.fixture(params=list(Language), ids=str)
def words(request: pytest.FixtureRequest) -> PlanWords:
    return PlanWords(wording(), request.param)


def pdf_text(document: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    return re.sub(r"\s+", "", text)


def cells(document: bytes) -> list[str]:
    book = load_workbook(io.BytesIO(document))
    return [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_both_languages_have_the_same_places() -> None:
    assert wording().blocks(Language.ZH, "notice") == wording().blocks(Language.EN, "notice")


def test_the_pdf_says_all_that_the_plan_says(words: PlanWords) -> None:
    made = plan()
    text = pdf_text(notification_pdf(made, words, draw_chart(made, words)))
    for step in made.steps:
        assert squeezed(words.text(step.name)) in text
        for paper in step.papers:
            assert squeezed(words.text(paper)) in text
    for excluded in made.excluded:
        assert squeezed(words.text(excluded.reasons[0].text)) in text
    for line in (made.number, made.seal[:16], words.say("not_promised"), words.window(made.windows[0], made)):
        assert squeezed(line) in text
    assert squeezed(words.text(made.steps[6].notes[0])) in text, (
        "what looks like markup is shown as it stands"
    )


def test_the_same_plan_gives_the_same_files(words: PlanWords) -> None:
    made = plan()
    chart = draw_chart(made, words)
    assert draw_chart(made, words) == chart
    assert notification_pdf(made, words, chart) == notification_pdf(made, words, chart)
    assert notification_workbook(made, words) == notification_workbook(made, words)
    assert calendar_file(made, words) == calendar_file(made, words)


def test_the_workbook_holds_text_only(words: PlanWords) -> None:
    document = notification_workbook(plan(), words)
    book = load_workbook(io.BytesIO(document))
    assert [sheet.title for sheet in book] == [
        words.say(f"sheet_{name}") for name in ("notice", "steps", "papers", "conditional", "excluded")
    ]
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert kinds <= {"s", "n"}, "no formula"
    assert "=1+1" in " ".join(cells(document))
    for name in ("steps", "papers", "conditional", "excluded"):
        sheet = book[words.say(f"sheet_{name}")]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
    steps = book[words.say("sheet_steps")]
    assert steps.data_validations.dataValidation, "the checklist can be ticked"
    assert steps.max_row == 1 + sum(step.verdict == "applies" for step in plan().steps)


def test_the_picture_is_as_wide_as_a_phone_and_as_high_as_it_has_steps(words: PlanWords) -> None:
    picture = Image.open(io.BytesIO(draw_chart(plan(), words)))
    assert picture.width == 1080
    assert 900 < picture.height < 1400
    colours = picture.convert("RGB").getcolors(maxcolors=1_000_000) or []
    assert {(0, 114, 178), (230, 159, 0), (213, 94, 0)} <= {colour for _, colour in colours}


def test_a_picture_without_dates_and_without_steps_can_be_drawn(words: PlanWords) -> None:
    assert draw_chart(plan(dated=False), words)
    assert draw_chart(replace(plan(), steps=(), pathways=()), words)


def test_the_calendar_holds_what_is_dated_and_nothing_else(words: PlanWords) -> None:
    made = plan()
    calendar = icalendar.Calendar.from_ical(calendar_file(made, words))
    events = {str(event["uid"]).rsplit("-", 1)[0]: event for event in calendar.walk("VEVENT")}
    assert set(events) == {
        "project-filing", "eia-approval", "planning-permit", "public-notice", "construction-permit", "start",
        "construction-permit-use-by",
    }  # fmt: skip
    assert events["eia-approval"]["dtstart"].dt == made.steps[1].timing.finish_date
    assert not list(icalendar.Calendar.from_ical(calendar_file(plan(dated=False), words)).walk("VEVENT"))


def test_a_limit_is_never_more_certain_than_it_is(words: PlanWords) -> None:
    assert words.limit(limit(None)) == words.say("unknown_limit")
    assert words.limit(limit(None, owner=TimeOwner.COMPANY)) == words.say("company_time")
    assert words.say("to_be_confirmed") in words.limit(replace(limit(20), checked=False))
    assert words.limit(limit(0)) == words.say("at_once")
    assert "20" in words.limit(limit(20))


def test_totals_name_what_is_left_out(words: PlanWords) -> None:
    lines = " ".join(words.totals(plan()))
    for place in (4, 5, 7):
        assert words.text(plan().steps[place].name) in lines
    assert "37" in lines
    undated = " ".join(words.totals(plan(dated=False)))
    assert "2027" not in undated, "no date is worked out when no start was given"


def test_a_supplement_holds_only_what_was_added(words: PlanWords) -> None:
    text = pdf_text(supplement_pdf(supplement(), plan(), words))
    assert squeezed(words.text(plan().steps[7].name)) in text
    assert squeezed(words.text(plan().steps[6].name)) not in text
    assert "3000kW" in text
    assert squeezed(words.say("because_knowledge", {"before": 6, "after": 7})) in text
    assert "3000 kW" in " ".join(cells(supplement_workbook(supplement(), plan(), words)))


# -- seals --------------------------------------------------------------------------------------------------------


def test_files_vouch_for_themselves(words: PlanWords) -> None:
    made = plan()
    for document in (notification_pdf(made, words), notification_workbook(made, words)):
        seal = read_seal(document)
        assert (seal.number, seal.seal, seal.intact) == (made.number, made.seal, True)


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_breaks_a_pdf(place: int, value: int) -> None:
    document = seal_pdf(b"%PDF-1.4 " + bytes(range(256)) * 4 + b"\n", "n", "s")
    end = document.rfind(b"%yuanwen ")
    at = place % (end - 4) + 4
    changed = document[:at] + bytes([value]) + document[at + 1 :]
    if changed == document:
        return
    with contextlib.suppress(InvalidInput):  # the mark itself was hit
        assert not read_seal(changed).intact


def test_a_spreadsheet_that_was_saved_again_says_so(words: PlanWords) -> None:
    document = notification_workbook(plan(), words)
    book = load_workbook(io.BytesIO(document))
    book.worksheets[1]["A2"] = 99
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InvalidInput, match="no seal of ours"):
        read_seal(out.getvalue())
    entries = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as was, zipfile.ZipFile(entries, "w") as now:
        for name in was.namelist():
            now.writestr(name, was.read(name).replace(b"20261124", b"20251124"))
        now.comment = was.comment
    assert not read_seal(entries.getvalue()).intact


@pytest.mark.parametrize(
    "document",
    [b"", b"hello", b"%PDF-1.4 nothing", b"PK\x03\x04 nothing", b"%PDF %yuanwen {}", b"%PDF %yuanwen ["],
)
def test_a_file_that_is_none_of_ours_is_named(document: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_seal(document)
