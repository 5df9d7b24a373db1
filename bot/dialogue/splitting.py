"""The separate questions of a message, each with the background told beside it. Knows how questions are formed, no record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.dialogue.normal import chinese_share, has_content, normalise
from bot.domain.lexicon import Lexicon
from bot.domain.text import Forms

_MARKER: Final = r"(?:\(?\d{1,2}\s?[.)、:](?!\d)|[一二三四五六][、.)](?=\S)|[-*•·]\s)"
_ITEM: Final = re.compile(rf"^\s*{_MARKER}\s*")
_ITEMS_IN_LINE: Final = re.compile(rf"(?:(?<=^)|(?<=[\s?!。;,:]))(?={_MARKER})")
_ITEM_WORDS: Final = re.compile(r"[,;:]?\s*(?:一是|二是|三是|四是|首先是|其次是)")
_CIRCLED: Final = re.compile("[①-⑨]")

_SENTENCE: Final = re.compile(r"(?<=[?!。;])\s*|(?<=[a-z0-9)][a-z0-9)][.])\s+(?=[a-z])")
_CLAUSE: Final = re.compile(r",\s*|、|:\s*")
_GOES_ON: Final = ("和", "跟", "与", "同", "还是", "或者")  # a clause that only goes on with the one before
_ADDS: Final = re.compile(r"(?:另外|还有|顺便|以及|并且|同时)(?!的|一)(?:再?还?想?问一?下?)?[,:]?")

_ASKS_ZH: Final = re.compile(
    r"[吗嘛么]$|呢$|什么|啥|谁(?!都|也)|哪|(?<![好十过这那])几(?!乎)|多少|多久|多长|多大|多高|多快|怎么|怎样|如何|咋|是否|为何|"
    r"(?:要|能|会|可|需|用|有|该|算|对|好|行|在|属|管|收|包)不(?:要|能|会|可|需|用|有|该|算|对|好|行|在|属|管|收|包)|有没有|是不是|"
    r"没有?$|了不$|(?:想|要|需要)(?:知道|了解|问|请教|咨询)|请教|告诉我|介绍"
)
_BETWEEN: Final = re.compile(r"([批办管发审做]?)[要得能会还又需]{0,2}")  # of two things asked in one breath
_LEAD_IN: Final = re.compile(r"(?:请教|想?问|咨询).{0,6}(?:问题|事|下)$|i have .{0,20}questions?$")
_NOT_ASKED: Final = re.compile(
    r"什么都|啥都|哪都|哪里都|怎么都|没什么|没啥|没多久|不知道为什么|说什么也|谁都|谁也"
)
_SHORT_ASK: Final = 6  # characters: "材料", "办理时限"
_NOUN_PHRASE: Final = 14  # characters: "标准地拿地流程"
_TELLS: Final = re.compile(r"[我们没了不已在]")

_AUX: Final = r"(?:do|does|did|is|are|was|were|can|could|must|should|will|would|may|has|have)"
_WH: Final = r"(?:how|who|whom|whose|what|which|where|when|why)"
_JOINT_EN: Final = re.compile(
    rf"(?:,?\s+(?:and|also|plus|as well as)\s+(?=(?:also\s+)?(?:{_WH}|do|does|is|are|can|could|must|should)\b))|(?:[,:]\s+(?=(?:{_WH}|{_AUX})\b))"
    r"|(?:,?\s+and\s+(?=(?:the )?(?:costs?|fees?|documents|papers|validity)\W*$))"
)
_SUBORDINATE: Final = re.compile(
    rf"^(?:and |so |but )?(?:if|because|since|although|while|once|after|before|as|when(?!\s+{_AUX}\b))\b"
)
_ASKS_EN: Final = re.compile(rf"\b{_WH}\b|^(?:and |also |plus |so |then |but |ok |okay )*{_AUX}\b")
_TELLS_EN: Final = re.compile(r"(?:and |so |but )?(?:we|i|our|my|it|they|there|this|the)\b")
_FEW_WORDS: Final = 4  # "documents for the permit"
_CHINESE: Final = 0.34


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, normalised, and what was told beside it. ``heard``: what of both says what is asked."""

    text: str
    background: str = ""
    heard: str = ""


