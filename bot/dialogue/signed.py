"""Signed button values, for channels where anybody can send any value: what was not offered there is not acted on. Pure.

A signed value is 11 characters of signature and the value itself, 64 bytes together at most. The signature holds for one place
(a chat), so that what was offered in one cannot be pressed in another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from bot.dialogue.buttons import MAX_BYTES

_SIGNATURE: Final = 11  # characters: 64 bits


class Signer:
    """Signs with a key made from the installation's secret; it signs nothing but buttons."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"yuanwen button", hashlib.sha256)

    def sign(self, value: str, place: str) -> str:
        """The value as it goes out. Raises ValueError for one of more than ``MAX_BYTES`` bytes."""
        if len(value.encode()) > MAX_BYTES:
            raise ValueError(f"button value longer than {MAX_BYTES} bytes")
        return self._signature(value, place) + value

    def read(self, signed: str, place: str) -> str | None:
        """The value that was offered in this place; None for anything else."""
        signature, value = signed[:_SIGNATURE], signed[_SIGNATURE:]
        good = hmac.compare_digest(signature.encode(), self._signature(value, place).encode())
        return value if good and value else None

    def _signature(self, value: str, place: str) -> str:
        code = hmac.digest(self._key, f"{place}\n{value}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(code[:8]).decode("ascii").rstrip("=")
