"""Button values: short enough, and back to what they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.buttons import MAX_BYTES, Press, decode, encode
from bot.domain.conversation import Place
from bot.domain.records import Kind, Ref
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask
from tests.minds import minds

_refs = st.builds(Ref, st.sampled_from(Kind), st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True))


@settings(deadline=None)
@given(act=st.sampled_from(["answer", "more"]), ask=st.sampled_from(Ask), record=_refs)
def test_a_press_survives_its_value(act: str, ask: Ask, record: Ref) -> None:
    press = Press(act, ask, record)  # type: ignore[arg-type]
    assert decode(encode(press)) == press


@settings(deadline=None)
@given(place=st.sampled_from(Place), ask=st.sampled_from(Ask), record=_refs)
def test_a_place_survives_its_value(place: Place, ask: Ask, record: Ref) -> None:
    press = Press("place", ask, record, place)
    assert decode(encode(press)) == press


@pytest.mark.parametrize("press", [Press("human"), Press("topics"), Press("language", language=Language.EN)])
def test_presses_without_a_record(press: Press) -> None:
    assert decode(encode(press)) == press


def test_every_record_fits_into_a_button() -> None:
    for ref in minds()[Audience.STAFF].catalogue.records:
        for ask in Ask:
            assert len(encode(Press("place", ask, ref, Place.NEW)).encode()) <= MAX_BYTES


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_of_a_person_breaks_the_decoder(text: str) -> None:
    decode(text)


@pytest.mark.parametrize(
    "text", ["#", "#a", "#a:t", "#a:t:z/eia", "#a:?:p/eia", "#p:x:t:p/eia", "#l:fr", "环评", ""]
)
def test_what_is_no_value_is_none(text: str) -> None:
    assert decode(text) is None


def test_a_value_that_would_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        encode(Press("answer", Ask.DURATION, Ref(Kind.PROCEDURE, "x" * 80)))
