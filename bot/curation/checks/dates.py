"""Checks of dates: written in one form, and reviews not overdue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.curation.problems import Problem
from bot.curation.yaml_files import KnowledgeFiles
from bot.domain.links import Path
from bot.domain.records import Header
from bot.domain.references import Law, LawChange
from bot.domain.shapes import Value, identifier

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def malformed_dates(files: KnowledgeFiles) -> Iterator[Problem]:
    """A date that is not YYYY, YYYY-MM or YYYY-MM-DD, or not in the calendar."""
    for entry in files.entries:
        for path, text in _dates(entry.value):
            if not _is_date(text):
                message = f"{identifier(entry.value)}: {text!r}: write YYYY, YYYY-MM or YYYY-MM-DD, the rest into a note"
                yield entry.problem("malformed-date", message, path)


def expired_reviews(files: KnowledgeFiles, today: date) -> Iterator[Problem]:
    """A record or field whose review is overdue."""
    for entry, record in files.records():
        due: list[tuple[Path, date]] = [(("review_by",), record.review_by)]
        due += [
            (("marks", name, "review_by"), mark.review_by)
            for name, mark in record.marks.items()
            if mark.review_by
        ]
        for path, day in due:
            if day < today:
                message = (
                    f"{record.id}: review was due by {day.isoformat()}: ask {record.owner!r} to confirm it"
                )
                yield entry.problem("review-overdue", message, path)


def _dates(value: Value) -> Iterator[tuple[Path, str]]:
    found: list[tuple[Path, str | None]] = []
    if isinstance(value, Header):
        found.append((("as_of",), value.as_of))
        found += [(("sources", place, "date"), source.date) for place, source in enumerate(value.sources)]
        found += [(("marks", name, "as_of"), mark.as_of) for name, mark in value.marks.items()]
    elif isinstance(value, Law):
        found.append((("superseded_on",), value.superseded_on))
    elif isinstance(value, LawChange):
        found.append((("date",), value.date))
    yield from ((path, text) for path, text in found if text is not None)


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True
