"""The steps of a plan, before they have times: a procedure or a milestone as this project meets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.plan import Limit, Named, PlanStep, Reason, TimeOwner, Timing, Verdict
from bot.domain.records import Pathway
from bot.domain.rules import Milestone
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView
from bot.planning.judging import Judgement, missing_for_limit, reasons_of
from bot.planning.limits import limit_of
from bot.planning.pathways import notes_of

NOT_TIMED: Final = Timing(0, 0, 0, 0, 0, True)
MILESTONE: Final = "milestone"


def procedure_step(
    book: PlanningBook, identifier: str, judgement: Judgement, view: FactView, pathways: Sequence[Pathway]
) -> PlanStep:
    """A procedure on the road. ``taken_as_met`` lists all its prerequisites: whoever knows the road takes out those on it."""
    procedure, rule = book.procedures[identifier], book.rules[identifier]
    expanding = view.known("project_type") == "expansion" and procedure.expansion is not None
    notes = (
        *notes_of(identifier, pathways),
        *((procedure.expansion,) if expanding and procedure.expansion else ()),
        *procedure.notes,
    )
    return PlanStep(
        id=identifier,
        kind="procedure",
        name=procedure.name,
        verdict=judgement.verdict,
        reasons=reasons_of(judgement, procedure),
        missing=tuple(dict.fromkeys((*judgement.missing, *missing_for_limit(rule, view)))),
        stage=procedure.stage,
        legal_kind=procedure.legal_kind,
        office=procedure.authority,
        office_body=procedure.authority_body,
        papers=procedure.documents,
        fee=procedure.fee,
        result=procedure.result,
        validity=procedure.validity,
        legal_basis=procedure.legal_basis,
        notes=tuple(dict.fromkeys(notes)),
        limit=limit_of(procedure, rule, view),
        timing=NOT_TIMED,
        group=0,
        taken_as_met=tuple(
            Named(item, book.procedures[item].name)
            for item in procedure.prerequisites
            if item in book.procedures
        ),
        confidence=procedure.confidence,
        as_of=procedure.as_of,
    )


def milestone_step(milestone: Milestone, view: FactView) -> PlanStep:
    """A milestone of the project. Its time, if it takes any, is the company's own."""
    certain = not milestone.when or view.when(milestone.when) is True
    owner = TimeOwner.COMPANY if milestone.own_time else TimeOwner.DUTY
    return PlanStep(
        id=milestone.id,
        kind=MILESTONE,
        name=milestone.name,
        verdict=Verdict.APPLIES if certain else Verdict.OPEN,
        reasons=(Reason(milestone.meaning, milestone.source),),
        missing=tuple(dict.fromkeys(view.undecided(milestone.when))),
        stage="project",
        limit=Limit(owner, None, None, milestone.meaning, False),
        timing=NOT_TIMED,
        group=0,
    )
