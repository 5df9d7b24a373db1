"""What differs between two plans: for "what if", and for a supplement to a plan that was handed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.domain.plan import (
    Addition,
    FactChange,
    Plan,
    PlanDifference,
    PlanStep,
    StepChange,
    Supplement,
)

# What of a step is told: other fields (its place, its days) follow from these.
_TOLD: Final = ("verdict", "office", "papers", "fee", "limit", "legal_basis", "validity", "notes")


def difference(before: Plan, after: Plan) -> PlanDifference:
    """Facts, steps and totals that are not the same."""
    old, new = _by_id(before), _by_id(after)
    changed = tuple(
        StepChange(old[identifier], step, fields)
        for identifier, step in new.items()
        if identifier in old and (fields := _changed_fields(old[identifier], step))
    )
    return PlanDifference(
        facts=fact_changes(before, after),
        added=tuple(step for identifier, step in new.items() if identifier not in old),
        removed=tuple(step for identifier, step in old.items() if identifier not in new),
        changed=changed,
        before=before.totals,
        after=after.totals,
    )


def fact_changes(before: Plan, after: Plan) -> tuple[FactChange, ...]:
    """The facts of which something else is said, or nothing any more."""
    old = {line.id: line for line in before.fact_lines}
    new = {line.id: line for line in after.fact_lines}
    return tuple(
        FactChange(
            identifier,
            (new.get(identifier) or old[identifier]).label,
            old[identifier].value if identifier in old else None,
            new[identifier].value if identifier in new else None,
        )
        for identifier in dict.fromkeys((*old, *new))
        if before.facts.get(identifier) != after.facts.get(identifier)
    )


def supplement(before: Plan, after: Plan, same_facts: Plan) -> Supplement:
    """What ``after`` adds to ``before``. ``same_facts``: the plan of the earlier facts by today's knowledge, which tells why.

    What that one has, too, came with the knowledge; the rest came with the facts.
    """
    return Supplement(
        before=before.number,
        after=after.number,
        revision_before=before.revision,
        revision_after=after.revision,
        additions=tuple(_additions(before, after, same_facts)),
    )


def _additions(before: Plan, after: Plan, same_facts: Plan) -> Iterator[Addition]:
    old, middle = _by_id(before), _by_id(same_facts)
    facts = fact_changes(before, after)
    for step in after.steps:
        known = old.get(step.id)
        papers = tuple(paper for paper in step.papers if paper not in known.papers) if known else ()
        firmer = known is not None and known.verdict is not step.verdict
        if known is not None and not papers and not firmer:
            continue
        there = middle.get(step.id)
        by_knowledge = (
            there is not None
            and there.verdict is step.verdict
            and all(paper in there.papers for paper in papers)
        )
        if by_knowledge:
            yield Addition(step, papers, "knowledge")
        else:
            yield Addition(step, papers, "facts", tuple(item for item in facts if item.id in _rests_on(step)))


def _rests_on(step: PlanStep) -> frozenset[str]:
    return frozenset(fact for reason in step.reasons for fact in reason.facts)


def _changed_fields(before: PlanStep, after: PlanStep) -> tuple[str, ...]:
    return tuple(name for name in _TOLD if getattr(before, name) != getattr(after, name))


def _by_id(plan: Plan) -> dict[str, PlanStep]:
    return {step.id: step for step in plan.steps}
