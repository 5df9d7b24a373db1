"""What to ask next, and what each answer would make of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.domain.plan import Branch, FactValue, ProjectFacts
from bot.domain.rules import Fact
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView
from bot.planning.judging import judge
from bot.planning.missing import missing_facts
from bot.planning.planner import make_plan
from bot.planning.shown import in_words


def next_question(book: PlanningBook, facts: ProjectFacts) -> Fact | None:
    """The next fact to ask for: essential, not settled, and of use for this project. None when all that matters was asked."""
    return next(_open_questions(book, facts, essential=True), None)


def questions_left(book: PlanningBook, facts: ProjectFacts) -> tuple[Fact, ...]:
    """All essential facts that would be asked for as things stand; answers can add some and make others needless."""
    return tuple(_open_questions(book, facts, essential=True))


def further_questions(book: PlanningBook, facts: ProjectFacts) -> tuple[Fact, ...]:
    """Facts that nobody is asked for, but which would make conditional items certain."""
    return tuple(_open_questions(book, facts, essential=False))


def _open_questions(book: PlanningBook, facts: ProjectFacts, *, essential: bool) -> Iterator[Fact]:
    view = FactView(book.facts, facts)
    judgements = {identifier: judge(rule, view) for identifier, rule in book.rules.items()}
    for identifier in missing_facts(book, view, judgements):
        fact = book.facts[identifier]
        asked = fact.essential is essential and not facts.settled(identifier)
        if asked and view.matters(identifier) is True:
            yield fact


def answers_to(fact: Fact) -> tuple[FactValue, ...]:
    """The answers that can be listed: options, yes and no, bands. Empty for an open amount and for a date."""
    match fact.kind:
        case "choice":
            return tuple(option.id for option in fact.options)
        case "yes_no":
            return (True, False)
        case "amount":
            return tuple(band.id for band in fact.bands)
        case "date":
            return ()


def branches(book: PlanningBook, facts: ProjectFacts, fact: str, made_on: date) -> tuple[Branch, ...]:
    """The plan for each listed answer to a fact that is not known. Raises KeyError for a fact that there is not."""
    definition = book.facts[fact]
    return tuple(
        Branch(fact, value, words, make_plan(book, facts.with_value(fact, value), made_on))
        for value in answers_to(definition)
        if (words := in_words(book, definition, value)) is not None
    )
