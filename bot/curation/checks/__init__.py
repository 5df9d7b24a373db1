"""Everything that is checked of the knowledge files. Each check is a pure function over them that tells all it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from bot.curation.checks import dates, laws, links, meaning, names, planning_links, planning_rules, wording
from bot.curation.problems import Problem
from bot.curation.yaml_files import KnowledgeFiles, read_knowledge

Check = Callable[[KnowledgeFiles], Iterable[Problem]]

CHECKS: Final[tuple[Check, ...]] = (
    links.duplicate_ids,
    links.malformed_ids,
    links.dangling_ids,
    links.misplaced_marks,
    links.prerequisite_cycles,
    links.subjects_apart,
    links.staff_behind_public,
    links.pathway_order,
    names.shared_names,
    names.repeated_forms,
    names.out_of_reach,
    wording.unfinished,
    wording.unequal_numbers,
    wording.wrong_language,
    wording.inner_references,
    wording.forbidden_claims,
    laws.unchecked_articles,
    laws.superseded_articles,
    meaning.figures_not_told,
    meaning.days_without_unit,
    meaning.proposals_told_as_services,
    meaning.responsibilities,
    meaning.places_to_ask,
    dates.malformed_dates,
    planning_links.malformed_facts,
    planning_links.dangling_names,
    planning_links.misplaced_tests,
    planning_links.order_cycles,
    planning_links.procedures_without_rule,
    planning_links.unused_facts,
    planning_rules.loose_bands,
    planning_rules.contradictions,
    planning_rules.unreachable_pathways,
)


def check_knowledge(files: KnowledgeFiles, today: date) -> list[Problem]:
    """All problems of all files at once, by file and line."""
    checks: tuple[Check, ...] = (*CHECKS, partial(dates.expired_reviews, today=today))
    found = {problem for check in checks for problem in check(files)}
    return sorted(found.union(files.problems))


def check_folder(knowledge: Path, today: date) -> list[Problem]:
    """``check_knowledge`` of a folder."""
    return check_knowledge(read_knowledge(knowledge), today)
