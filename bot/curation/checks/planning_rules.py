"""Checks of what the rules of planning say together: tried out on every kind of project that they can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import prod
from typing import Final

from bot.curation.problems import Problem
from bot.curation.yaml_files import Entry, KnowledgeFiles
from bot.domain.plan import FactValue, ProjectFacts, Verdict
from bot.domain.rules import Fact, PathwayRule, Range, Rule, When
from bot.planning.conditions import FactView, within

_MOST: Final = 50_000  # kinds of project tried for one rule


def loose_bands(files: KnowledgeFiles) -> Iterator[Problem]:
    """A band that a condition cuts through: choosing it would settle nothing."""
    ranges = _ranges(files)
    for entry in files.entries:
        if isinstance(entry.value, Fact):
            for place, band in enumerate(entry.value.bands):
                cut = [item for item in ranges.get(entry.value.id, ()) if within(band.range, item) is None]
                if cut:
                    message = f"{entry.value.id}: a condition has a bound inside the band {band.id!r}: split it there"
                    yield entry.problem("loose-band", message, ("bands", place))


def contradictions(files: KnowledgeFiles) -> Iterator[Problem]:
    """Two cases of a rule that say different things of one project, none that says anything, and cases that never hold."""
    facts = {fact.id: fact for fact in files.knowledge.planning.facts}
    ranges = _ranges(files)
    for entry in files.entries:
        rule = entry.value
        if not isinstance(rule, Rule) or not _names_known(rule, facts):
            continue
        used = _closure([case.when for case in rule.cases], facts)
        projects = _projects(used, facts, ranges)
        if projects is None:
            message = f"{rule.id}: depends on too many facts at once to be tried out: split its conditions"
            yield entry.problem("too-many-facts", message, ("cases",))
        else:
            yield from _tried(entry, rule, facts, projects)


def _tried(
    entry: Entry, rule: Rule, facts: Mapping[str, Fact], projects: Iterator[ProjectFacts]
) -> Iterator[Problem]:
    held: set[int] = set()
    told: set[tuple[int, ...]] = set()
    rest = [place for place, case in enumerate(rule.cases) if not case.when]
    for project in projects:
        view = FactView(facts, project)
        holding = tuple(place for place, case in enumerate(rule.cases) if case.when and view.when(case.when))
        held.update(holding or rest[:1])
        verdicts = {rule.cases[place].verdict for place in holding}
        if len(verdicts) > 1 and holding not in told:
            told.add(holding)
            message = (
                f"{rule.id}: cases {_counted(holding)} say different things of one project: {_shown(project)}"
            )
            yield entry.problem("contradiction", message, ("cases", holding[1], "when"))
        if not holding and not rest and () not in told:
            told.add(())
            message = (
                f"{rule.id}: no case fits this project: {_shown(project)}; add a case, or one without 'when'"
            )
            yield entry.problem("no-case", message, ("cases",))
    for place, _ in enumerate(rule.cases):
        if place not in held:
            message = f"{rule.id}: no project comes to case {place}: correct its condition or remove it"
            yield entry.problem("dead-case", message, ("cases", place))
    if all(rule.cases[place].verdict is Verdict.NOT for place in held):
        message = f"{rule.id}: no project needs it: correct its conditions"
        yield entry.problem("unreachable-procedure", message, ("cases",))


def unreachable_pathways(files: KnowledgeFiles) -> Iterator[Problem]:
    """A pathway that no project goes along."""
    facts = {fact.id: fact for fact in files.knowledge.planning.facts}
    ranges = _ranges(files)
    for entry in files.entries:
        rule = entry.value
        if not isinstance(rule, PathwayRule) or not all(
            name in facts for tests in rule.when for name in tests
        ):
            continue
        projects = _projects(_closure([rule.when], facts), facts, ranges)
        if projects is not None and not any(FactView(facts, project).when(rule.when) for project in projects):
            message = f"{rule.id}: no project goes along this pathway: correct its condition"
            yield entry.problem("unreachable-pathway", message, ("when",))


def _names_known(rule: Rule, facts: Mapping[str, Fact]) -> bool:
    return all(name in facts for case in rule.cases for tests in case.when for name in tests)


def _closure(conditions: Sequence[When], facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The facts of some conditions, and those that decide whether these matter."""
    found: dict[str, None] = {}
    waiting = [name for when in conditions for tests in when for name in tests]
    while waiting:
        name = waiting.pop()
        if name not in found and name in facts:
            found[name] = None
            waiting += [other for tests in facts[name].matters_when for other in tests]
    return tuple(sorted(found))


def _projects(
    names: Sequence[str], facts: Mapping[str, Fact], ranges: Mapping[str, Sequence[Range]]
) -> Iterator[ProjectFacts] | None:
    """One project of each kind that the facts can tell apart; None when there are too many kinds."""
    values = [_values(facts[name], ranges.get(name, ())) for name in names]
    if prod(map(len, values)) > _MOST:
        return None
    return (ProjectFacts(dict(zip(names, chosen, strict=True))) for chosen in product(*values))


def _values(fact: Fact, ranges: Sequence[Range]) -> Sequence[FactValue]:
    """Values of a fact, one for every way in which conditions can come out."""
    match fact.kind:
        case "yes_no":
            return (True, False)
        case "choice":
            return tuple(option.id for option in fact.options)
        case "date":
            return ("2026-11-24",)
        case "amount":
            bounds = {
                bound
                for item in ranges
                for bound in (item.at_least, item.above, item.at_most, item.below)
                if bound is not None
            }
            points = sorted({0.0, *bounds})
            between = [(low + high) / 2 for low, high in pairwise(points)]
            return tuple(sorted({*points, *between, points[-1] + 1}))


def _ranges(files: KnowledgeFiles) -> Mapping[str, list[Range]]:
    """Every range that some condition tests a fact with."""
    planning = files.knowledge.planning
    conditions: list[When] = [case.when for rule in planning.rules for case in rule.cases]
    conditions += [limit.when for rule in planning.rules for limit in rule.limits]
    conditions += [item.when for item in planning.milestones]
    conditions += [item.when for item in planning.pathways]
    conditions += [fact.matters_when for fact in planning.facts]
    found: dict[str, list[Range]] = {}
    for when in conditions:
        for tests in when:
            for name, test in tests.items():
                if isinstance(test, Range):
                    found.setdefault(name, []).append(test)
    return found


def _counted(places: Sequence[int]) -> str:
    return " and ".join(map(str, places))


def _shown(project: ProjectFacts) -> str:
    return ", ".join(f"{name} {value}" for name, value in project.values.items())
