"""The knowledge of planning, laid out for use: built once for a revision, shared by all plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import NotFound
from bot.domain.records import Kind, Pathway, Procedure, Ref
from bot.domain.rules import Fact, Milestone, PathwayRule, PlanNotice, Rule
from bot.domain.text import Audience, Bilingual
from bot.planning.graph import Needs, all_needs
from bot.planning.holidays import Holidays


@dataclass(frozen=True, slots=True)
class PlanningBook:
    """Rules by procedure, facts by id in the order of asking, and the records they are about."""

    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    milestones: Mapping[str, Milestone]
    pathway_rules: tuple[PathwayRule, ...]
    notices: tuple[PlanNotice, ...]
    words: Mapping[str, Bilingual]
    procedures: Mapping[str, Procedure]
    pathways: Mapping[str, Pathway]
    holidays: Holidays
    revision: Revision
    needs: Needs

    @classmethod
    def of(
        cls, knowledge: KnowledgeSet, revision: Revision, audience: Audience = Audience.PUBLIC
    ) -> PlanningBook:
        """The book of a revision as an audience sees it. Raises NotFound when it has no planning rules."""
        seen = knowledge.for_audience(audience)
        planning = seen.planning
        if not planning.rules or not planning.facts:
            raise NotFound("the loaded knowledge has no planning rules: load a newer revision")
        procedures = {ref.id: record for ref, record in seen.records.items() if isinstance(record, Procedure)}
        pathways = {ref.id: record for ref, record in seen.records.items() if isinstance(record, Pathway)}
        rules = {rule.id: rule for rule in planning.rules if Ref(Kind.PROCEDURE, rule.id) in seen.records}
        milestones = {item.id: item for item in planning.milestones}
        return cls(
            facts={fact.id: fact for fact in planning.facts},
            rules=rules,
            milestones=milestones,
            needs=all_needs(rules, milestones, procedures),
            pathway_rules=tuple(rule for rule in planning.pathways if rule.id in pathways),
            notices=tuple(item for item in planning.notices if item.use == "notice"),
            words={item.id: item.text for item in planning.notices if item.use == "word"},
            procedures=procedures,
            pathways=pathways,
            holidays=Holidays.of(planning.calendar),
            revision=revision,
        )
