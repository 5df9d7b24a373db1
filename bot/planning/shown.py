"""The facts of a project as a plan shows them."""

from __future__ import annotations

from bot.domain.plan import FactLine, FactValue
from bot.domain.rules import Fact
from bot.domain.text import Bilingual
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView


def fact_lines(book: PlanningBook, view: FactView) -> tuple[FactLine, ...]:
    """What was said, in the order of asking; what is known not to be known, too."""
    return tuple(
        fact_line(fact, view.facts.get(fact.id), view.matters(fact.id) is not False)
        for fact in book.facts.values()
        if view.facts.settled(fact.id)
    )


def fact_line(fact: Fact, value: FactValue | None, used: bool = True) -> FactLine:
    """One fact and its value."""
    return FactLine(fact.id, fact.label, value, words_of(fact, value), fact.unit, used)


def words_of(fact: Fact, value: FactValue | None) -> Bilingual | None:
    """The words of an option or a band; None for what has none of its own."""
    named = {**{item.id: item.label for item in fact.options}, **{item.id: item.label for item in fact.bands}}
    return named.get(value) if isinstance(value, str) else None
