"""The shipped rules of planning, read once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.planning.book import PlanningBook

TODAY: Final = date(2026, 11, 24)
_FOLDER: Final = Path(__file__).resolve().parents[2] / "knowledge"


@pytest.fixture(scope="session")
def shipped() -> KnowledgeSet:
    return read_knowledge(_FOLDER).knowledge


@pytest.fixture(scope="session")
def book(shipped: KnowledgeSet) -> PlanningBook:
    return PlanningBook.of(shipped, Revision(1, "d" * 64, datetime(2026, 11, 24, tzinfo=UTC)))
