"""Projects for tests: one for each pathway, and any at all."""

from __future__ import annotations

import random
from typing import Any, Final

from hypothesis import strategies as st

from bot.domain.plan import FactValue, ProjectFacts
from bot.domain.rules import Fact
from bot.planning.book import PlanningBook
from bot.planning.questions import answers_to

AMOUNTS: Final = (0, 1, 24, 999, 1000, 1999, 2000, 4999, 5000, 5001, 50_000, 2_000_000, 10**9)

# What is not said is not known: conditional steps of a pathway then stand as open.
PATHWAYS: Final[dict[str, dict[str, Any]]] = {
    "new-standard-land-commitment": {
        "project_type": "new", "land": "standard", "area_assessment": True, "negative_list": False,
        "company_exists": False, "foreign_investment": False, "eia_class": "form", "floor_area": 20000,
        "investment": 200_000_000, "hazchem": "none", "dormitory": True, "civil_area": 3000,
    },
    "new-general": {
        "project_type": "new", "land": "ordinary", "company_exists": False, "foreign_investment": False,
        "eia_class": "report", "floor_area": 20000, "investment": 200_000_000, "hazchem": "none",
    },
    "expansion-renovation": {
        "project_type": "expansion", "land": "held", "building_works": "new_buildings", "hazchem": "none",
        "floor_area": 6000, "investment": 20_000_000,
    },
    "leased-plant": {
        "project_type": "leased", "company_exists": False, "foreign_investment": False, "hazchem": "none",
        "building_works": "fit_out", "fixed_assets": True,
    },
    "low-risk-small-project": {
        "project_type": "new", "land": "held", "company_exists": True, "simple_building": True, "hazchem": "none",
        "floor_area": 4000, "investment": 10_000_000,
    },
    "hazardous-energy-intensive": {
        "project_type": "new", "land": "ordinary", "company_exists": False, "foreign_investment": False,
        "hazchem": "production", "eia_class": "report", "energy_use": 12000, "floor_area": 20000,
        "investment": 500_000_000, "disaster_risk": True, "area_assessment": False, "fire_special": True, "explosive_site": True,
    },
    "foreign-invested-setup": {
        "project_type": "new", "land": "standard", "area_assessment": True, "negative_list": False,
        "company_exists": False, "foreign_investment": True, "eia_class": "form", "floor_area": 20000, "investment": 200_000_000,
    },
    "rd-headquarters": {"project_type": "rd", "company_exists": False, "building_works": "fit_out"},
}  # fmt: skip


def any_facts(book: PlanningBook, share: float = 1.0) -> st.SearchStrategy[ProjectFacts]:
    """Facts of any project. ``share`` of them is said; of the rest half is known not to be known. One number makes one project."""
    return st.integers(0, 2**32).map(lambda seed: _project(book, random.Random(seed), share))


def _project(book: PlanningBook, chance: random.Random, share: float) -> ProjectFacts:
    values: dict[str, FactValue] = {}
    unknown: list[str] = []
    for fact in book.facts.values():
        if chance.random() < share:
            values[fact.id] = chance.choice(_answers(fact))
        elif chance.random() < 0.5:
            unknown.append(fact.id)
    return ProjectFacts(values, tuple(unknown))


def _answers(fact: Fact) -> list[FactValue]:
    match fact.kind:
        case "amount":
            return [*answers_to(fact), *(value for value in AMOUNTS if value <= fact.largest)]
        case "date":
            return ["2025-01-01", "2026-09-28", "2026-11-30", "2027-02-06", "2028-12-31"]
    return list(answers_to(fact))
