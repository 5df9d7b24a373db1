"""Codes and tokens: whatever is typed or sent, only what was made here is taken."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.privacy import mask
from bot.service.staff_codes import ALPHABET, Codes, plain_code

CODES = Codes(b"a secret of the tests")
codes = st.text(ALPHABET, min_size=10, max_size=10)


@given(codes, st.booleans(), st.sampled_from(["", "-", " ", " - ", "–"]), st.integers(0, 10))
def test_a_code_may_be_typed_in_any_way(code: str, small: bool, between: str, at: int) -> None:
    typed = code[:at] + between + code[at:]
    typed = typed.lower().replace("1", "l").replace("0", "o") if small else typed
    assert CODES.digest(typed) == CODES.digest(code)


@given(codes, codes)
def test_another_code_has_another_hash(one: str, other: str) -> None:
    assert (CODES.digest(one) == CODES.digest(other)) is (one == other)


@given(codes)
def test_full_width_letters_are_letters(code: str) -> None:
    assert plain_code("".join(chr(ord(ch) + 0xFEE0) for ch in code)) == code


def test_codes_are_not_made_twice_and_use_the_whole_alphabet() -> None:
    made = [CODES.new_code() for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert set("".join(made)) == {*ALPHABET, "-"}


@given(st.text(max_size=120))
def test_no_token_but_our_own_is_taken(token: str) -> None:
    assert CODES.token_digest(token) is None


@given(st.integers(0, 74), st.characters(codec="ascii", categories=["L", "N"]))
def test_a_token_with_one_changed_character_is_refused(place: int, character: str) -> None:
    token = CODES.new_token()
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    assert (CODES.token_digest(changed) is None) is (changed != token)


def test_another_installation_takes_nothing_of_ours() -> None:
    other = Codes(b"another secret")
    token = CODES.new_token()
    assert other.token_digest(token) is None
    assert other.digest("K7Q2M-9XTPA") != CODES.digest("K7Q2M-9XTPA")
    assert other.totp_secret("salt") != CODES.totp_secret("salt")


@given(st.text(min_size=1, max_size=60))
def test_no_code_that_was_typed_is_kept(argument: str) -> None:
    sealed = CODES.seal(f"/link {argument}")
    if argument.strip():
        assert re.fullmatch(r"/link #[a-p]{64}", sealed)
        assert mask(sealed) == sealed
        assert Codes.sealed_digest(sealed.removeprefix("/link ")) == CODES.digest(argument.lstrip())


@given(st.text(max_size=60))
def test_other_texts_stay(text: str) -> None:
    if not text.strip().lower().startswith("/link"):
        assert CODES.seal(text) == text


def test_a_hash_that_somebody_types_is_hashed_again() -> None:
    stolen = CODES.digest("K7Q2M-9XTPA")
    assert Codes.sealed_digest(CODES.seal(f"/link #{stolen}").removeprefix("/link ")) != stolen


def test_the_csrf_word_belongs_to_one_session() -> None:
    one, other = CODES.new_token(), CODES.new_token()
    assert CODES.csrf(one) != CODES.csrf(other)
    assert CODES.csrf(one) == CODES.csrf(one)
