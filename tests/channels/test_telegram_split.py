"""A text of any length becomes messages that Telegram takes, cut where a reader would cut it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_split import LIMIT, split, units

_TEXTS = st.lists(
    st.one_of(
        st.text(max_size=60), st.sampled_from(["\n\n", "\n", "。", ". ", " ", "施工许可证", "🏭🏗", "a" * 30])
    ),
    max_size=40,
).map("".join)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(_TEXTS, st.integers(2, 80))
def test_every_part_fits_and_nothing_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(1 <= units(part) <= limit and part == part.strip() for part in parts)
    assert bare("".join(parts)) == bare(text)


@given(
    st.lists(st.text("ab 🏭", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=12),
    st.integers(24, 60),
)
def test_paragraphs_that_fit_are_not_cut(paragraphs: list[str], limit: int) -> None:
    whole = [paragraph.strip() for paragraph in paragraphs]
    parts = split("\n\n".join(whole), limit)
    assert [each for part in parts for each in part.split("\n\n")] == whole


@given(_TEXTS)
def test_a_text_that_fits_stays_whole(text: str) -> None:
    assert split(text) == ([text.strip()] if text.strip() else [])


def test_units_are_counted_as_telegram_counts_them() -> None:
    assert units("审批a") == 3
    assert units("🏭") == 2
    assert [len(part) for part in split("🏭" * 3000)] == [2048, 952]


def test_the_widest_border_is_taken() -> None:
    assert split("一段话。\n\n二段", 7) == ["一段话。", "二段"]
    assert split("第一行\n第二行", 5) == ["第一行", "第二行"]
    assert split("先说这个。再说那个", 7) == ["先说这个。", "再说那个"]
    assert split("one two three", 9) == ["one two", "three"]
    assert split("3.14 is pi", 4) == ["3.14", "is", "pi"]


def test_the_limit_is_telegrams() -> None:
    assert [units(part) for part in split("字" * (LIMIT + 1))] == [LIMIT, 1]
