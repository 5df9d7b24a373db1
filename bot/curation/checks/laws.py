"""Checks of citations: an article number is shown only where it was checked, and never of a law that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from bot.curation.problems import Problem
from bot.curation.texts import texts
from bot.curation.yaml_files import Entry, KnowledgeFiles
from bot.domain.links import Path
from bot.domain.records import Header, LegalBasis, Procedure, TimeLimit
from bot.domain.references import Law
from bot.domain.shapes import identifier
from bot.domain.text import Bilingual

_ZH_ARTICLE: Final = r"第[0-9零〇一二三四五六七八九十百千]+条"
_EN_ARTICLE: Final = r"\b(?:Articles?|Arts?\.)\s*\d"
_ARTICLE: Final = re.compile(f"{_ZH_ARTICLE}|{_EN_ARTICLE}", re.IGNORECASE)
_INSTEAD: Final = "name the newer law, without an article"
_BETWEEN: Final = r"[》]?(?:[（(][^（）()]*[）)])?[》,，]?\s*"


def unchecked_articles(files: KnowledgeFiles) -> Iterator[Problem]:
    """An article number in a text that is shown although its citation was not checked."""
    for entry in files.entries:
        for path, text in texts(entry.value):
            if _hidden(entry.value, path) or _checked(entry.value, path):
                continue
            if match := _article(text):
                message = (
                    f"{identifier(entry.value)}: {'.'.join(map(str, path))}: {match!r} was not checked: name the law only, "
                    "or check the citation and mark it"
                )
                yield entry.problem("unchecked-article", message, path)


def superseded_articles(files: KnowledgeFiles) -> Iterator[Problem]:
    """An article of a law that another one replaced: its numbers lead nowhere."""
    gone = [(law, _citations(law)) for law in files.knowledge.laws.values() if law.superseded_by is not None]
    for entry in files.entries:
        if isinstance(entry.value, Law) and entry.value.superseded_by is not None:
            yield from _articles_of_gone_law(entry, entry.value)
            continue
        for path, text in texts(entry.value):
            if _article(text) is None:
                continue
            for law, cited in gone:
                if cited.search(f"{text.zh}\n{text.en}"):
                    message = f"{identifier(entry.value)}: an article of {law.name.zh}, which was replaced: {_INSTEAD}"
                    yield entry.problem("superseded-article", message, path)
        if isinstance(entry.value, Procedure):
            yield from _bases_on_gone_laws(entry, entry.value, [law for law, _ in gone])


def _articles_of_gone_law(entry: Entry, law: Law) -> Iterator[Problem]:
    message = f"{law.id}: no article number of a law that was replaced, nor of the one that replaced it: take it out"
    if law.article is not None:
        yield entry.problem("superseded-article", message, ("article",))
    for path, text in texts(law):
        if path[0] in ("name", "gist", "superseded_by") and _article(text):
            yield entry.problem("superseded-article", message, path)


def _bases_on_gone_laws(entry: Entry, record: Procedure, gone: list[Law]) -> Iterator[Problem]:
    for place, basis in enumerate(record.legal_basis):
        for law in gone:
            if basis.article is not None and _same_law(basis.law.zh, law.name.zh):
                message = f"{record.id}: {basis.law.zh} was replaced: {_INSTEAD}"
                yield entry.problem("superseded-article", message, ("legal_basis", place, "article"))


def _citations(law: Law) -> re.Pattern[str]:
    """The law's name with an article number right behind it, or (English) before it."""
    zh, en = re.escape(_base_name(law.name.zh)), re.escape(_base_name(law.name.en))
    return re.compile(
        f"{zh}{_BETWEEN}{_ZH_ARTICLE}|{en}{_BETWEEN}{_EN_ARTICLE}|{_EN_ARTICLE}[0-9 ,and]*of the {en}",
        re.IGNORECASE,
    )


def _base_name(name: str) -> str:
    """A law's name without brackets, year and book-title marks."""
    return re.split(r"[（(第,，]", name.strip("《》"))[0].removeprefix("中华人民共和国").strip(" 》")


def _same_law(name: str, other: str) -> bool:
    return _base_name(name) == _base_name(other)


def _article(text: Bilingual) -> str | None:
    match = _ARTICLE.search(text.zh) or _ARTICLE.search(text.en)
    return match.group() if match else None


def _hidden(value: Any, path: Path) -> bool:
    """True for what is never shown while it is unchecked: the article field itself."""
    return path[-1] == "article" and not _checked(value, path)


def _checked(value: Any, path: Path) -> bool:
    """Whether the citation of the fact at ``path`` was checked: as the fact says, else its mark, else its record."""
    if isinstance(value, Law):
        return value.checked
    if not isinstance(value, Header):
        return False
    part = getattr(value, str(path[0]))
    if isinstance(part, tuple) and len(path) > 1 and isinstance(path[1], int):
        part = part[path[1]]
    if isinstance(part, LegalBasis | TimeLimit):
        return part.checked
    mark = value.marks.get(str(path[0]))
    if mark is not None and mark.checked is not None:
        return mark.checked
    return value.confidence == "high"
