"""The sources under an answer: which documents, with which date, and whether the citation was checked. No wording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.dialogue.lens import shown_law
from bot.domain.catalogue import Catalogue
from bot.domain.messages import SourceLine
from bot.domain.records import Body, Matter, Procedure, Record
from bot.domain.text import Language
from bot.domain.understanding import Ask

_SHOWN = 4  # sources under an answer; all of them when the basis is what is asked


def sources_of(record: Record, ask: Ask, catalogue: Catalogue, language: Language) -> tuple[SourceLine, ...]:
    """The sources of an answer about ``record``, each document once, the most telling first."""
    lines = tuple(_each_once(_lines(record, catalogue, language)))
    return lines if ask is Ask.LEGAL_BASIS else lines[:_SHOWN]


def _lines(record: Record, catalogue: Catalogue, language: Language) -> Iterator[SourceLine]:
    if isinstance(record, Procedure):
        for basis in record.legal_basis:
            article = basis.article[language] if basis.article and basis.checked else None
            yield SourceLine(basis.law[language], record.as_of, basis.checked, article)
    if isinstance(record, Matter) and record.decision:
        since = record.effective_from.isoformat() if record.effective_from else record.as_of
        yield SourceLine(record.decision[language], since, checked=True)
    for source in record.sources if not isinstance(record, Procedure) or not record.legal_basis else ():
        yield SourceLine(source.title[language], source.date or record.as_of, record.confidence == "high")
    if isinstance(record, Matter | Body):
        for identifier in record.laws:
            if law := catalogue.law(identifier):
                name, shown_article, checked = shown_law(law)
                text = shown_article[language] if shown_article else None
                yield SourceLine(name[language], record.as_of, checked, text)


def _each_once(lines: Iterable[SourceLine]) -> Iterator[SourceLine]:
    seen: set[tuple[str, str | None]] = set()
    for line in lines:
        if (line.title, line.article) not in seen:
            seen.add((line.title, line.article))
            yield line
