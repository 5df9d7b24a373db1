"""The conversation about a project: facts are read from what is said, only what matters and is missing is asked.

Pure. Digressions are answered by the other steps of the dialogue, and the form goes on afterwards; every fact can be
corrected at any time, by saying it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bot.dialogue.buttons import FormPress
from bot.dialogue.decided import Decided
from bot.dialogue.mind import Mind
from bot.dialogue.normal import normalise
from bot.dialogue.place import is_unsure
from bot.dialogue.splitting import asks_something
from bot.domain.conversation import Context, PlanForm
from bot.domain.decisions import AskFact, Decision, MakePlan, Social
from bot.domain.plan import FactValue, ProjectFacts
from bot.domain.rules import Fact
from bot.domain.understanding import Ask, Understanding
from bot.planning.book import PlanningBook
from bot.planning.questions import answers_to, next_question
from bot.planning.reading import read_answer, values_in

ENOUGH: Final = 2  # facts in one message that tell of a project without being asked
_TELLING: Final = 60  # bytes (20 Chinese characters); nobody tells that much of a project in less
_YES: Final = "y"
_NO: Final = "n"
_BRIEF: Final = 12  # characters; longer texts that say yes or no say something else as well


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a message says of the project. ``unknown``: it says that the asked fact is not known."""

    values: dict[str, FactValue]
    unknown: bool = False


def started(context: Context, mind: Mind, text: str = "") -> Decided | None:
    """The form begun, or taken up again where it was left; with the facts that ``text`` tells. None without planning rules."""
    if mind.book is None:
        return None
    form = context.form or PlanForm()
    return _with_values(form, values_in(mind.book, text), context, mind.book, mind)


def stepped(press: FormPress, context: Context, mind: Mind) -> Decided:
    """What a button of the form does."""
    book = mind.book
    if book is None:
        return Decided((Social("stale_button"),), context)
    form = context.form or PlanForm()
    match press.act:
        case "start":
            return _on(form, context, book)
        case "anew":
            return _on(PlanForm(), context, book)
        case "stop":
            return Decided((Social("plan_stopped"),), replace(context, form=replace(form, asked=None)))
        case "done":
            return _planned(form, context)
        case "back":
            return _back(form, context, book)
        case "change":
            if press.fact not in book.facts:
                return Decided((Social("stale_button"),), context)
            return _asking(form, book.facts[press.fact], context)
        case "answer":
            return _pressed(press, form, context, book, mind)


def _pressed(press: FormPress, form: PlanForm, context: Context, book: PlanningBook, mind: Mind) -> Decided:
    fact = book.facts.get(press.fact)
    if fact is None:
        return Decided((Social("stale_button"),), context)
    if press.value is None:
        return _on(_settle(form, fact.id, None), context, book)
    value = _listed(fact, press.value)
    if value is None:
        return Decided((Social("stale_button"),), context)
    return _with_values(form, {fact.id: value}, context, book, mind)


def _listed(fact: Fact, value: str) -> FactValue | None:
    if fact.kind == "yes_no":
        return {_YES: True, _NO: False}.get(value)
    return value if value in answers_to(fact) else None


def pressable(fact: Fact) -> tuple[tuple[str, FactValue], ...]:
    """The answers that a question offers: a button's value and the fact's."""
    if fact.kind == "yes_no":
        return ((_YES, True), (_NO, False))
    return tuple((str(value), value) for value in answers_to(fact))


def answered(text: str, understanding: Understanding | None, context: Context, mind: Mind) -> Decided | None:
    """A typed answer to what was asked, or a correction; None where the message is about something else."""
    form, book = context.form, mind.book
    if form is None or book is None or form.asked is None:
        return None
    heard = _heard(text, understanding, form, book, mind)
    if heard.unknown:
        return _on(_settle(form, form.asked, None), context, book)
    if not heard.values or (form.asked not in heard.values and _asks(text, understanding, mind)):
        return None
    return _with_values(form, heard.values, context, book, mind)


def _asks(text: str, understanding: Understanding | None, mind: Mind) -> bool:
    """True for a question of its own ("how long does the report form take?"), whatever facts its words could be taken for."""
    sure = understanding is not None and understanding.confidence >= mind.bounds.intent
    ask = understanding.ask if understanding is not None else None
    return sure and ask not in (None, Ask.PLAN) and asks_something(normalise(text), mind.lexicon.asks)


