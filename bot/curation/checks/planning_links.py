"""Checks of the rules of planning: that what they name is there and of the right kind, that nothing waits for itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from bot.curation.checks.links import cycles
from bot.curation.problems import Problem
from bot.curation.yaml_files import Entry, KnowledgeFiles
from bot.domain.links import Path
from bot.domain.plan import FactValue
from bot.domain.records import Kind, Pathway, Procedure, Ref
from bot.domain.rules import START_DATE, Fact, Milestone, PathwayRule, Range, Rule, Test, When
from bot.planning.graph import all_needs

_KEY: Final = re.compile(r"[a-z][a-z0-9_]*")


def malformed_facts(files: KnowledgeFiles) -> Iterator[Problem]:
    """A fact that cannot be asked for: no key, no answers, no unit."""
    for entry in files.entries:
        fact = entry.value
        if not isinstance(fact, Fact):
            continue
        if not _KEY.fullmatch(fact.id):
            message = f"{fact.id!r}: write a fact's id in lower-case letters, digits and underscores"
            yield entry.problem("malformed-id", message, ("id",))
        if (fact.kind == "choice") != bool(fact.options):
            yield entry.problem(
                "malformed-fact", f"{fact.id}: a choice, and no other fact, has options", ("kind",)
            )
        if (fact.kind == "amount") != bool(fact.unit):
            yield entry.problem(
                "malformed-fact", f"{fact.id}: an amount, and no other fact, has a unit", ("kind",)
            )
        counted = Counter([*(item.id for item in fact.options), *(item.id for item in fact.bands)])
        for name, times in counted.items():
            if times > 1:
                yield entry.problem(
                    "malformed-fact", f"{fact.id}: the answer {name!r} is there twice: keep one"
                )
    if files.knowledge.planning.facts and START_DATE not in _facts(files):
        entry = next(entry for entry in files.entries if isinstance(entry.value, Fact))
        yield entry.problem("malformed-fact", f"no fact {START_DATE!r}: add the date that a plan begins on")


def dangling_names(files: KnowledgeFiles) -> Iterator[Problem]:
    """A procedure, milestone, pathway, fact, case of a limit or legal basis that is not there."""
    for entry in files.entries:
        match entry.value:
            case Rule():
                yield from _names_of_rule(files, entry, entry.value)
            case Milestone():
                yield from _names_of_milestone(files, entry, entry.value)
            case PathwayRule():
                if Ref(Kind.PATHWAY, entry.value.id) not in files.knowledge.records:
                    yield _dangling(entry, "pathway", entry.value.id, ("id",))
                yield from _presumed(files, entry, entry.value)
    for entry, path, when in _conditions(files):
        for place, tests in enumerate(when):
            for fact in tests:
                if fact not in _facts(files):
                    yield _dangling(entry, "fact", fact, (*path, place, fact))


def _names_of_rule(files: KnowledgeFiles, entry: Entry, rule: Rule) -> Iterator[Problem]:
    procedure = files.knowledge.records.get(Ref(Kind.PROCEDURE, rule.id))
    if not isinstance(procedure, Procedure):
        yield _dangling(entry, "procedure", rule.id, ("id",))
        return
    named = {case.case.zh for case in procedure.time_limit.variants}
    for place, limit in enumerate(rule.limits):
        if limit.case not in named:
            yield _dangling(entry, "case of the time limit", limit.case, ("limits", place, "case"))
    for place, case in enumerate(rule.cases):
        if not 0 <= case.basis < len(procedure.legal_basis):
            message = (
                f"{rule.id}: basis {case.basis} of {len(procedure.legal_basis)}: count legal bases from 0"
            )
            yield entry.problem("dangling-id", message, ("cases", place, "basis"))
    stations = _stations(files)
    for place, order in enumerate(rule.after):
        if order.id not in stations:
            yield _dangling(entry, "procedure or milestone", order.id, ("after", place, "id"))
    for place, other in enumerate(rule.stands_for):
        if Ref(Kind.PROCEDURE, other) not in files.knowledge.records:
            yield _dangling(entry, "procedure", other, ("stands_for", place))
    for place, lapse in enumerate(rule.lapses):
        if lapse.until not in stations:
            yield _dangling(entry, "procedure or milestone", lapse.until, ("lapses", place, "until"))
    yield from _presumed(files, entry, rule)


def _presumed(files: KnowledgeFiles, entry: Entry, rule: Rule | PathwayRule) -> Iterator[Problem]:
    for fact in rule.presume:
        if fact not in _facts(files):
            yield _dangling(entry, "fact", fact, ("presume", fact))


def _names_of_milestone(files: KnowledgeFiles, entry: Entry, milestone: Milestone) -> Iterator[Problem]:
    if Ref(Kind.PROCEDURE, milestone.id) in files.knowledge.records:
        message = f"{milestone.id!r} is a procedure, too: give the milestone another id"
        yield entry.problem("duplicate-id", message, ("id",))
    for place, order in enumerate(milestone.after):
        if order.id not in _stations(files):
            yield _dangling(entry, "procedure or milestone", order.id, ("after", place, "id"))
    for field, kind in (("lasts", "amount"), ("not_before", "date")):
        name = getattr(milestone, field)
        fact = _facts(files).get(name) if name else None
        if name and (fact is None or fact.kind != kind):
            yield _dangling(entry, f"fact of kind {kind}", name, (field,))


def misplaced_tests(files: KnowledgeFiles) -> Iterator[Problem]:
    """A test that its fact can never meet: a yes for an amount, an option that the choice does not have."""
    facts = _facts(files)
    for entry, path, when in _conditions(files):
        for place, tests in enumerate(when):
            for name, test in tests.items():
                fact = facts.get(name)
                if fact is not None and (wrong := _wrong(fact, test)):
                    yield entry.problem("misplaced-test", f"{name}: {wrong}", (*path, place, name))
    for entry in files.entries:
        if isinstance(entry.value, Rule | PathwayRule):
            for name, value in entry.value.presume.items():
                if name in facts and not _fits(facts[name], value):
                    message = f"{name}: {value!r} is no value of this fact"
                    yield entry.problem("misplaced-test", message, ("presume", name))


def _wrong(fact: Fact, test: Test) -> str | None:
    match fact.kind, test:
        case "yes_no", bool():
            return None
        case "choice", tuple():
            options = {item.id for item in fact.options}
            missing = [item for item in test if item not in options]
            return f"there is no option {missing[0]!r}" if missing else None
        case "amount", Range():
            return None
    return f"test a fact of kind {fact.kind} with " + {
        "yes_no": "true or false", "choice": "a list of its options", "amount": "a range", "date": "nothing: it only dates",
    }[fact.kind]  # fmt: skip


def _fits(fact: Fact, value: FactValue) -> bool:
    match fact.kind:
        case "yes_no":
            return isinstance(value, bool)
        case "choice":
            return value in {item.id for item in fact.options}
        case "amount":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            return False


def order_cycles(files: KnowledgeFiles) -> Iterator[Problem]:
    """Steps that wait for each other, and facts that matter only when each other does."""
    planning = files.knowledge.planning
    entries = {
        entry.value.id: entry for entry in files.entries if isinstance(entry.value, Rule | Milestone | Fact)
    }
    procedures = {
        ref.id: record for ref, record in files.knowledge.records.items() if isinstance(record, Procedure)
    }
    rules = {rule.id: rule for rule in planning.rules if rule.id in procedures}
    needs = all_needs(rules, {item.id: item for item in planning.milestones}, procedures)
    facts = {fact.id: tuple(name for tests in fact.matters_when for name in tests) for fact in planning.facts}
    graphs: tuple[tuple[dict[str, tuple[str, ...]], str], ...] = (
        ({name: tuple(found) for name, found in needs.items()}, "after"),
        (facts, "matters_when"),
    )
    for edges, field in graphs:
        for cycle in cycles(edges):
            message = f"{' → '.join((*cycle, cycle[0]))} never begins: take one link out"
            yield entries[cycle[0]].problem("cycle", message, (field,))


def procedures_without_rule(files: KnowledgeFiles) -> Iterator[Problem]:
    """A procedure or pathway of which nobody says when it is needed. Only where there are rules at all."""
    planning = files.knowledge.planning
    if not planning.rules:
        return
    rules, pathways = {rule.id for rule in planning.rules}, {rule.id for rule in planning.pathways}
    for entry, record in files.records():
        lost = isinstance(record, Procedure) and record.id not in rules
        if lost or (isinstance(record, Pathway) and record.id not in pathways):
            message = f"{record.id}: no rule says which projects need it: add one under planning/"
            yield entry.problem("no-rule", message, ("id",))


def unused_facts(files: KnowledgeFiles) -> Iterator[Problem]:
    """A fact that decides nothing, so that asking for it would be idle."""
    used = {START_DATE} | {fact for _, _, when in _conditions(files) for tests in when for fact in tests}
    for milestone in files.knowledge.planning.milestones:
        used.update(filter(None, (milestone.lasts, milestone.not_before)))
    for entry in files.entries:
        if isinstance(entry.value, Fact) and entry.value.id not in used:
            message = f"{entry.value.id}: no rule uses this fact: use it in a condition or remove it"
            yield entry.problem("unused-fact", message, ("id",))


def _conditions(files: KnowledgeFiles) -> Iterator[tuple[Entry, Path, When]]:
    """Every condition with its place."""
    for entry in files.entries:
        match entry.value:
            case Rule():
                for place, case in enumerate(entry.value.cases):
                    yield entry, ("cases", place, "when"), case.when
                for place, limit in enumerate(entry.value.limits):
                    yield entry, ("limits", place, "when"), limit.when
            case Milestone() | PathwayRule():
                yield entry, ("when",), entry.value.when
            case Fact():
                yield entry, ("matters_when",), entry.value.matters_when


def _facts(files: KnowledgeFiles) -> Mapping[str, Fact]:
    return {fact.id: fact for fact in files.knowledge.planning.facts}


def _stations(files: KnowledgeFiles) -> frozenset[str]:
    procedures = {ref.id for ref in files.knowledge.records if ref.kind is Kind.PROCEDURE}
    return frozenset(procedures | {item.id for item in files.knowledge.planning.milestones})


def _dangling(entry: Entry, what: str, name: str, path: Path) -> Problem:
    return entry.problem("dangling-id", f"there is no {what} {name!r}: correct or remove it", path)
