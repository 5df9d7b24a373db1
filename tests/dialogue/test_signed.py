"""Only what was offered in a place can be pressed there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.buttons import MAX_BYTES
from bot.dialogue.signed import Signer

SIGNER = Signer(b"a secret")
VALUE = "#a:t:p/eia-approval"


@given(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=MAX_BYTES))
def test_every_value_fits_and_comes_back(value: str) -> None:
    signed = SIGNER.sign(value, "7")
    assert len(signed.encode()) <= 64
    assert SIGNER.read(signed, "7") == value


def test_a_value_that_would_not_fit_is_not_signed() -> None:
    with pytest.raises(ValueError, match="longer than 53 bytes"):
        SIGNER.sign("#" * (MAX_BYTES + 1), "7")


@pytest.mark.parametrize("forged", ["", "#h", VALUE, "x" * 64, "答案", "AAAAAAAAAAA" + VALUE, "AAAAAAAAAAA"])
def test_what_nobody_signed_is_nothing(forged: str) -> None:
    assert SIGNER.read(forged, "7") is None


def test_what_was_offered_elsewhere_or_changed_or_signed_with_another_secret_is_nothing() -> None:
    signed = SIGNER.sign(VALUE, "7")
    assert SIGNER.read(signed, "8") is None
    assert SIGNER.read(signed.replace("eia", "fire"), "7") is None
    assert Signer(b"another secret").read(signed, "7") is None
