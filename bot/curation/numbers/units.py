"""Units that stand after a number, by their name in both languages."""

from __future__ import annotations

import re
from typing import Final

# (our name, Chinese, English). The first that fits counts, so the longer ones stand first.
_UNITS: Final = (
    (
        "working day",
        r"个?工作日|[日天]\(工作日\)",
        r"(?:working|business|work)[- ]days?|days? \((?:working|business) days?\)",
    ),
    ("month", r"个月", r"months?"),
    ("week", r"周|个?星期", r"weeks?"),
    ("hour", r"个?小时", r"hours?"),
    ("minute", r"分钟", r"minutes?"),
    ("day", r"个?(?:自然|日历)?[日天]", r"(?:calendar |natural |consecutive )?days?"),
    ("year", r"年", r"years?"),
    ("US dollar", r"美元", r"(?:US )?dollars?|USD"),
    ("yuan", r"元", r"yuan|RMB|CNY"),
    ("square kilometre", r"平方公里|平方千米", r"square kilomet(?:re|er)s?|sq\.? ?km|sqkm"),
    ("square metre", r"平方米|平米|sqm", r"square met(?:re|er)s?|sq\.? ?m\b|sqm"),
    ("mu", r"亩", r"mu\b"),
    ("hectare", r"公顷", r"hectares?|ha\b"),
    ("kilometre", r"公里|千米", r"kilomet(?:re|er)s?|km\b"),
    ("metre", r"米", r"met(?:re|er)s?\b|m\b"),
    ("tonne", r"吨", r"tonnes?|tons?"),
    ("kilowatt hour", r"千瓦时|kWh", r"kWh|kilowatt[- ]hours?"),
    ("per cent", r"%|个?百分点", r"%|per ?cent(?:age points?)?"),
    ("times", r"倍", r"times\b|-?fold"),
)
_IN_ENGLISH = r"[\s-]*(?:(?:more|further|full|additional|whole|consecutive)\s)?"

CHINESE_UNIT: Final = re.compile("|".join(f"(?P<u{place}>{zh})" for place, (_, zh, _) in enumerate(_UNITS)))
ENGLISH_UNIT: Final = re.compile(
    _IN_ENGLISH + "(?:" + "|".join(f"(?P<u{place}>{en})" for place, (_, _, en) in enumerate(_UNITS)) + ")",
    re.IGNORECASE,
)
ENGLISH_CURRENCY: Final = (
    ("US dollar", re.compile(r"(?:US\$|USD\s?)$")),
    ("yuan", re.compile(r"(?:RMB|CNY|¥|yuan)\s?$", re.IGNORECASE)),
)
WORKING_DAYS: Final = (
    re.compile("工作日"),
    re.compile(r"\b(?:working|business|work)[- ]days?\b", re.IGNORECASE),
)
DAY_UNITS: Final = frozenset({"day", "working day"})


def unit_name(match: re.Match[str] | None) -> str:
    """Our name of the unit that one of the patterns matched; empty for none."""
    if match is None or match.lastgroup is None:
        return ""
    return _UNITS[int(match.lastgroup[1:])][0]
