"""A plan as a picture: one bar a step, readable on a phone and without telling colours apart."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.dialogue.plan_words import PlanWords
from bot.documents.fonts import font_file
from bot.domain.plan import Plan, PlanStep, TimeOwner, Verdict
from bot.domain.text import Language

# The palette of Okabe and Ito, told apart by people with any kind of colour vision; hatching and outlines tell it too.
_BLUE, _ORANGE, _RED, _GREY, _INK = "#0072B2", "#E69F00", "#D55E00", "#B8B8B8", "#1A1A1A"
_WIDTH: Final = 7.2  # inches; 1080 pixels
_DPI: Final = 150
_ROW: Final = 0.52  # inches for a step
_STUB: Final = 0.035  # of the whole length: what is drawn where no length is known
_NAME: Final = {Language.ZH: 13, Language.EN: 26}  # characters in a line of a step's name


def draw_chart(plan: Plan, words: PlanWords) -> bytes:
    """The plan as PNG, 1080 pixels wide and as high as it has steps. Takes a few hundred milliseconds.

    Steps that may be needed have no place in time and are only counted below, unless there are no others.
    """
    sure = tuple(step for step in plan.steps if step.verdict is Verdict.APPLIES)
    left_out = len(plan.steps) - len(sure) if any(step.kind == "procedure" for step in sure) else 0
    if left_out:
        plan = replace(plan, steps=sure)
    rows = len(plan.steps)
    height = 2.75 + _ROW * max(rows, 1)
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.36, 1.50 / height, 0.60, (height - 2.30) / height))
    length = max([plan.totals.end, *(step.timing.finish for step in plan.steps), 1])
    for row, step in enumerate(plan.steps):
        _draw_step(axes, row, step, length, words)
    _dress(figure, axes, plan, length, words)
    _foot(figure, plan, words, left_out)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None, "Title": plan.number})
    return out.getvalue()


def _draw_step(axes: Axes, row: int, step: PlanStep, length: int, words: PlanWords) -> None:
    start = step.timing.start
    label = _wrapped(words.text(step.name), words.language)
    colour = _RED if step.critical else _INK
    axes.text(
        -0.025 * length, row, ("★ " if step.critical else "") + label,
        ha="right", va="center", color=colour, fontproperties=_font(9), linespacing=1.05, clip_on=False,
    )  # fmt: skip
    if step.kind == "milestone":
        axes.plot([start], [row], marker="D", markersize=9, color=_INK, clip_on=False)
        return
    known = step.limit.counted and step.verdict is Verdict.APPLIES
    width = max(step.timing.finish - start, 0.004 * length) if known else _STUB * length
    axes.add_patch(_bar(step, start, row, width))
    shown = _short(step, words)
    axes.text(
        start + width + 0.012 * length,
        row,
        shown,
        ha="left",
        va="center",
        color=_INK,
        fontproperties=_font(8),
    )


def _bar(step: PlanStep, start: float, row: int, width: float) -> Rectangle:
    limit = step.limit
    if step.verdict is Verdict.OPEN:
        look = {"facecolor": "white", "edgecolor": _INK, "linestyle": (0, (3, 2)), "linewidth": 1.2}
    elif limit.owner in (TimeOwner.COMPANY, TimeOwner.DUTY):
        look = {"facecolor": _GREY, "edgecolor": _INK, "hatch": "///", "linewidth": 0.6}
    elif limit.days is None:
        look = {"facecolor": "white", "edgecolor": _BLUE, "hatch": "xxx", "linewidth": 1.0}
    else:
        look = {"facecolor": _ORANGE if limit.owner is TimeOwner.NOTICE else _BLUE, "edgecolor": "none"}
    if step.critical and step.verdict is Verdict.APPLIES:
        look |= {"edgecolor": _RED, "linewidth": 2.0}
    return Rectangle((start, row - 0.30), width, 0.60, **look)  # type: ignore[arg-type]


def _short(step: PlanStep, words: PlanWords) -> str:
    limit = step.limit
    if step.verdict is Verdict.OPEN or limit.days is None:
        return "?" if limit.owner not in (TimeOwner.COMPANY, TimeOwner.DUTY) else ""
    return words.days(limit.days, limit.unit)


def _dress(figure: Figure, axes: Axes, plan: Plan, length: int, words: PlanWords) -> None:
    rows = len(plan.steps)
    axes.set_xlim(0, length * 1.28)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.xaxis.grid(visible=True, color="#E3E3E3", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if plan.start else 6, integer=True))
    start = plan.start if plan.calendar.unknown_from is None else None  # no dates where none can be told
    if start is not None:
        axes.xaxis.set_major_formatter(
            FuncFormatter(
                lambda day, _: (start + timedelta(days=int(day))).isoformat() if 0 <= day < 36_500 else ""
            )
        )
    for tick in axes.get_xticklabels():
        tick.set_fontproperties(_font(8))
    axes.set_xlabel(words.say("chart_axis_dates" if start else "chart_axis"), fontproperties=_font(8))
    top = figure.get_figheight()
    figure.text(
        0.03, 1 - 0.28 / top, words.say("chart_title"), fontproperties=_font(14), va="center", color=_INK
    )
    kind = " / ".join(words.text(pathway.name) for pathway in plan.pathways)
    figure.text(
        0.03, 1 - 0.60 / top, _cut(kind, words.language), fontproperties=_font(9), va="center", color=_INK
    )
    figure.text(
        0.97, 1 - 0.28 / top, plan.number, fontproperties=_font(8), va="center", ha="right", color="#555555"
    )
    figure.legend(
        handles=list(_legend(plan, words)), loc="lower left", bbox_to_anchor=(0.02, 0.55 / top), ncols=3,
        prop=_font(7.5), frameon=False, handlelength=1.6, columnspacing=1.0,
    )  # fmt: skip


def _foot(figure: Figure, plan: Plan, words: PlanWords, left_out: int) -> None:
    lines = [words.say("chart_foot")]
    if left_out:
        lines.append(words.say("chart_open", left_out))
    if plan.totals.lower_bound:
        lines.append(words.say("chart_lower"))
    place = 0.10 / figure.get_figheight()
    figure.text(0.03, place, "\n".join(lines), fontproperties=_font(8), va="bottom", color=_INK)


def _legend(plan: Plan, words: PlanWords) -> Iterator[Patch | Line2D]:
    """Only what the picture shows."""
    applied = [step for step in plan.steps if step.verdict is Verdict.APPLIES and step.kind == "procedure"]
    counted = [step.limit.owner for step in applied if step.limit.counted]
    if TimeOwner.OFFICE in counted:
        yield Patch(facecolor=_BLUE, label=words.say("legend_office"))
    if TimeOwner.NOTICE in counted:
        yield Patch(facecolor=_ORANGE, label=words.say("legend_notice"))
    if any(step.limit.owner in (TimeOwner.COMPANY, TimeOwner.DUTY) for step in applied):
        yield Patch(facecolor=_GREY, edgecolor=_INK, hatch="///", label=words.say("legend_company"))
    if any(step.limit.days is None and step.limit.owner is TimeOwner.OFFICE for step in applied):
        yield Patch(facecolor="white", edgecolor=_BLUE, hatch="xxx", label=words.say("legend_unknown"))
    if any(step.verdict is Verdict.OPEN for step in plan.steps):
        yield Patch(facecolor="white", edgecolor=_INK, linestyle="--", label=words.say("legend_open"))
    if any(step.critical for step in plan.steps):
        yield Patch(facecolor="white", edgecolor=_RED, linewidth=2, label="★ " + words.say("legend_critical"))
    if any(step.kind == "milestone" for step in plan.steps):
        yield Line2D([], [], marker="D", color=_INK, linestyle="", label=words.say("legend_milestone"))


def _wrapped(name: str, language: Language) -> str:
    """A step's name in two lines at the most."""
    width = _NAME[language]
    lines = _broken(name, width) if language is Language.ZH else textwrap.wrap(name, width) or [""]
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")


def _broken(name: str, width: int) -> list[str]:
    """Chinese lines of ``width`` characters; a remark in brackets begins a line of its own where that helps."""
    if len(name) <= width:
        return [name]
    bracket = name.find("（", 1, width + 1)
    cut = bracket if bracket > width // 3 else width - (name[width : width + 1] in "）」》，、")
    return [name[:cut], *_broken(name[cut:], width)]


def _cut(text: str, language: Language) -> str:
    most = 42 if language is Language.ZH else 84
    return text if len(text) <= most else text[: most - 1] + "…"


@cache
def _font(size: float) -> FontProperties:
    return FontProperties(fname=font_file(), size=size)