def split_questions(text: str, lexicon: Lexicon) -> list[Asked]:
    """The questions of a text as it was written, in order. What asks nothing is background of the question next to it."""
    pieces = [piece for item in _items(text) for piece in _pieces(item, lexicon)]
    if not any(asks for _, asks in pieces):
        return [Asked(statement, heard=statement) for statement in _statements(text)]
    found: list[tuple[str, list[str]]] = []
    told: list[str] = []
    for piece, asks in pieces:
        if _is_courtesy(piece, lexicon):
            continue
        if asks:
            found.append((piece, told))
            told = []
        else:
            told.append(piece)
    if not found:
        return [Asked(statement, heard=statement) for statement in _statements(text)]
    found[-1][1].extend(told)  # told after the last question: it belongs to it
    return [_asked(piece, joined(beside), len(found) == 1, lexicon) for piece, beside in found]


def _asked(text: str, background: str, sole: bool, lexicon: Lexicon) -> Asked:
    """A sole question is heard with all that was told, another where nothing in it says what is asked."""
    alone = not background or not (sole or not _asks_word(text, lexicon.asks))
    return Asked(text, background, text if alone else joined([background, text]))


def joined(parts: Iterable[str]) -> str:
    """Clauses as one text, as its language writes them."""
    said = [part.rstrip(" ,") for part in parts if part]
    return (", " if said and chinese_share(said[0]) < _CHINESE else ",").join(said)


def _is_courtesy(piece: str, lexicon: Lexicon) -> bool:
    """True for what only greets, thanks or announces questions."""
    bare = piece.strip(" ,.!?。~")
    return bool(_LEAD_IN.match(bare)) or any(
        bare in lexicon.intents[each]
        for each in ("greet", "thank", "goodbye", "affirm")
        if each in lexicon.intents
    )


def _items(text: str) -> list[str]:
    """The lines of a text, or the items of a list within a line, normalised, without their numbers."""
    lines = [line for line in _CIRCLED.sub("\n", text).splitlines() if has_content(line)]
    items: list[str] = []
    for line in lines:
        plain = normalise(line)
        parts = _ITEMS_IN_LINE.split(plain)
        if len(parts) < 3 and not (len(parts) == 2 and _ITEM.match(parts[0])):  # one number alone is no list
            parts = _ITEM_WORDS.split(plain) if len(_ITEM_WORDS.findall(plain)) > 1 else [plain]
        items += (_ITEM.sub("", part).strip() for part in parts)
    return [item for item in items if has_content(item)]


def _statements(text: str) -> list[str]:
    """A message that asks nothing in so many words: each of its sentences, English ones together."""
    plain = normalise(text)
    if chinese_share(plain) < _CHINESE:
        return [plain]
    return [sentence.strip() for sentence in _SENTENCE.split(plain) if has_content(sentence)]


def _pieces(item: str, lexicon: Lexicon) -> Iterator[tuple[str, bool]]:
    """The clauses of an item that stand for themselves, each with whether it asks something."""
    for sentence in _SENTENCE.split(item):
        if not has_content(sentence):
            continue
        if chinese_share(sentence) < _CHINESE:
            yield from _english(sentence.strip(" ;"), lexicon.asks)
        else:
            yield from _chinese(sentence.strip(" ;"), lexicon.asks)


def _english(sentence: str, asks: Mapping[str, Forms]) -> Iterator[tuple[str, bool]]:
    parts = [part for part in _JOINT_EN.split(sentence) if has_content(part)]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        yield part, _asks_in_english(part, last and sentence.endswith("?"), asks)


