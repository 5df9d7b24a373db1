"""How a plan looks in a terminal. The words are those of the documents."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.plan_words import PlanWords
from bot.domain.plan import Plan, PlanStep, Verdict


def plan_lines(plan: Plan, words: PlanWords) -> Iterator[str]:
    """The plan, line by line: facts, steps by group, what is conditional, totals, what is not needed, cautions."""
    yield f"{words.say('title')}  {plan.number}  {words.say('made_on')} {plan.made_on}"
    yield " / ".join(words.text(pathway.name) for pathway in plan.pathways)
    yield from _section(words.say("facts"), _facts(plan, words))
    yield from _section(words.say("totals"), words.totals(plan))
    certain = [step for step in plan.steps if step.verdict is Verdict.APPLIES]
    yield from _section(words.say("steps"), _steps(certain, words))
    conditional = [step for step in plan.steps if step.verdict is Verdict.OPEN]
    if conditional:
        title = f"{words.say('conditional')}: {words.say('conditional_note')}"
        yield from _section(title, _conditional(conditional, words))
    yield from _section(
        words.say("windows"), (words.window(item, plan) for item in plan.windows if _is_told(plan, item.step))
    )
    yield from _section(words.say("excluded"), _excluded(plan, words))
    cautions = [*plan.cautions, *(caution for pathway in plan.pathways for caution in pathway.cautions)]
    yield from _section(words.say("cautions"), (words.text(caution) for caution in cautions))


def _section(title: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _facts(plan: Plan, words: PlanWords) -> Iterator[str]:
    for line in plan.fact_lines:
        yield f"{words.text(line.label)}: {words.fact(line)}"


def _steps(steps: list[PlanStep], words: PlanWords) -> Iterator[str]:
    for step in steps:
        mark = "*" if step.critical else " "
        yield f"{step.group:>2} {mark} {words.text(step.name)}{_after(words.step_limit(step))}{_after(words.dates(step))}"
        if step.office is not None:
            yield f"       {words.text(step.office)}"


def _conditional(steps: list[PlanStep], words: PlanWords) -> Iterator[str]:
    for step in steps:
        yield f"{words.text(step.name)}{_after(words.step_limit(step))}"
        yield from (f"    {words.text(reason.text)}" for reason in step.reasons)


def _excluded(plan: Plan, words: PlanWords) -> Iterator[str]:
    for item in plan.excluded:
        reasons = " ".join(words.text(reason.text) for reason in item.reasons)
        yield f"{words.text(item.name)}: {reasons}"


def _after(text: str) -> str:
    return f"  |  {text}" if text else ""


def _is_told(plan: Plan, identifier: str) -> bool:
    step = plan.step(identifier)
    return step is not None and step.verdict is Verdict.APPLIES