def told_unasked(text: str, context: Context, mind: Mind, least: int) -> Decided | None:
    """The form begun by a message that tells ``least`` facts of a project, and more than its kind where it is several."""
    book = mind.book
    if book is None or (least > ENOUGH and len(text.encode()) < _TELLING):
        return None
    values = values_in(book, text)
    kinds = {name for rule in book.pathway_rules for way in rule.when for name in way}
    if len(values) < least or (least > 1 and not values.keys() - kinds):
        return None
    return _with_values(context.form or PlanForm(), values, context, book, mind)


def what_if(text: str, context: Context, mind: Mind) -> Decided | None:
    """A plan that was made, made again with what the message changes ("and if we rent the plant?")."""
    form, book = context.form, mind.book
    if form is None or book is None or not form.planned:
        return None
    said = text.casefold()
    if not any(word in said for word in mind.lexicon.what_if):
        return None
    values = values_in(book, text)
    changed = {fact: value for fact, value in values.items() if form.facts.get(fact) != value}
    return _with_values(form, changed, context, book, mind) if changed else None


def resumed(context: Context, mind: Mind) -> Decision | None:
    """The question that is still open, after something else was answered in between."""
    form = context.form
    if form is None or mind.book is None or form.asked not in mind.book.facts:
        return None
    assert form.asked is not None
    return AskFact(form.asked, form.facts, again=True)


def _heard(
    text: str, understanding: Understanding | None, form: PlanForm, book: PlanningBook, mind: Mind
) -> _Heard:
    assert form.asked is not None
    fact = book.facts.get(form.asked)
    values = values_in(book, text)
    if fact is None or fact.id in values:
        return _Heard(values)
    value = read_answer(fact, text)
    if value is not None:
        return _Heard({**values, fact.id: value})
    brief = len(text) <= _BRIEF
    if fact.kind == "yes_no" and brief and (said := _yes_or_no(text, understanding, mind)) is not None:
        return _Heard({**values, fact.id: said})
    return _Heard(values, unknown=not values and brief and is_unsure(text, mind.lexicon))


def _yes_or_no(text: str, understanding: Understanding | None, mind: Mind) -> bool | None:
    bare = text.strip(" .,!?。，！？~")
    for intent, said in (("deny", False), ("affirm", True)):  # "不是" holds "是"
        if bare in mind.lexicon.intents.get(intent, ()):
            return said
    if understanding is not None and understanding.confidence >= mind.bounds.intent:
        return {"affirm": True, "deny": False}.get(understanding.intent)
    return None


def _with_values(
    form: PlanForm, values: dict[str, FactValue], context: Context, book: PlanningBook, mind: Mind
) -> Decided:
    before, asked = form.facts, form.asked
    for fact, value in values.items():
        form = _settle(form, fact, value)
    told = tuple(fact for fact in values if fact != asked)
    if form.planned and values:
        return _planned(form, context, before)
    return _on(form, context, book, told)


def _settle(form: PlanForm, fact: str, value: FactValue | None) -> PlanForm:
    facts = form.facts.with_unknown(fact) if value is None else form.facts.with_value(fact, value)
    path = (*(each for each in form.path if each != fact), fact)
    return replace(form, facts=facts, path=path, asked=None)


def _on(form: PlanForm, context: Context, book: PlanningBook, told: tuple[str, ...] = ()) -> Decided:
    """The next question, or the plan when all that matters was asked."""
    fact = next_question(book, form.facts)
    return _planned(form, context) if fact is None else _asking(form, fact, context, told)


def _asking(form: PlanForm, fact: Fact, context: Context, told: tuple[str, ...] = ()) -> Decided:
    asked = replace(form, asked=fact.id)
    decision = AskFact(fact.id, form.facts, told)
    return Decided((decision,), replace(context, form=asked, pending=None))


def _planned(form: PlanForm, context: Context, before: ProjectFacts | None = None) -> Decided:
    done = replace(form, asked=None, planned=True)
    return Decided((MakePlan(form.facts, before),), replace(context, form=done, pending=None, misses=0))


def _back(form: PlanForm, context: Context, book: PlanningBook) -> Decided:
    """The last settled fact asked for again."""
    if not form.path:
        return _on(form, context, book)
    last = form.path[-1]
    form = replace(form, facts=form.facts.without(last), path=form.path[:-1], planned=False)
    fact = book.facts.get(last)
    return _on(form, context, book) if fact is None else _asking(form, fact, context)
