"""Normalising: the same text however it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.normal import MAX_READ, chinese_share, has_content, key, normalise


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("環評要批多久", "环评要批多久"),
        ("ＥＩＡ　多久", "eia 多久"),
        ("施 工 许 可 证", "施工许可证"),
        ("多久？？？！！", "多久?!"),
        ("a\u200bb\u202ec\x07", "abc"),
        ("  How   long  ", "how long"),
    ],
)
def test_normalise(said: str, meant: str) -> None:
    assert normalise(said) == meant


@settings(deadline=None)
@given(st.text(max_size=300))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_control_character_is_left(text: str) -> None:
    assert not any(ord(ch) < 32 and ch != "\n" for ch in normalise(text))


def test_a_long_text_is_cut() -> None:
    assert len(normalise("环" * 100_000)) <= MAX_READ


@pytest.mark.parametrize(
    ("text", "content"), [("", False), ("🙂🙂", False), ("?!…", False), ("环", True), ("a", True)]
)
def test_has_content(text: str, content: bool) -> None:
    assert has_content(text) is content


def test_key_keeps_letters_digits_and_plus() -> None:
    assert key("党工委（管委会）+ 模式") == "党工委管委会+模式"


@pytest.mark.parametrize(("text", "share"), [("环评", 1.0), ("EIA", 0.0), ("", 0.0), ("EIA 环评", 2 / 3)])
def test_chinese_share(text: str, share: float) -> None:
    assert chinese_share(text) == pytest.approx(share)
