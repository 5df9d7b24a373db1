"""The one-time notification as PDF, to be printed, signed off and handed to colleagues."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from bot.dialogue.plan_words import PlanWords
from bot.documents.fonts import font_file
from bot.documents.sealing import seal_pdf
from bot.domain.plan import Plan, PlanStep, Supplement, Verdict
from bot.domain.text import Language

_FONT: Final = "NotoSansSC"
_HEAD: Final = colors.HexColor("#1F4E79")
_LINE: Final = colors.HexColor("#C8C8C8")
_WIDTH: Final = landscape(A4)[0] - 24 * mm
_TABLE: Final[list[tuple[Any, ...]]] = [
    ("GRID", (0, 0), (-1, -1), 0.4, _LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]


def notification_pdf(plan: Plan, words: PlanWords, chart: bytes | None = None) -> bytes:
    """The document, sealed. ``chart``: the picture of the plan (PNG). The same plan gives the same bytes."""
    page = _Page(words)
    story: list[Flowable] = [*page.title("title", "subtitle"), *_front(plan, page)]
    story += _steps(plan, page)
    story += _conditional(plan, page)
    story += _excluded(plan, page)
    if chart is not None:
        story += [PageBreak(), page.heading("chart_title"), _fitted(chart)]
    return _built(story, plan, page)


def supplement_pdf(supplement: Supplement, plan: Plan, words: PlanWords) -> bytes:
    """Only what was added since an earlier notification, and why; sealed."""
    page = _Page(words)
    story: list[Flowable] = list(page.title("supplement_title", "subtitle"))
    story.append(page.pairs([(words.say("number"), supplement.after), (words.say("seal"), plan.seal)]))
    story.append(page.line(words.say("supplement_note", {"before": supplement.before})))
    rows = [
        [
            words.text(each.step.name), words.say("new_papers" if each.papers else "new_step"), words.text(each.step.office),
            words.limit(each.step.limit), page.bullets(each.papers or each.step.papers), words.because(each, supplement), "□",
        ]
        for each in supplement.additions
    ]  # fmt: skip
    heads = ["step_name", "kind", "office", "limit", "papers", "why", "done"]
    if rows:
        story.append(page.table(heads, rows, (16, 8, 14, 14, 24, 19, 5)))
    else:
        story.append(page.line(words.say("nothing_added")))
    story.append(page.line(words.say("not_promised")))
    return _built(story, plan, page)


def _front(plan: Plan, page: _Page) -> Iterator[Flowable]:
    words = page.words
    yield page.pairs(
        [
            (words.say("number"), plan.number),
            (words.say("made_on"), plan.made_on.isoformat()),
            (words.say("revision"), str(plan.revision)),
            (words.say("start"), words.day(plan.start) or words.say("not_known")),
            (words.say("seal"), plan.seal),
            (words.say("pathways"), " / ".join(words.text(pathway.name) for pathway in plan.pathways)),
        ]
    )
    yield Spacer(1, 2 * mm)
    yield page.line(words.say("not_promised"))
    yield page.heading("facts")
    facts = [(words.text(line.label), words.fact(line)) for line in plan.fact_lines]
    if facts:
        yield page.pairs(facts)
    yield page.line(words.say("facts_note"))
    yield page.heading("totals")
    for line in words.totals(plan):
        yield page.line(line)
    if plan.windows:
        yield page.heading("windows")
        for window in plan.windows:
            yield page.line("• " + words.window(window, plan))
    cautions = [*plan.cautions, *(caution for pathway in plan.pathways for caution in pathway.cautions)]
    if cautions:
        yield page.heading("cautions")
        for text in dict.fromkeys(map(words.text, cautions)):
            yield page.line("• " + text)


def _steps(plan: Plan, page: _Page) -> Iterator[Flowable]:
    words = page.words
    applying = [step for step in plan.steps if step.verdict is Verdict.APPLIES]
    yield page.heading("steps")
    rows: list[Sequence[Any]] = []
    critical: list[int] = []
    for number, step in enumerate(applying, start=1):
        if step.critical:
            critical.append(number)
        mark = f"★ {words.say('critical_mark')}" if step.critical else ""
        rows.append(
            [
                f"{number}",
                "\n".join(filter(None, [words.text(step.name), words.text(step.legal_kind), mark])),
                words.text(step.office) or words.say("milestone"),
                "\n".join(
                    filter(None, [words.step_limit(step), *words.cases(step.limit), words.dates(step)])
                ),
                page.bullets(step.papers),
                _also(step, plan, words),
                "□",
            ]
        )
    heads = ["step_no", "step_name", "office", "limit", "papers", "notes", "done"]
    yield page.table(heads, rows, (4, 15, 13, 15, 24, 25, 4), marked=critical)


def _also(step: PlanStep, plan: Plan, words: PlanWords) -> str:
    """What else is to be known of a step, a line each."""
    named = [
        ("after", words.joint.join(words.before(step, plan))),
        ("why", words.reasons(step)),
        ("fee", words.text(step.fee)),
        ("result", words.text(step.result)),
        ("validity", words.text(step.validity)),
        ("basis", words.joint.join(words.basis(basis) for basis in step.legal_basis)),
        ("notes", " ".join(words.text(note) for note in step.notes)),
    ]
    return "\n".join(f"{words.say(name)}{words.colon}{text}" for name, text in named if text)


def _conditional(plan: Plan, page: _Page) -> Iterator[Flowable]:
    words = page.words
    open_steps = [step for step in plan.steps if step.verdict is Verdict.OPEN]
    if not open_steps:
        return
    yield page.heading("conditional")
    yield page.line(words.say("conditional_note"))
    rows = [
        [
            words.text(s.name),
            words.reasons(s),
            words.text(s.office),
            words.limit(s.limit),
            page.bullets(s.papers),
        ]
        for s in open_steps
    ]
    yield page.table(["step_name", "why", "office", "limit", "papers"], rows, (18, 28, 16, 14, 24))


def _excluded(plan: Plan, page: _Page) -> Iterator[Flowable]:
    words = page.words
    if not plan.excluded:
        return
    yield page.heading("excluded")
    rows = [
        [words.text(each.name), " ".join(words.text(reason.text) for reason in each.reasons)]
        for each in plan.excluded
    ]
    yield page.table(["step_name", "why"], rows, (30, 70))


class _Page:
    """Paragraphs and tables in the typeface of the documents. All text is escaped: none of it is markup."""

    def __init__(self, words: PlanWords) -> None:
        _register()
        self.words = words
        wrap = "CJK" if words.language is Language.ZH else None
        body = ParagraphStyle("body", fontName=_FONT, fontSize=8, leading=11, wordWrap=wrap)
        self._body = body
        self._line = ParagraphStyle("line", body, fontSize=9, leading=13, spaceAfter=3)
        self._head = ParagraphStyle("head", body, textColor=colors.white)
        self._heading = ParagraphStyle(
            "heading", body, fontSize=12, leading=16, spaceBefore=8, spaceAfter=4, textColor=_HEAD
        )
        self._title = ParagraphStyle("title", body, fontSize=18, leading=24, alignment=TA_CENTER)
        self._subtitle = ParagraphStyle(
            "subtitle", body, fontSize=10, leading=15, alignment=TA_CENTER, spaceAfter=6
        )

    def title(self, title: str, subtitle: str) -> Iterator[Flowable]:
        """The head of the document."""
        yield Paragraph(escape(self.words.say(title)), self._title)
        yield Paragraph(escape(self.words.say(subtitle)), self._subtitle)

    def heading(self, block: str) -> Flowable:
        """A section's title."""
        return Paragraph(escape(self.words.say(block)), self._heading)

    def line(self, text: str) -> Flowable:
        """A line of plain text."""
        return Paragraph(escape(text), self._line)

    def bullets(self, texts: Sequence[Any]) -> str:
        """Texts, one line each."""
        return "\n".join(f"• {self.words.text(text)}" for text in texts)

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> Flowable:
        """Names and values, two pairs a line."""
        cells = [(self._cell(name), self._cell(value)) for name, value in pairs]
        if len(cells) % 2:
            cells.append((self._cell(""), self._cell("")))
        rows = [[*cells[n], *cells[n + 1]] for n in range(0, len(cells), 2)]
        widths = [0.14 * _WIDTH, 0.36 * _WIDTH] * 2
        style = [
            *_TABLE,
            ("BACKGROUND", (0, 0), (0, -1), "#F2F5F9"),
            ("BACKGROUND", (2, 0), (2, -1), "#F2F5F9"),
        ]
        return Table(rows, colWidths=widths, style=TableStyle(style))

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[Any]],
        shares: Sequence[int],
        marked: Sequence[int] = (),
    ) -> Flowable:
        """A table whose head is repeated on every page. ``shares``: of the width, in percent; ``marked``: rows to be tinted."""
        head = [Paragraph(escape(self.words.say(block)), self._head) for block in heads]
        cells = [[self._cell(str(value)) for value in row] for row in rows]
        style: list[Any] = [*_TABLE, ("BACKGROUND", (0, 0), (-1, 0), _HEAD)]
        style += [("BACKGROUND", (0, row), (1, row), colors.HexColor("#FBEDE4")) for row in marked]
        widths = [share / sum(shares) * _WIDTH for share in shares]
        return Table([head, *cells], colWidths=widths, repeatRows=1, splitInRow=1, style=TableStyle(style))

    def _cell(self, text: str) -> Paragraph:
        return Paragraph(escape(text).replace("\n", "<br/>"), self._body)


