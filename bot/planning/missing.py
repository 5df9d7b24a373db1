"""Which facts, not known, would settle something of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.plan import Verdict
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView
from bot.planning.judging import Judgement, missing_for_limit


def missing_facts(book: PlanningBook, view: FactView, judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    """In the order of asking: whether procedures apply, how long they take, which pathway it is, which milestones there are."""
    wanted: set[str] = set()
    for identifier, judgement in judgements.items():
        wanted.update(judgement.missing)
        if judgement.verdict is not Verdict.NOT:
            wanted.update(missing_for_limit(book.rules[identifier], view))
    for rule in book.pathway_rules:
        wanted.update(view.undecided(rule.when))
    for milestone in book.milestones.values():
        wanted.update(view.undecided(milestone.when))
    return tuple(fact for fact in book.facts if fact in wanted)