def _asks_in_english(part: str, marked: bool, asks: Mapping[str, Forms]) -> bool:
    if _SUBORDINATE.match(part) and "," not in part:
        return False
    brief = len(part.split()) <= _FEW_WORDS and not _TELLS_EN.match(part)
    return marked or bool(_ASKS_EN.search(part)) or (brief and _asks_word_en(part, asks))


def _chinese(sentence: str, asks: Mapping[str, Forms]) -> Iterator[tuple[str, bool]]:
    waiting = ""
    clauses = list(_clauses(sentence, asks))
    for number, (clause, listed) in enumerate(clauses):
        marked = sentence.endswith("?") and number == len(clauses) - 1
        if waiting and clause.startswith(_GOES_ON):
            waiting += "," + clause
            continue
        if waiting:
            yield waiting, True
            waiting = ""
        if listed or marked or asks_something(clause, asks):
            waiting = clause
        else:
            yield clause, False
    if waiting:
        yield waiting, True


def _clauses(sentence: str, asks: Mapping[str, Forms]) -> Iterator[tuple[str, bool]]:
    """The clauses of a sentence, each with whether it is one of several that are asked for with an "and also" between."""
    for clause in filter(has_content, _CLAUSE.split(sentence)):
        begin, listed = 0, False
        for joint in _ADDS.finditer(clause):
            before, after = clause[begin : joint.start()], clause[joint.end() :]
            if len(after.strip("呢吗啊呀? ")) < 2:
                continue  # 「还有呢」
            if not before:
                begin = joint.end()
            elif _asks_word(before, asks) and _asks_word(after, asks):
                yield from ((part, True) for part in _chained(before, asks))
                begin, listed = joint.end(), True
        yield from ((part, listed) for part in _chained(clause[begin:], asks))


def _chained(clause: str, asks: Mapping[str, Forms]) -> Iterator[str]:
    """「找谁批要多久要不要钱」: what is asked, one after the other without a pause."""
    begin, end, asked = 0, -1, ""
    for start, stop, ask in _ask_words(clause, asks):
        between = _BETWEEN.fullmatch(clause[max(end, 0) : start])
        if asked and ask != asked and between and _ASKS_ZH.search(clause[begin:end]):
            yield clause[begin : end + between.end(1)]
            begin = end + between.end(1)
        end, asked = stop, ask
    yield clause[begin:]


def _ask_words(clause: str, asks: Mapping[str, Forms]) -> list[tuple[int, int, str]]:
    """Where a word that asks stands, the longest first where they overlap, in order."""
    spans = [
        (match.start(), match.end(), ask)
        for ask, forms in asks.items()
        for word in forms.zh
        if len(word) > 1 and _ASKS_ZH.search(word)
        for match in re.finditer(re.escape(word), clause)
    ]
    taken: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda each: (each[0] - each[1], each[0])):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in taken):
            taken.append(span)
    return sorted(taken)


def asks_something(clause: str, asks: Mapping[str, Forms]) -> bool:
    """True when the clause is formed as a question, or is little more than a word that says what is asked."""
    bare = _NOT_ASKED.sub("", clause.rstrip("?。!;"))
    if _ASKS_ZH.search(bare):
        return True
    if len(bare) <= _SHORT_ASK:
        return _asks_word(bare, asks)
    return len(bare) <= _NOUN_PHRASE and not _TELLS.search(bare) and bare.endswith(_nouns(asks))


def _nouns(asks: Mapping[str, Forms]) -> tuple[str, ...]:
    """Words that say what is asked at the end of a noun phrase ("标准地拿地流程")."""
    return tuple(word for forms in asks.values() for word in forms.zh if len(word) > 1)


def _asks_word(clause: str, asks: Mapping[str, Forms]) -> bool:
    return any(word in clause for forms in asks.values() for word in forms.zh) or _asks_word_en(clause, asks)


def _asks_word_en(part: str, asks: Mapping[str, Forms]) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", part) for forms in asks.values() for word in forms.en)
