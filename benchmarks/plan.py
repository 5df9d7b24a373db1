"""Making a plan and its files: for projects of every pathway, known in full, in part and not at all. CPU time, beside laying out the rules."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from benchmarks.measure import load_note, percentile, show, timed, verdict
from bot.curation.evaluation.tables import Table
from bot.curation.publish import read_for_publishing
from bot.curation.template_files import read_templates
from bot.dialogue.wording import Wording
from bot.documents.drawer import PlanDrawer
from bot.domain.catalogue import Revision
from bot.domain.plan import FactValue, ProjectFacts
from bot.domain.text import Audience, Language
from bot.planning.book import PlanningBook
from bot.planning.planner import make_plan
from bot.planning.reading import values_in
from bot.ports import PlanFileKind
from bot.settings import Settings, read_settings

TARGET_MS: Final = 20.0
# Milliseconds; the notification holds the picture, too.
FILES: Final[Mapping[PlanFileKind, float | None]] = {
    "chart": 400.0,
    "notice": 800.0,
    "sheet": None,
    "calendar": None,
}
ROUNDS: Final = 40
_DAY: Final = date(2026, 11, 24)
_FULL: Final[Mapping[str, FactValue]] = {
    "project_type": "new", "land": "standard", "area_assessment": True, "negative_list": False, "company_exists": False,
    "foreign_investment": True, "floor_area": 20000, "dormitory": True, "office_building": True, "civil_area": 3000,
    "site_area": 33000, "investment": 200_000_000, "eia_class": "form", "discharge_class": "simplified", "drains": True,
    "energy_use": 1500, "hazchem": "minor", "fire_special": False, "occupational_hazard": True, "special_equipment": True,
    "special_product": "none", "start_date": "2026-11-30", "construction_months": 12,
}  # fmt: skip
PROJECTS: Final[Mapping[str, Mapping[str, FactValue]]] = {
    "known in full": _FULL,
    "known in part": {"project_type": "expansion", "building_works": "new_buildings", "floor_area": 6000},
    "nothing known": {},
}
_TEXT: Final = "我要买一块标准地建个半导体封装厂，厂房两万平，有员工宿舍，投资两个亿，用电3000 kW"


def run(_: argparse.Namespace) -> None:
    """Prints the table."""
    settings = read_settings()
    knowledge = read_for_publishing(settings.knowledge_dir).for_audience(Audience.PUBLIC)
    began = time.process_time()
    book = PlanningBook.of(knowledge, Revision(1, "0" * 64, datetime(2026, 11, 24, tzinfo=UTC)))
    laid_out = (time.process_time() - began) * 1000
    rows = []
    for name, values in PROJECTS.items():
        facts = ProjectFacts(values)
        taken = timed(lambda _, facts=facts: make_plan(book, facts, _DAY), range(ROUNDS), time.process_time)
        rows.append(_row(f"a plan, {name}", taken, TARGET_MS))
    reading = timed(lambda _: values_in(book, _TEXT), range(ROUNDS), time.process_time)
    rows.append(_row("facts out of a free text", reading, None))
    rows += _files(book, settings)
    rows.append(("laying out the rules, once", f"{laid_out:.1f} ms", "", ""))
    show(Table("Planning", ("what", "p50", "p95", "target p50"), tuple(rows), load_note()))


def _files(book: PlanningBook, settings: Settings) -> list[tuple[str, str, str, str]]:
    """The files of the project that is known in full; the first of each, with its imports, is not counted."""
    plan = make_plan(book, ProjectFacts(_FULL), _DAY)
    wording = Wording(read_templates(settings.knowledge_dir))
    anew = partial(PlanDrawer, wording)  # nothing drawn before is remembered
    drawer = anew()
    rows = []
    for kind, target in FILES.items():
        drawer.draw(plan, kind, Language.ZH)
        taken = timed(lambda _, kind=kind: anew().draw(plan, kind, Language.ZH), range(10), time.process_time)
        rows.append(_row(f"its {kind}", taken, target))
    return rows


def _row(name: str, taken: list[float], target: float | None) -> tuple[str, str, str, str]:
    p50 = percentile(taken, 50)
    told = f"< {target:.0f} ms {verdict(p50, target)}" if target else ""
    return name, f"{p50:.1f} ms", f"{percentile(taken, 95):.1f} ms", told
