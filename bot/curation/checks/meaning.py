"""Checks that a record says what its data says, and that the rules of responsibility hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.curation.numbers import quantities
from bot.curation.problems import Problem
from bot.curation.texts import texts
from bot.curation.yaml_files import Entry, KnowledgeFiles
from bot.domain.audience import staff_fields
from bot.domain.records import Matter, Mechanism, ParkFact, Procedure
from bot.domain.text import Language

_IN_FORCE: Final = re.compile(
    r"已经?(?:建立|推行|实行|实施|落地|开通|运行|启用|设立)|正在运行|现已|"
    r"\b(?:has been (?:set up|introduced|launched|established)|is (?:already )?(?:in place|in operation|running))\b",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"不|未|没|建议|应当|\b(?:not|no|never|yet|should|would|recommend\w*|propos\w*)\b", re.IGNORECASE
)


def figures_not_told(files: KnowledgeFiles) -> Iterator[Problem]:
    """A figure that the answer in words does not contain."""
    for entry, record in files.records():
        if not isinstance(record, ParkFact) or record.figure is None:
            continue
        number = Decimal(repr(record.figure.number)).normalize()
        for language in Language:
            told = {item.value for item in quantities(record.answer[language], language)}
            unit = record.figure.unit[language].lstrip("×x ")
            as_written = {item.value for item in quantities(f"{number:f}{unit}", language)}
            scaled = {number * item.value for item in quantities(unit, language)}
            if not told & (as_written | scaled | {number}):
                message = f"{record.id}: the figure {number:f} is not in the answer: make them say the same"
                yield entry.problem("figure-not-told", message, ("answer", language.value))


def days_without_unit(files: KnowledgeFiles) -> Iterator[Problem]:
    """A number of days whose unit is not said, or a unit without days."""
    for entry, record in files.records():
        if not isinstance(record, Procedure):
            continue
        for field, limit in (("time_limit", record.time_limit), ("reform_target", record.reform_target)):
            if limit is not None and (limit.value is None) != (limit.unit is None):
                message = (
                    f"{record.id}: {field}: value and unit go together: add the one that is missing, or none"
                )
                yield entry.problem("days-without-unit", message, (field,))


def proposals_told_as_services(files: KnowledgeFiles) -> Iterator[Problem]:
    """A recommended mechanism in words that say it is in force."""
    for entry, record in files.records():
        if not isinstance(record, Mechanism) or record.status != "recommended":
            continue
        hidden = staff_fields(Mechanism) | {"sources"}
        for path, text in texts(record):
            if path[0] in hidden:
                continue
            for words in (text.zh, text.en):
                if (match := _IN_FORCE.search(words)) and not _DENIED.search(words):
                    message = f"{record.id}: {match.group()!r}: it is only recommended, so do not tell it as in force"
                    yield entry.problem("proposal-as-service", message, path)


def responsibilities(files: KnowledgeFiles) -> Iterator[Problem]:
    """A settled matter has a lead; an unsettled one has none, but candidates and words for the meantime."""
    for entry, record in files.records():
        if isinstance(record, Matter):
            yield from _settled(entry, record) if record.status == "settled" else _unsettled(entry, record)


def _settled(entry: Entry, matter: Matter) -> Iterator[Problem]:
    if matter.lead is None:
        message = f"{matter.id}: settled, but nobody leads: name the lead, or make it unsettled"
        yield entry.problem("settled-without-lead", message, ("status",))
    if matter.settled_by == "none":
        message = f"{matter.id}: settled by nothing: say by what (report, law, both), or make it unsettled"
        yield entry.problem("settled-without-lead", message, ("settled_by",))


def _unsettled(entry: Entry, matter: Matter) -> Iterator[Problem]:
    code = "unsettled-matter"
    if matter.lead is not None:
        message = (
            f"{matter.id}: nobody is settled, so no body may lead it: move {matter.lead!r} to the candidates"
        )
        yield entry.problem(code, message, ("lead",))
    if matter.settled_by != "none":
        message = (
            f"{matter.id}: unsettled, yet settled by {matter.settled_by}: write none, or make it settled"
        )
        yield entry.problem(code, message, ("settled_by",))
    if matter.interim is None:
        yield entry.problem(
            code, f"{matter.id}: say what holds in the meantime: add interim.public", ("status",)
        )
    if not matter.candidates:
        yield entry.problem(code, f"{matter.id}: say who is concerned: add candidates", ("status",))


def places_to_ask(files: KnowledgeFiles) -> Iterator[Problem]:
    """A matter that asks where needs its counterpart for the other place, and that one must lead back to some place.

    Several matters may lead to one counterpart, which then names only the most general of them.
    """
    matters = {record.id: record for _, record in files.records() if isinstance(record, Matter)}
    for entry, record in files.records():
        if not isinstance(record, Matter):
            continue
        if record.ask_location and not record.counterpart:
            message = f"{record.id}: it asks where, so it needs a counterpart for the other place: add it"
            yield entry.problem("no-counterpart", message, ("ask_location",))
        for place, other in enumerate(record.counterpart):
            if other in matters and not matters[other].counterpart:
                message = f"{record.id}: its counterpart {other!r} names none itself: add {record.id!r} there"
                yield entry.problem("one-sided-counterpart", message, ("counterpart", place))
