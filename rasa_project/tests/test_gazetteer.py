from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gazetteer import Gazetteer, delexicalise
from components.kinds import TOKENS
from components.normalisation import normalise

GAZETTEER = Gazetteer.from_names(
    [
        ("procedure", "环评"),
        ("procedure", "环评报告表"),
        ("matter", "环评"),
        ("procedure", "EIA"),
        ("procedure", "construction permit"),
        ("concept", "permit"),
        ("body", "开发委"),
        ("place", "新划入"),
    ]
)


def find(text: str) -> list[tuple[str, str]]:
    return [(mention.kind, mention.name) for mention in GAZETTEER.find(normalise(text).text)]


def test_the_longest_name_wins() -> None:
    assert find("做环评报告表要多久") == [("procedure", "环评报告表")]
    assert find("a construction permit") == [("procedure", "construction permit")]


def test_a_name_of_two_kinds_is_the_first_kind() -> None:
    assert find("环评") == [("procedure", "环评")]


def test_several_names_in_order() -> None:
    assert find("新划入的地方，环评找开发委吗") == [
        ("place", "新划入"),
        ("procedure", "环评"),
        ("body", "开发委"),
    ]


@pytest.mark.parametrize("text", ["the media", "permitting", "EIA2", "xEIA"])
def test_a_latin_name_is_a_whole_word(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize("text", ["EIA", "two EIAs", "做EIA要多久", "eia?", "ＥＩＡ"])
def test_plural_neighbours_case_and_width_do_not_hide_a_name(text: str) -> None:
    assert find(text) == [("procedure", "EIA")]


@given(st.text(alphabet="环评报告表开发委新划入eia s ", max_size=30))
def test_mentions_are_apart_and_are_names(text: str) -> None:
    normal = normalise(text).text
    position = 0
    for mention in GAZETTEER.find(normal):
        assert position <= mention.start < mention.end <= len(normal)
        assert normal[mention.start : mention.end].startswith(normalise(mention.name).text)
        position = mention.end


def test_a_mention_becomes_its_kind() -> None:
    text = normalise("环评找开发委吗").text

    assert delexicalise(text, GAZETTEER.find(text)) == f"{TOKENS['procedure']}找{TOKENS['body']}吗"


def test_the_entries_keep_everything() -> None:
    again = Gazetteer(GAZETTEER.entries)

    text = normalise("新划入的EIA和环评报告表归开发委").text
    assert again.find(text) == GAZETTEER.find(text)


def test_a_name_needs_two_characters() -> None:
    with pytest.raises(ValueError, match="at least 2 characters"):
        Gazetteer.from_names([("body", "市")])


def test_no_names_find_nothing() -> None:
    assert Gazetteer.from_names(()).find("环评") == []
