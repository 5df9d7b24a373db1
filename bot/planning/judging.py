"""Decides for each rule whether its procedure is on the road: it applies, it does not, or it is open, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.plan import Reason, Verdict
from bot.domain.records import LegalBasis, Procedure
from bot.domain.rules import Case, LimitCase, Rule, When
from bot.domain.text import Bilingual
from bot.planning.conditions import FactView


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a rule comes out. ``missing``: facts, not known, that would settle it; empty when an office decides."""

    verdict: Verdict
    cases: tuple[Case, ...]
    missing: tuple[str, ...] = ()


def judge(rule: Rule, view: FactView) -> Judgement:
    """The verdict of a rule. Cases that can still hold and agree count as one; those that do not make it open."""
    truths = [(case, view.when(case.when, rule.presume)) for case in rule.cases if case.when]
    certain = [case for case, truth in truths if truth]
    if certain:
        return Judgement(
            certain[0].verdict, tuple(case for case in certain if case.verdict is certain[0].verdict)
        )
    possible = [case for case, truth in truths if truth is None]
    rest = [case for case in rule.cases if not case.when]
    if not possible:
        return Judgement(rest[0].verdict, (rest[0],)) if rest else Judgement(Verdict.OPEN, ())
    missing = tuple(
        dict.fromkeys(fact for case in possible for fact in view.undecided(case.when, rule.presume))
    )
    everything = [*possible, *(rest if _may_not_matter(rule, view) else ())]
    verdicts = {case.verdict for case in everything}
    verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.OPEN
    return Judgement(verdict, tuple(everything), missing)


def _may_not_matter(rule: Rule, view: FactView) -> bool:
    """Whether the rest case is still possible: only when some fact of the rule may turn out not to matter at all."""
    facts = {fact for case in rule.cases for tests in case.when for fact in tests}
    return any(view.matters(fact) is None for fact in facts)


def reasons_of(judgement: Judgement, procedure: Procedure) -> tuple[Reason, ...]:
    """The reasons with their sources, each once."""
    found = dict.fromkeys(_reason(case, procedure) for case in judgement.cases)
    return tuple(found)


def _reason(case: Case, procedure: Procedure) -> Reason:
    facts = tuple(dict.fromkeys(fact for tests in case.when for fact in tests))
    return Reason(case.reason, cited(procedure.legal_basis[case.basis]), facts, case.verdict)


def cited(basis: LegalBasis) -> Bilingual:
    """A legal basis as it may be shown: with its article only where that was checked."""
    if basis.article is None or not basis.checked:
        return basis.law
    return Bilingual(f"{basis.law.zh}{basis.article.zh}", f"{basis.law.en}, {basis.article.en}")


def possible_limits(rule: Rule, view: FactView) -> tuple[LimitCase, ...]:
    """The cases of the time limit that can still hold; all of them when none can."""
    return tuple(item for item in rule.limits if _possible(item.when, view))


def missing_for_limit(rule: Rule, view: FactView) -> tuple[str, ...]:
    """The facts, not known, that would tell which case of the time limit holds."""
    return tuple(dict.fromkeys(fact for item in rule.limits for fact in view.undecided(item.when)))


def _possible(when: When, view: FactView) -> bool:
    return not when or view.when(when) is not False


def unknown_facts(judgements: Iterable[Judgement]) -> frozenset[str]:
    """All facts that would settle something."""
    return frozenset(fact for judgement in judgements for fact in judgement.missing)
