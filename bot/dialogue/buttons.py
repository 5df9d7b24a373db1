"""Button values: compact, readable, at most 53 bytes, and decoded without any understanding of language.

Grammar: ``#a:ASK:K/ID`` answer an ask · ``#m:ASK:K/ID`` the longer form · ``#p:PLACE:ASK:K/ID`` a place was chosen ·
``#h`` a person, please · ``#l:LANG`` language · ``#t`` topics · ``#f:a:FACT:VALUE`` an answer in the form of a plan (VALUE ``?``: not
known) · ``#f:w:FACT`` change that fact · ``#f:start``, ``#f:back``, ``#f:done``, ``#f:stop``, ``#f:anew`` · ``#g:STAGE:PLACE:PAGE`` on the way to
a matter · ``#k:PLACE:ID`` open a boundary case about a matter (``-``: not said). ASK and K are the short codes below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.conversation import Place
from bot.domain.records import Kind, Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask

# Telegram takes 64, the fewest of all channels, and its signature (see ``signed.py``) needs 11 of them.
MAX_BYTES: Final = 53

_KINDS: Final = dict(zip("pbmfxcw", (Kind.PROCEDURE, Kind.BODY, Kind.MATTER, Kind.PARK, Kind.MECHANISM, Kind.CONCEPT,
                                     Kind.PATHWAY), strict=True))  # fmt: skip
_KIND_CODE: Final = {kind: code for code, kind in _KINDS.items()}
_ASKS: Final = {
    "o": Ask.OVERVIEW, "d": Ask.DEFINITION, "t": Ask.DURATION, "n": Ask.DOCUMENTS, "f": Ask.FEE, "a": Ask.AUTHORITY,
    "h": Ask.HOW, "l": Ask.LEGAL_BASIS, "r": Ask.RESULT, "v": Ask.VALIDITY, "s": Ask.ORDER, "y": Ask.APPLICABILITY,
    "e": Ask.EXPANSION, "k": Ask.RISK, "w": Ask.WHO, "u": Ask.SUPPORT, "z": Ask.ESCALATION, "c": Ask.CONTACT,
    "j": Ask.DUTIES, "q": Ask.VALUE, "g": Ask.PRICE, "i": Ask.LIST, "b": Ask.DATE, "m": Ask.CONFIRM, "x": Ask.STATUS,
    "p": Ask.SCOPE, "0": Ask.COMPARE, "1": Ask.PLAN,
}  # fmt: skip
_ASK_CODE: Final = {ask: code for code, ask in _ASKS.items()}
_PLACES: Final = {"n": Place.NEW, "e": Place.EXISTING, "u": Place.UNKNOWN}
_PLACE_CODE: Final = {place: code for code, place in _PLACES.items()}
_RECORD = re.compile(r"#([am]):([a-z0-9]):([a-z])/([a-z0-9][a-z0-9-]*)")
_ANSWERED = re.compile(r"#f:a:([a-z][a-z0-9_]*):(\?|[a-z0-9][a-z0-9_.-]*)")
_CHANGED = re.compile(r"#f:w:([a-z][a-z0-9_]*)")
_FORM_ACTS: Final[dict[str, Literal["start", "back", "done", "stop", "anew"]]] = {
    "start": "start", "back": "back", "done": "done", "stop": "stop", "anew": "anew",
}  # fmt: skip
_STAGES: Final = {"i": "invest", "a": "approve", "b": "build", "r": "run", "o": "other", "-": ""}
_STAGE_CODE: Final = {stage: code for code, stage in _STAGES.items()}
_GUIDED = re.compile(r"#g:([iabro-]):([neu-]):(\d{1,2})")
_WHISTLED = re.compile(r"#k:([neu-]):([a-z0-9][a-z0-9-]*)")
_PLACED = re.compile(r"#p:([neu]):([a-z0-9]):([a-z])/([a-z0-9][a-z0-9-]*)")


@dataclass(frozen=True, slots=True)
class FormPress:
    """A step in the form of a plan. ``fact`` with ``answer`` and ``change`` only; ``value`` None: not known."""

    act: Literal["start", "answer", "change", "back", "done", "stop", "anew"]
    fact: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A decoded button value."""

    act: Literal["answer", "more", "place", "human", "language", "topics", "form", "guide", "case"]
    ask: Ask = Ask.OVERVIEW
    record: Ref | None = None
    place: Place | None = None
    language: Language | None = None
    form: FormPress | None = None
    stage: str = ""
    page: int = 0


def encode(press: Press) -> str:
    """The value of a button. Raises ValueError when it would not fit in ``MAX_BYTES``."""
    value = _encode(press)
    if len(value.encode()) > MAX_BYTES:
        raise ValueError(f"button value longer than {MAX_BYTES} bytes: {value}")
    return value


def _encode(press: Press) -> str:
    if press.act == "human":
        return "#h"
    if press.act == "topics":
        return "#t"
    if press.act == "language":
        return f"#l:{press.language}"
    if press.form is not None:
        return _encode_form(press.form)
    where = _PLACE_CODE[press.place] if press.place else "-"
    if press.act == "guide":
        return f"#g:{_STAGE_CODE[press.stage]}:{where}:{press.page}"
    assert press.record is not None
    if press.act == "case":
        return f"#k:{where}:{press.record.id}"
    target = f"{_ASK_CODE[press.ask]}:{_KIND_CODE[press.record.kind]}/{press.record.id}"
    if press.act == "place":
        assert press.place is not None
        return f"#p:{_PLACE_CODE[press.place]}:{target}"
    return f"#{press.act[0]}:{target}"


def _encode_form(step: FormPress) -> str:
    if step.act == "answer":
        return f"#f:a:{step.fact}:{'?' if step.value is None else step.value}"
    return f"#f:w:{step.fact}" if step.act == "change" else f"#f:{step.act}"


def _decode_form(text: str) -> Press | None:
    if match := _ANSWERED.fullmatch(text):
        return Press("form", form=FormPress("answer", match[1], None if match[2] == "?" else match[2]))
    if match := _CHANGED.fullmatch(text):
        return Press("form", form=FormPress("change", match[1]))
    act = text.removeprefix("#f:")
    return Press("form", form=FormPress(_FORM_ACTS[act])) if act in _FORM_ACTS else None


def decode(text: str) -> Press | None:
    """The press that a text stands for, or None when the text is no button value."""
    text = text.strip()
    if not text.startswith("#") or len(text.encode()) > MAX_BYTES:
        return None
    if text in ("#h", "#t"):
        return Press("human" if text == "#h" else "topics")
    if text in ("#l:zh", "#l:en"):
        return Press("language", language=Language(text[3:]))
    if text.startswith("#f:"):
        return _decode_form(text)
    if match := _GUIDED.fullmatch(text):
        return Press("guide", stage=_STAGES[match[1]], place=_PLACES.get(match[2]), page=int(match[3]))
    if match := _WHISTLED.fullmatch(text):
        return Press("case", record=Ref(Kind.MATTER, match[2]), place=_PLACES.get(match[1]))
    if (match := _RECORD.fullmatch(text)) and match[2] in _ASKS and match[3] in _KINDS:
        act: Literal["answer", "more"] = "answer" if match[1] == "a" else "more"
        return Press(act, _ASKS[match[2]], Ref(_KINDS[match[3]], match[4]))
    if (match := _PLACED.fullmatch(text)) and match[2] in _ASKS and match[3] in _KINDS:
        return Press("place", _ASKS[match[2]], Ref(_KINDS[match[3]], match[4]), _PLACES[match[1]])
    return None
