"""Checks of the words: finished, in the right language, with the same numbers in both, and promising nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.curation.numbers import differences
from bot.curation.problems import Problem
from bot.curation.texts import strings, texts
from bot.curation.yaml_files import KnowledgeFiles
from bot.domain.shapes import identifier
from bot.domain.text import Bilingual

_UNFINISHED: Final = re.compile(r"\bTODO\b|\bFIXME\b|待补充|待翻译|待撰写|\?\?\?")
_INNER: Final = re.compile(r"\blaw:[a-z]|\bseed\b|\bfaq_voice\b|if_unsettled|functions_staff|机器人不要")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_SENTENCE: Final = re.compile(r"[。；！？;!?\n]|\.(?:\s|$)")
_NEGATED: Final = re.compile(
    r"不|未|没有|并非|无权|是否|\b(?:not|never|no|nor|cannot|without|whether)\b|n['’]t\b", re.IGNORECASE
)

# What no answer may claim: the pattern, and what to do instead. A sentence that denies the claim is no claim.
_CLAIMS: Final = (
    (
        re.compile(r"(?<!\d)80\s*[天日]|八十[天日]|\b80[ -](?:\w+ )?days?\b|\beighty[ -](?:\w+ )?days?\b", re.IGNORECASE),
        "80 days has no source: leave it out",
    ),
    (
        re.compile(
            r"(?:管委会|开发委)(?:负责)?(?:批准|核准|审批|颁发|发证)|"
            r"\bcommittee (?:approves|grants|issues|licenses)\b|"
            r"(?:approved|granted|issued) by the (?:zone |administrative )*committee",
            re.IGNORECASE,
        ),
        "the committee grants nothing by law: name the authority that does",
    ),
    (
        re.compile(
            r"备案(?:完成|通过|好)?(?:后|就|即|便)(?:可以?|能)(?:以)?(?:直接)?(?:开工|动工)|"
            r"(?:start|begin) (?:building|construction|work) (?:once|after|as soon as) [^,]{0,40}\bfil(?:ed|ing)\b",
            re.IGNORECASE,
        ),
        "a filing is no leave to build: say what else is needed",
    ),
)  # fmt: skip


def unfinished(files: KnowledgeFiles) -> Iterator[Problem]:
    """A placeholder where words should be."""
    for raw in files.raw:
        for path, text in strings(raw.data):
            if match := _UNFINISHED.search(text):
                message = (
                    f"{raw.data.get('id') or raw.data.get('name')}: {match.group()!r} left: write the text"
                )
                yield Problem(raw.file, raw.line_of(path), "unfinished", message)


def unequal_numbers(files: KnowledgeFiles) -> Iterator[Problem]:
    """Numbers, units or dates that only one language says."""
    for entry in files.entries:
        for path, text in texts(entry.value):
            if _is_unfinished(text):
                continue
            for difference in differences(text):
                message = f"{identifier(entry.value)}: {'.'.join(map(str, path))}: {difference}: make both say the same"
                yield entry.problem("unequal-numbers", message, path)


def wrong_language(files: KnowledgeFiles) -> Iterator[Problem]:
    """Chinese in the English text, or no Chinese in the Chinese one."""
    for entry in files.entries:
        for path, text in texts(entry.value):
            if _is_unfinished(text):
                continue
            chinese = len(_CHINESE.findall(text.zh))
            words = len(_LATIN_WORD.findall(text.zh))
            where = f"{identifier(entry.value)}: {'.'.join(map(str, path))}"
            if not chinese and words > 1:
                yield entry.problem("wrong-language", f"{where}: write this in Chinese", (*path, "zh"))
            if len(_CHINESE.findall(text.en)) > 2 * len(_LATIN_WORD.findall(text.en)):
                yield entry.problem("wrong-language", f"{where}: write this in English", (*path, "en"))


def inner_references(files: KnowledgeFiles) -> Iterator[Problem]:
    """Words that mean something only to whoever compiled the material."""
    for entry in files.entries:
        for path, text in texts(entry.value):
            for words in (text.zh, text.en):
                if match := _INNER.search(words):
                    message = (
                        f"{identifier(entry.value)}: {match.group()!r} means nothing to a reader: reword it"
                    )
                    yield entry.problem("inner-reference", message, path)


def forbidden_claims(files: KnowledgeFiles) -> Iterator[Problem]:
    """Claims that have no source or promise what nobody may promise."""
    for entry in files.entries:
        for path, text in texts(entry.value):
            for sentence in (*_SENTENCE.split(text.zh), *_SENTENCE.split(text.en)):
                for pattern, advice in _CLAIMS:
                    if (match := pattern.search(sentence)) and not _NEGATED.search(sentence):
                        message = f"{identifier(entry.value)}: {match.group()!r}: {advice}"
                        yield entry.problem("forbidden-claim", message, path)


def _is_unfinished(text: Bilingual) -> bool:
    return bool(_UNFINISHED.search(text.zh) or _UNFINISHED.search(text.en))
