"""The columns of the matrix: how a matter stands in cells, and how cells become a matter again. Pure.

Cells hold text only. Lists stand one item a line; a supporting body is ``BODY: part in Chinese / part in English``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

from bot.domain.catalogue import KnowledgeSet
from bot.domain.in_force import allocation_until
from bot.domain.records import Kind, Matter, Ref, Support
from bot.domain.text import Bilingual

_SUPPORT: Final = re.compile(r"(?P<body>[a-z0-9-]+)\s*[:：]\s*(?P<zh>.+?)\s*/\s*(?P<en>.+)", re.DOTALL)
_SCOPES: Final[Mapping[str, tuple[str, str]]] = {
    "zone-wide": ("全区", "whole zone"),
    "township-area": ("属地镇街行政区域", "townships' own areas"),
    "newly-included": ("新划入范围", "newly included area"),
    "built-up-area": ("原有建成区", "existing built-up area"),
    "project-plot": ("项目地块", "project plot"),
    "digital-security-park": ("数智安防产业园", "Digital Security Park"),
    "county-wide": ("全市通用", "whole city"),
    "internal": ("内部", "internal"),
}


class CellProblem(ValueError):
    """What is wrong with a cell, for whoever edited it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``key`` names it in the sheet's hidden first row; ``edit``: it can be edited, and goes into the matter."""

    key: str
    zh: str
    en: str
    width: int
    tell: Callable[[Matter, KnowledgeSet], str]
    edit: bool = False


def _body(identifier: str | None, knowledge: KnowledgeSet, language: str) -> str:
    record = knowledge.records.get(Ref(Kind.BODY, identifier)) if identifier else None
    return record.name[language] if record else ""


def _bodies(identifiers: Sequence[str], knowledge: KnowledgeSet, language: str) -> str:
    return "\n".join(filter(None, (_body(each, knowledge, language) for each in identifiers)))


def _words(text: Bilingual | None, language: str) -> str:
    return text[language] if text else ""


COLUMNS: Final[tuple[Column, ...]] = (
    Column("id", "编号", "Id", 26, lambda m, k: m.id),
    Column("name_zh", "事项", "Matter (Chinese)", 34, lambda m, k: m.name.zh),
    Column("name_en", "事项（英文）", "Matter", 34, lambda m, k: m.name.en),
    Column("place_zh", "地点", "Place (Chinese)", 16, lambda m, k: _SCOPES.get(m.scope, (m.scope, ""))[0]),
    Column("place_en", "地点（英文）", "Place", 20, lambda m, k: _SCOPES.get(m.scope, ("", m.scope))[1]),
    Column("stages", "阶段", "Stages", 12, lambda m, k: "\n".join(m.stages)),
    Column("audience", "对象", "Audience", 10, lambda m, k: m.audience.value),
    Column("status", "状态", "Status", 11, lambda m, k: m.status, edit=True),
    Column("settled_by", "由何明确", "Settled by", 11, lambda m, k: m.settled_by, edit=True),
    Column("lead", "牵头（编号）", "Lead (id)", 24, lambda m, k: m.lead or "", edit=True),
    Column("lead_zh", "牵头单位", "Lead (Chinese)", 26, lambda m, k: _body(m.lead, k, "zh")),
    Column("lead_en", "牵头单位（英文）", "Lead", 26, lambda m, k: _body(m.lead, k, "en")),
    Column(
        "support", "配合单位和内容", "Supporting bodies", 44,
        lambda m, k: "\n".join(f"{s.body}: {s.part.zh} / {s.part.en}" for s in m.support), edit=True,
    ),
    Column("candidates", "相关方（编号）", "Candidates (ids)", 26, lambda m, k: "\n".join(m.candidates), edit=True),
    Column("candidates_zh", "相关方", "Candidates (Chinese)", 26, lambda m, k: _bodies(m.candidates, k, "zh")),
    Column("candidates_en", "相关方（英文）", "Candidates", 26, lambda m, k: _bodies(m.candidates, k, "en")),
    Column("basis_zh", "依据（报告）", "Basis: report (Chinese)", 40, lambda m, k: _words(m.basis_report, "zh"), edit=True),
    Column("basis_en", "依据（报告，英文）", "Basis: report", 40, lambda m, k: _words(m.basis_report, "en"), edit=True),
    Column("laws", "依据（法规编号）", "Basis: laws (ids)", 26, lambda m, k: "\n".join(m.laws), edit=True),
    Column("decision_zh", "决定", "Decision (Chinese)", 30, lambda m, k: _words(m.decision, "zh"), edit=True),
    Column("decision_en", "决定（英文）", "Decision", 30, lambda m, k: _words(m.decision, "en"), edit=True),
    Column(
        "effective_from", "生效日期", "In force from", 14,
        lambda m, k: m.effective_from.isoformat() if m.effective_from else "", edit=True,
    ),
    Column("caution_zh", "提醒", "Caution (Chinese)", 36, lambda m, k: _words(m.caution, "zh"), edit=True),
    Column("caution_en", "提醒（英文）", "Caution", 36, lambda m, k: _words(m.caution, "en"), edit=True),
)  # fmt: skip
EDITED: Final = tuple(column.key for column in COLUMNS if column.edit)