def _fitted(chart: bytes) -> Flowable:
    picture = Image(io.BytesIO(chart))
    scale = min(_WIDTH / picture.imageWidth, 160 * mm / picture.imageHeight)
    picture.drawWidth, picture.drawHeight = scale * picture.imageWidth, scale * picture.imageHeight
    return KeepTogether([picture])


def _built(story: list[Flowable], plan: Plan, page: _Page) -> bytes:
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=landscape(A4), leftMargin=12 * mm, rightMargin=12 * mm, topMargin=12 * mm, bottomMargin=14 * mm,
        title=f"{page.words.say('title')} {plan.number}", author="Yuanwen", subject=plan.seal, lang=page.words.language.value,
        invariant=1,
    )  # fmt: skip
    document.build(story, canvasmaker=_numbered(plan, page.words))
    return seal_pdf(out.getvalue(), plan.number, plan.seal)


def _numbered(plan: Plan, words: PlanWords) -> Any:
    """A canvas that knows, at its end, how many pages there are."""

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, state in enumerate(self._pages, start=1):
                self.__dict__.update(state)
                self.setFont(_FONT, 7.5)
                self.setFillColor(colors.HexColor("#555555"))
                self.drawString(12 * mm, 7 * mm, f"{plan.number}   {words.say('seal')} {plan.seal[:16]}")
                pages = words.say("page", {"page": number, "pages": len(self._pages)})
                self.drawRightString(landscape(A4)[0] - 12 * mm, 7 * mm, pages)
                super().showPage()
            super().save()

    return Numbered


@cache
def _register() -> None:
    pdfmetrics.registerFont(TTFont(_FONT, str(font_file())))
