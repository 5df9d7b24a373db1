"""A plan made by hand: every sort of step that the documents have to show, and text that tries to be something else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.domain.plan import (
    Addition,
    CalendarNote,
    Edge,
    Excluded,
    FactChange,
    FactLine,
    Group,
    Limit,
    Named,
    Plan,
    PlanPathway,
    PlanStep,
    ProjectFacts,
    Reason,
    Supplement,
    TimeOwner,
    Timing,
    Totals,
    Verdict,
    Window,
)
from bot.domain.records import DurationCase, LegalBasis
from bot.domain.text import Bilingual

START = date(2026, 12, 1)


def both(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


def timing(start: int, finish: int, *, dated: bool = True, at_least: bool = False) -> Timing:
    day = START if dated else None
    return Timing(
        start, finish, start, finish, 0, at_least,
        day and day + timedelta(days=start), day and day + timedelta(days=finish), day and day + timedelta(days=start),
    )  # fmt: skip


def limit(
    days: int | None, unit: Any = "working_days", owner: TimeOwner = TimeOwner.OFFICE, **more: Any
) -> Limit:
    return Limit(owner, days, unit if days is not None else None, both("法律", "the law"), True, **more)


def step(identifier: str, zh: str, en: str, limits: Limit, times: Timing, **more: Any) -> PlanStep:
    given: dict[str, Any] = {
        "kind": "procedure", "verdict": Verdict.APPLIES, "stage": "construction", "group": 1, "as_of": "2026-09",
        "reasons": (Reason(both("新建项目应当办理。", "A new project needs it."), both("规则", "rule")),),
        "papers": (both("申请表", "application form"), both("项目备案证明", "filing certificate")),
        "office": both("行政审批局", "Administrative Approval Bureau"), "fee": both("不收费", "no fee"),
        "legal_kind": both("行政许可", "administrative licence"),
        "legal_basis": (LegalBasis(both("《建筑法》", "Construction Law"), both("许可", "licence"), True, both("第七条", "Article 7")),),
    }  # fmt: skip
    return PlanStep(id=identifier, name=both(zh, en), limit=limits, timing=times, **(given | more))


def plan(*, dated: bool = True) -> Plan:
    cases = (
        DurationCase(both("报告书", "report"), 60, "working_days"),
        DurationCase(both("报告表", "form"), 30, "working_days"),
    )
    steps = (
        step("project-filing", "项目备案", "Project filing", limit(0), timing(0, 0, dated=dated), stage="filing"),
        step(
            "eia-approval", "建设项目环境影响评价文件审批", "Approval of the environmental impact assessment",
            limit(30, cases=cases, longest=cases[0]), timing(0, 44, dated=dated), after=("project-filing",), critical=True,
        ),
        step(
            "planning-permit", "建设工程规划许可证", "Planning permit for construction works", limit(20),
            timing(0, 28, dated=dated), stage="planning",
        ),
        step(
            "public-notice", "规划方案公示", "Public notice of the plan", limit(7, "calendar_days", TimeOwner.NOTICE),
            timing(28, 35, dated=dated),
        ),
        step("drawing-review", "施工图设计文件审查", "Review of construction drawings", limit(None), timing(35, 35, dated=dated, at_least=True)),
        step("safety-design", "安全设施设计", "Design of safety facilities", limit(None, owner=TimeOwner.COMPANY), timing(44, 44, dated=dated)),
        step(
            "construction-permit", "建筑工程施工许可证", "Construction permit", limit(7), timing(44, 53, dated=dated), critical=True,
            after=("eia-approval", "planning-permit"), taken_as_met=(Named("land", both("不动产权证", "title to the land")),),
            notes=(both("<b>不是</b> & =1+1 标记", "<b>no</b> & =1+1 markup"),),
        ),
        step("energy-review", "节能审查", "Energy review", limit(20), timing(0, 0, dated=dated), verdict=Verdict.OPEN, missing=("energy",)),
        step(
            "start", "开工", "Start of construction", limit(None, owner=TimeOwner.DUTY), timing(53, 53, dated=dated), kind="milestone",
            papers=(), office=None, fee=None, legal_kind=None, legal_basis=(), critical=True, stage="project",
        ),
    )  # fmt: skip
    use_by = timing(53, 53, dated=dated).start_date
    return Plan(
        made_on=date(2026, 11, 24), revision=7, digest="d" * 64, start=START if dated else None,
        facts=ProjectFacts({"kind": "new"}, ("energy",)),
        fact_lines=(
            FactLine("kind", both("项目性质", "kind"), both("新建", "new")),
            FactLine("energy", both("年综合能耗", "energy use a year"), None),
            FactLine("name", both("=HYPERLINK", "=HYPERLINK"), both("=1+1", "=1+1"), used=False),
        ),
        missing=("energy",),
        pathways=(PlanPathway("new", both("新建标准地项目", "New project on standard land"), both("新建", "new"), (both("先核实地块。", "Check the plot first."),)),),
        steps=steps, edges=(Edge("project-filing", "eia-approval"),), groups=(Group(1, tuple(s.id for s in steps)),),
        critical_path=("eia-approval", "construction-permit", "start"),
        totals=Totals(working_days=37, calendar_days=0, notice_days=0, end=53, end_date=use_by, lower_bound=True,
                      unknown=("drawing-review",), open=("energy-review",), company=("safety-design",)),
        windows=(Window(step="construction-permit", until="start", length=3, unit="months", use_by=144,
                        use_by_date=START + timedelta(days=144) if dated else None, lapses=False, basis=both("《建筑法》", "Construction Law")),),
        excluded=(Excluded("water-intake", both("取水许可", "Water intake permit"), (Reason(both("不自行取水。", "It takes no water itself."), both("规则", "rule")),)),),
        cautions=(both("时限从受理起算。", "Limits run from acceptance."),),
        calendar=CalendarNote((2026, 2027)) if dated else CalendarNote((), 2027), seal="ab" * 32,
    )  # fmt: skip


def supplement() -> Supplement:
    made = plan()
    energy = FactChange("energy", both("年综合能耗", "energy use a year"), None, both("3000 kW", "3000 kW"))
    return Supplement(
        "20261101-0000AAAA", made.number, 6, 7,
        (
            Addition(made.steps[7], (), "facts", (energy,)),
            Addition(made.steps[1], (both("公众参与说明", "record of public participation"),), "knowledge"),
        ),
    )  # fmt: skip
