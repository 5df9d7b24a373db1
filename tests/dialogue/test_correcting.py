"""What a correction says is meant instead."""

from __future__ import annotations

import pytest

from bot.dialogue.correcting import corrected
from bot.dialogue.normal import normalise
from bot.domain.text import Audience
from tests.minds import minds


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("不是这个，我说的是扩建", "扩建"),
        ("不是登记表，是报告书", "报告书"),
        ("也不是，我要的是用地规划许可证", "用地规划许可证"),
        ("不对不对，我想问的是竣工验收备案", "竣工验收备案"),
        ("搞错了，是排水许可", "排水许可"),
        ("我问的是要几天", "要几天"),
        ("no, I meant the drain", "the drain"),
        ("Sorry, I mean the fire design review", "the fire design review"),
        ("That's not what I asked, I mean tolerant acceptance", "tolerant acceptance"),
        ("No, I was asking who does it", "who does it"),
        ("不是", None),
        ("不是这个", None),
        ("不是说不用办吗", None),
        ("是不是要办环评", None),
        ("no", None),
        ("no fee for the EIA?", None),
        ("环评要多久", None),
    ],
)
def test_what_is_meant(text: str, meant: str | None) -> None:
    assert corrected(normalise(text), minds()[Audience.PUBLIC].lexicon) == meant