def edited(matter: Matter, cells: Mapping[str, str]) -> Matter:
    """The matter as its edited cells (by column key) say. Raises CellProblem.

    A new day in "in force from" keeps how the matter stood until then, so that it can still be answered for its time.
    """
    changed = replace(
        matter,
        status=_one_of(cells, "status", ("settled", "unsettled")),
        settled_by=_one_of(cells, "settled_by", ("report", "law", "both", "none", "decision")),
        lead=cells["lead"] or None,
        support=tuple(map(_support, _lines(cells["support"]))),
        candidates=tuple(_lines(cells["candidates"])),
        basis_report=_both(cells, "basis"),
        laws=tuple(_lines(cells["laws"])),
        decision=_both(cells, "decision"),
        effective_from=_day(cells["effective_from"]),
        caution=_both(cells, "caution"),
    )
    since = changed.effective_from
    if since is None or since == matter.effective_from:
        return changed
    if matter.effective_from is not None and since < matter.effective_from:
        raise CellProblem(
            f"effective_from: it was decided anew on {matter.effective_from}; choose a later day"
        )
    return replace(changed, earlier=(*matter.earlier, allocation_until(matter, since)))


def _one_of(cells: Mapping[str, str], key: str, allowed: Sequence[str]) -> Any:
    if cells[key] not in allowed:
        raise CellProblem(f"{key}: {cells[key][:40]!r} is none of {', '.join(allowed)}")
    return cells[key]


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.splitlines() if line.strip()]


def _support(line: str) -> Support:
    match = _SUPPORT.fullmatch(line)
    if match is None:
        raise CellProblem(f"support: {line[:60]!r} is not BODY: part in Chinese / part in English")
    return Support(match["body"], Bilingual(match["zh"], match["en"]))


def _both(cells: Mapping[str, str], name: str) -> Bilingual | None:
    zh, en = cells[f"{name}_zh"], cells[f"{name}_en"]
    if bool(zh) is not bool(en):
        raise CellProblem(f"{name}: write it in both languages, or in neither")
    return Bilingual(zh, en) if zh else None


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell[:10]) if cell else None
    except ValueError:
        raise CellProblem(f"effective_from: {cell[:20]!r} is no day like 2027-01-31") from None


def matters_of(knowledge: KnowledgeSet) -> list[Matter]:
    """The matters, those of one kind of duty together."""
    found = [cast(Matter, record) for ref, record in knowledge.records.items() if ref.kind is Kind.MATTER]
    return sorted(found, key=lambda matter: (matter.category, matter.scope, matter.id))
