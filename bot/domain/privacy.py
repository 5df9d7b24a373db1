"""Personal data in what a person writes: found by form and checked by its own check digit, then masked. Pure.

Masked are identity card numbers (GB 11643, with their checksum), mobile numbers, bank card numbers (with Luhn's check digit)
and e-mail addresses. Everything else that is made of digits stays: amounts, areas, dates, postcodes, hotlines, landlines,
permit and project codes. What is masked keeps its length and separators, so that a reader sees what stood there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

from bot.domain.messages import Inbound

LONGEST: Final = (
    4_001  # characters of a message that are kept: one more than is read, so that too long stays too long
)

# An amount or a measure is no telephone number, however many digits it has.
_NO_UNIT_BEFORE: Final = r"(?<![¥￥$€£])(?<![¥￥$€£] )(?<!RMB )(?<!CNY )(?<!RMB)(?<!CNY)"
_NO_UNIT_AFTER: Final = (
    r"(?!\s*(?:元|万元|亿|万(?!一)|美元|欧元|港元|港币|日元|人民币|平方|平米|㎡|m²|m2|亩|公顷|吨|公斤|千克|千瓦|度电|株|%|％"
    r"|(?:yuan|rmb|cny|usd|dollars?|sq|kwh|kw|tons?|tonnes?|units|people)\b))"
)
# Part of a longer number or of a code in groups (2305-330400-04-01-123456).
_ALONE_BEFORE: Final = r"(?<!\d)(?<!\d[.\-/_])"
_ALONE_AFTER: Final = r"(?!\d)(?![.\-/_]\d)"

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9](?:[\w.+%-]{0,62}\w)?[@＠][A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,24}", re.ASCII
)
_IDENTITY: Final = re.compile(
    _ALONE_BEFORE + r"\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ](?![\dA-Za-z])(?![.\-/_]\d)"
)
_CARD: Final = re.compile(
    _ALONE_BEFORE + r"(?:\d{16,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?)(?![ -]?\d)(?![A-Za-z])"
)
_MOBILE: Final = re.compile(
    _NO_UNIT_BEFORE
    + r"(?<!\d)(?<!\d[.\-/_])(?P<country>(?:[+＋]|00)?86[ -]?)?[1１][3-9３-９]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})"
    + _ALONE_AFTER
    + _NO_UNIT_AFTER,
    re.IGNORECASE,
)  # fmt: skip
_MAY_HOLD: Final = re.compile(r"[@＠]|\d(?:[ -]?\d){10}")

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_PROVINCES: Final = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)  # fmt: skip
# A construction permit's number has the same form, with the day it was given where a birthday would be: those of our time
# are no birthdays of people who write here.
_BORN: Final = range(1900, 2013)
_ISSUERS: Final = ("62", "60", "4", "51", "52", "53", "54", "55", "35", "9558", "9559", "103")


def mask(text: str) -> str:
    """The text with every personal number and address masked. Masking twice changes nothing more."""
    if not _MAY_HOLD.search(text):
        return text
    text = _EMAIL.sub(lambda found: "***@***", text)
    text = _IDENTITY.sub(lambda found: _stars(found[0]) if is_identity(found[0]) else found[0], text)
    text = _CARD.sub(lambda found: _stars(found[0]) if is_card(found[0]) else found[0], text)
    return _MOBILE.sub(lambda found: _stars(found[0]), text)


def kept_private(message: Inbound) -> Inbound:
    """The message as it may be kept: masked, and no longer than anybody reads."""
    text = mask(message.text[:LONGEST])
    return message if text == message.text else replace(message, text=text)


def is_identity(text: str) -> bool:
    """An identity card's number: a province, a day of birth, and the right check character (ISO 7064, mod 11-2)."""
    plain = _plain(text)
    if len(plain) != 18 or int(plain[:2]) not in _PROVINCES or int(plain[6:10]) not in _BORN:
        return False
    try:
        date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return False
    return _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, plain, strict=False)) % 11] == plain[17]


def is_card(text: str) -> bool:
    """A bank card's number: of an issuer that there is, with the right check digit (Luhn)."""
    plain = _plain(text)
    if not 16 <= len(plain) <= 19 or not plain.startswith(_ISSUERS):
        return False
    digits = [int(digit) for digit in reversed(plain)]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _plain(text: str) -> str:
    """The digits as ASCII, without separators."""
    return "".join(str(int(ch)) if ch.isdigit() else "X" for ch in text if ch.isdigit() or ch in "XxＸｘ")


def _stars(text: str) -> str:
    return re.sub(r"[\dXxＸｘ]", "*", text)
