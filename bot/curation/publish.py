"""From the folder to a set that may be loaded into the database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.curation.checks import links, planning_links
from bot.curation.problems import Problem
from bot.curation.yaml_files import KnowledgeFiles, read_knowledge
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import InvalidInput

# What would make answers wrong or impossible. The other checks ask for better words; they do not stop a start.
_NEEDED: Final = (
    links.duplicate_ids,
    links.malformed_ids,
    links.dangling_ids,
    links.prerequisite_cycles,
    links.staff_behind_public,
    planning_links.malformed_facts,
    planning_links.dangling_names,
    planning_links.misplaced_tests,
    planning_links.order_cycles,
)


def read_for_publishing(folder: Path) -> KnowledgeSet:
    """The knowledge under ``folder``. Raises InvalidInput when any of it is malformed or names what is not there."""
    if not folder.is_dir():
        raise InvalidInput(f"no folder {folder}: say where the knowledge files are")
    files = read_knowledge(folder)
    problems = hindrances(files)
    if problems:
        more = f" (and {len(problems) - 1} more: run 'yuanwen knowledge check')" if len(problems) > 1 else ""
        raise InvalidInput(f"the knowledge cannot be loaded: {problems[0]}{more}")
    if not files.entries:
        raise InvalidInput(f"no records under {folder}: say where the knowledge files are")
    return files.knowledge


def hindrances(files: KnowledgeFiles) -> list[Problem]:
    """The problems that forbid loading, by file and line."""
    found: Iterable[Problem] = (problem for check in _NEEDED for problem in check(files))
    return sorted({*files.problems, *found})
