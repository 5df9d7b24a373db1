"""The knowledge base that is shipped: complete, without any problem, and silent towards the public about what is for staff."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from bot.curation.checks import check_knowledge
from bot.curation.publish import read_for_publishing
from bot.curation.texts import texts
from bot.curation.yaml_files import KnowledgeFiles, read_knowledge
from bot.domain.audience import staff_fields
from bot.domain.catalogue import Catalogue, Revision
from bot.domain.links import links
from bot.domain.records import Interim, Kind, Record
from bot.domain.text import Audience, Bilingual

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
COMPILED = date(2026, 11, 24)  # overdue reviews are for the curators, not for the tests


@cache
def shipped() -> KnowledgeFiles:
    return read_knowledge(KNOWLEDGE)


def catalogue(audience: Audience) -> Catalogue:
    return Catalogue(shipped().knowledge, Revision(1, "", datetime.now(UTC)), audience)


def test_there_is_no_problem() -> None:
    assert [str(problem) for problem in check_knowledge(shipped(), COMPILED)] == []
    assert read_for_publishing(KNOWLEDGE) == shipped().knowledge


def test_every_record_of_the_material_is_there() -> None:
    counted = Counter(ref.kind for ref in shipped().knowledge.records)
    assert {kind.value: counted[kind] for kind in Kind} == {
        "procedure": 50, "pathway": 8, "concept": 25, "body": 64, "matter": 70, "park": 59, "mechanism": 37,
    }  # fmt: skip


def test_no_word_for_staff_reaches_the_public() -> None:
    public = repr(catalogue(Audience.PUBLIC).knowledge)
    hidden = [
        words
        for record in shipped().knowledge.records.values()
        for words in _for_staff(record)
        if len(words) > 12  # shorter ones may well be said elsewhere too
    ]
    assert len(hidden) > 100
    assert [words for words in hidden if words in public] == []


def _for_staff(record: Record) -> list[str]:
    """What only staff may read: everything of a staff record but names, dates and sources; else its staff fields."""
    whole = record.audience is Audience.STAFF
    cls: type = type(record)
    found: list[Bilingual] = []
    for path, text in texts(record):
        interim = isinstance(getattr(record, str(path[0])), Interim) and path[-1] in staff_fields(Interim)
        own = whole and path[0] in ("functions", "what", "answer", "basis_report", "caution", "explanation")
        if own or interim or path[0] in staff_fields(cls):
            found.append(text)
    return [words for text in found for words in (text.zh, text.en)]


def test_the_public_catalogue_names_nothing_that_is_not_in_it() -> None:
    public = catalogue(Audience.PUBLIC)
    dangling = [
        (ref, link)
        for ref, record in public.records.items()
        for link in links(record)
        if link.id and link.ref is not None and public.get(link.ref) is None
    ]
    assert dangling == []
    assert all(record.owner for record in public.records.values())


def test_every_code_is_explained_to_the_editors() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for name in ("checks/*.py", "yaml_files.py", "training_data.py")
        for path in (Path(__file__).parents[2] / "bot" / "curation").glob(name)
    )
    explained = set(re.findall(r"`([a-z-]+)`", (KNOWLEDGE / "README.md").read_text(encoding="utf-8")))
    used = set(re.findall(r"\"((?:[a-z]+-)+[a-z]+)\"", source)) | {"cycle", "unfinished", "drift"}
    assert used - explained == set()
