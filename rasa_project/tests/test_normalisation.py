from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kinds import TOKENS
from components.normalisation import MAX_CHARACTERS, normalise

# What people send, and what attackers do: any text, and texts rich in what the normaliser treats specially.
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="环評標準地  　\tABcdＡｂ１２12?？!！。，…😀é\u0301\u200b/{}'’“", max_size=40),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＥＩＡ　要多久？", "eia要多久?"),
        ("環評報告表要批多久", "环评报告表要批多久"),
        ("環 評  要 多久", "环评要多久"),
        ("How   long\n does it\ttake ?", "how long does it take ?"),
        ("急！！！！！", "急!"),
        ("好的👌👌👌", "好的👌"),
        ("soooooo long", "sooo long"),
        ("1000000元", "1000000元"),
        ("what’s “standard land”", 'what\'s "standard land"'),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("Cafe\u0301", "café"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_one_spelling(text: str, expected: str) -> None:
    assert normalise(text).text == expected


@given(TEXTS)
def test_offsets_lead_back_into_the_original(text: str) -> None:
    normal = normalise(text)

    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)
    assert list(normal.ends) == sorted(normal.ends)


@given(TEXTS)
def test_normalised_text_is_tidy(text: str) -> None:
    normal = normalise(text).text

    assert normal == normal.strip()
    assert "  " not in normal
    assert not set(TOKENS.values()) & set(normal)


@given(st.text(alphabet="环评标准地 abc12?!.😀'", max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text

    assert normalise(once).text == once


@given(st.text(alphabet="环评要多久呢？", min_size=1, max_size=30))
def test_a_span_covers_what_it_came_from(text: str) -> None:
    normal = normalise(text)
    start, end = normal.span(0, len(normal.text))

    assert normalise(text[start:end]).text == normal.text


def test_a_span_needs_characters() -> None:
    with pytest.raises(ValueError, match="no characters"):
        normalise("环评").span(1, 1)


def test_long_text_is_cut_before_anything_heavy() -> None:
    assert len(normalise("环评" * 500_000).text) == MAX_CHARACTERS
