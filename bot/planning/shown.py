"""The facts of a project in words."""

from __future__ import annotations

from typing import Final

from bot.domain.plan import FactLine, FactValue
from bot.domain.rules import Fact
from bot.domain.text import Bilingual
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView

_WAN: Final = 10**4
_YI: Final = 10**8


def fact_lines(book: PlanningBook, view: FactView) -> tuple[FactLine, ...]:
    """What was said, in the order of asking; what is known not to be known, too."""
    return tuple(
        FactLine(
            fact.id,
            fact.label,
            in_words(book, fact, view.facts.get(fact.id)),
            view.matters(fact.id) is not False,
        )
        for fact in book.facts.values()
        if view.facts.settled(fact.id)
    )


def in_words(book: PlanningBook, fact: Fact, value: FactValue | None) -> Bilingual | None:
    """A fact's value in both languages; None for "not known"."""
    if value is None:
        return None
    if isinstance(value, bool):
        word = "yes" if value else "no"
        return book.words.get(word, Bilingual(word, word))
    if isinstance(value, str):
        named = {
            **{item.id: item.label for item in fact.options},
            **{item.id: item.label for item in fact.bands},
        }
        return named.get(value, Bilingual(value, value))
    zh, en = _number(value)
    return Bilingual(f"{zh}{fact.unit.zh}", f"{en} {fact.unit.en}") if fact.unit else Bilingual(zh, en)


def _number(value: int | float) -> tuple[str, str]:
    """2000000 as 200万 and 2,000,000: Chinese counts large round numbers in 万 and 亿."""
    english = f"{value:,.2f}".rstrip("0").rstrip(".")
    for scale, word in ((_YI, "亿"), (_WAN, "万")):
        if value >= scale and value % (scale // 100) == 0:
            return f"{value / scale:g}{word}", english
    return f"{value:.2f}".rstrip("0").rstrip("."), english
