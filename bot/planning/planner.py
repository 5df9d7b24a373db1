"""Makes the plan of a project: what applies, in which order, how long by law, what is open and what is not needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from bot.domain.plan import CalendarNote, Edge, Excluded, Plan, PlanPathway, PlanStep, ProjectFacts, Verdict
from bot.domain.records import Pathway
from bot.domain.rules import START_DATE
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView
from bot.planning.days import Days
from bot.planning.graph import edges_among, in_order
from bot.planning.grouping import group_steps, groups_of
from bot.planning.judging import Judgement, judge, reasons_of
from bot.planning.missing import missing_facts
from bot.planning.pathways import matching_pathways, told_pathway
from bot.planning.seal import sealed
from bot.planning.shown import fact_lines
from bot.planning.steps import milestone_step, procedure_step
from bot.planning.timing import time_steps
from bot.planning.totals import total
from bot.planning.windows import windows_of


def make_plan(book: PlanningBook, facts: ProjectFacts, made_on: date) -> Plan:
    """The plan of ``facts``, sealed. Raises InvalidInput when the knowledge makes steps wait for each other.

    ``facts`` must have been read by ``bot.planning.fields.read_facts``, or be values of their definitions.
    """
    ordered = {fact: facts.values[fact] for fact in book.facts if fact in facts.values}
    unknown = tuple(fact for fact in book.facts if fact in facts.unknown)
    return _Draft(book, ProjectFacts(ordered, unknown), made_on).plan()


@dataclass(frozen=True)
class _Draft:
    """One plan in the making: each part is worked out once, from those before it."""

    book: PlanningBook
    facts: ProjectFacts
    made_on: date

    def plan(self) -> Plan:
        steps = {step.id: step for step in self.timed}
        days = self.days
        last = max((step.timing.latest_finish for step in self.timed), default=0)
        return sealed(
            Plan(
                made_on=self.made_on,
                revision=self.book.revision.number,
                digest=self.book.revision.digest,
                start=self.start,
                facts=self.facts,
                fact_lines=fact_lines(self.book, self.view),
                missing=self.missing,
                pathways=self.told_pathways,
                steps=self.timed,
                edges=self.edges,
                groups=groups_of(self.timed),
                critical_path=self.critical_path,
                totals=total(steps, self.critical_path, self.days),
                windows=windows_of(self.book, steps, days),
                excluded=self.excluded,
                cautions=tuple(notice.text for notice in self.book.notices),
                calendar=CalendarNote(days.known_years(last), days.unknown_year(last)),
            )
        )

    @cached_property
    def view(self) -> FactView:
        return FactView(self.book.facts, self.facts)

    @cached_property
    def start(self) -> date | None:
        value = self.view.known(START_DATE) if START_DATE in self.book.facts else None
        return date.fromisoformat(value) if isinstance(value, str) else None

    @cached_property
    def days(self) -> Days:
        return Days(self.book.holidays, self.start)

    @cached_property
    def judgements(self) -> Mapping[str, Judgement]:
        return {identifier: judge(rule, self.view) for identifier, rule in self.book.rules.items()}

    @cached_property
    def pathways(self) -> tuple[Pathway, ...]:
        return matching_pathways(self.book, self.facts)

    @cached_property
    def told_pathways(self) -> tuple[PlanPathway, ...]:
        return tuple(map(told_pathway, self.pathways))

    @cached_property
    def nodes(self) -> frozenset[str]:
        procedures = {
            identifier for identifier, item in self.judgements.items() if item.verdict is not Verdict.NOT
        }
        milestones = {
            item.id
            for item in self.book.milestones.values()
            if not item.when or self.view.when(item.when) is not False
        }
        return frozenset(procedures | milestones)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        found = edges_among(self.book.needs, self.nodes)
        place = {node: number for number, node in enumerate(self.order_of(found))}
        return tuple(sorted(found, key=lambda edge: (place[edge.before], place[edge.after])))

    def order_of(self, edges: tuple[Edge, ...]) -> tuple[str, ...]:
        written = [*self.book.rules, *self.book.milestones]
        return in_order((node for node in written if node in self.nodes), edges)

    @cached_property
    def before(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for edge in self.edges:
            found.setdefault(edge.after, []).append(edge.before)
        return {node: tuple(items) for node, items in found.items()}

    @cached_property
    def untimed(self) -> tuple[PlanStep, ...]:
        """The steps in order, without times and groups."""
        return tuple(self._step(node) for node in self.order_of(self.edges))

    def _step(self, node: str) -> PlanStep:
        after = self.before.get(node, ())
        if node in self.book.milestones:
            return replace(milestone_step(self.book.milestones[node], self.view), after=after)
        step = procedure_step(self.book, node, self.judgements[node], self.view, self.pathways)
        met = tuple(
            item for item in step.taken_as_met if item.id not in self.nodes and not self._replaced(item.id)
        )
        return replace(step, after=after, taken_as_met=met)

    def _replaced(self, procedure: str) -> bool:
        return any(
            procedure in self.book.rules[node].stands_for for node in self.nodes & self.book.rules.keys()
        )

    @cached_property
    def _scheduled(self) -> tuple[tuple[PlanStep, ...], tuple[str, ...]]:
        grouped = group_steps(self.untimed, self.pathways)
        return time_steps(self.book, grouped, self.view, self.days)

    @property
    def timed(self) -> tuple[PlanStep, ...]:
        return self._scheduled[0]

    @property
    def critical_path(self) -> tuple[str, ...]:
        return self._scheduled[1]

    @cached_property
    def excluded(self) -> tuple[Excluded, ...]:
        return tuple(
            Excluded(
                identifier,
                self.book.procedures[identifier].name,
                reasons_of(item, self.book.procedures[identifier]),
            )
            for identifier, item in self.judgements.items()
            if item.verdict is Verdict.NOT
        )

    @cached_property
    def missing(self) -> tuple[str, ...]:
        return missing_facts(self.book, self.view, self.judgements)
