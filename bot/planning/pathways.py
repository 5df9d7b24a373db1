"""Which pathways a project goes along, and what they say of a step."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.plan import PlanPathway, ProjectFacts
from bot.domain.records import Pathway
from bot.domain.text import Bilingual
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView


def matching_pathways(book: PlanningBook, facts: ProjectFacts) -> tuple[Pathway, ...]:
    """The pathways of a project, with what each presumes for what is not known; the first is the main one. May be none."""
    return tuple(
        book.pathways[rule.id]
        for rule in book.pathway_rules
        if FactView(book.facts, ProjectFacts({**rule.presume, **facts.values})).when(rule.when)
    )


def told_pathway(pathway: Pathway) -> PlanPathway:
    """A pathway as a plan tells it. Its published time is a reform target for the whole journey, never a limit."""
    return PlanPathway(
        pathway.id, pathway.name, pathway.applies_when, pathway.cautions, pathway.time_reference
    )


def notes_of(procedure: str, pathways: Sequence[Pathway]) -> tuple[Bilingual, ...]:
    """What the first pathway with a note on a procedure says of it."""
    for pathway in pathways:
        notes = [step.note for step in pathway.steps if step.procedure == procedure and step.note is not None]
        if notes:
            return tuple(notes)
    return ()
