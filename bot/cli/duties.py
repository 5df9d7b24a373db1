"""Puts together what the desk's routes need: the gate, and the use cases around duties."""

from __future__ import annotations

from bot.app import Core, LiveMinds
from bot.curation.diff import changes
from bot.curation.matrix import matrix_workbook, read_matrix
from bot.curation.soundness import problems_of
from bot.domain.catalogue import KnowledgeSet
from bot.service.coverage import CoverageReport
from bot.service.drafts import DraftDesk
from bot.web.desk_duties import Curating, Duties
from bot.web.desk_session import StaffGate


def staff_gate(core: Core) -> StaffGate:
    """Cookies go over HTTPS only where the public address is one."""
    return StaffGate(core.staff, secure=(core.settings.public_url or "").startswith("https://"))


def duties_of(core: Core) -> Duties:
    """The use cases behind the routes."""
    drafts = DraftDesk(core.units, core.clock, core.store, problems_of)
    coverage = CoverageReport(core.units, core.clock, LiveMinds(core.watch))
    return Duties(core.cases, drafts, coverage, core.store, CURATING, core.clock)


def _difference(before: KnowledgeSet, after: KnowledgeSet) -> list[str]:
    return [str(change) for change in changes(before, after)]


CURATING = Curating(matrix_workbook, read_matrix, _difference)
