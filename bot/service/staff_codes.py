"""One-time codes, session tokens and their keyed hashes. Knows no person and no storage.

A code is ten characters of an alphabet without look-alikes: 50 random bits, for 15 minutes. What is stored is an HMAC under a key
made from the installation's secret, so that whoever reads the database can neither use nor guess a code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
LENGTH: Final = 10
_SEPARATORS: Final = re.compile(r"[\s\-–—]+")
_LOOK_ALIKES: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})
_WIDE: Final = str.maketrans({chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)})
_LINK: Final = re.compile(r"\s*/link(?:@\w+)?\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_SEALED: Final = "/link #"
_HEX: Final = "0123456789abcdef"
# A sealed hash holds no digits: nothing in it can look like a telephone number and be masked.
_LETTERS: Final = "ghijklmnopabcdef"


class Codes:
    """Makes and reads codes and tokens with keys of its own."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"yuanwen staff", hashlib.sha256)

    def new_code(self) -> str:
        """A code as a person reads and types it: ``K7Q2M-9XTPA``."""
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        return f"{drawn[:5]}-{drawn[5:]}"

    def digest(self, code: str) -> str:
        """The stored form of a code, however it was typed: small letters, full width, spaces, O for 0."""
        return self._mac(b"code", plain_code(code))

    def new_token(self) -> str:
        """A session's token, signed: what was not made here is refused before anybody looks it up."""
        drawn = secrets.token_urlsafe(32)
        return f"{drawn}.{self._signature(drawn)}"

    def token_digest(self, token: str) -> str | None:
        """The stored form of a token; None when its signature is not ours."""
        drawn, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(drawn).encode()):
            return None
        return self._mac(b"session", drawn)

    def csrf(self, token: str) -> str:
        """What a form of this session carries; nobody else's page knows it."""
        return self._mac(b"csrf", token)[:32]

    def who(self, kind: str, name: str) -> str:
        """Whose attempts are counted: a hash of an address, an account or a person."""
        return self._mac(b"who", f"{kind}:{name}")

    def totp_secret(self, salt: str) -> str:
        """A person's second factor, 160 bits in Base 32: made anew from the key and their salt each time, stored nowhere."""
        mac = hmac.digest(self._key, b"totp\0" + salt.encode(), hashlib.sha256)
        return base64.b32encode(mac[:20]).decode("ascii")

    def seal(self, text: str) -> str:
        """``/link CODE`` with the code's hash in its place, so that no code is stored. Other texts stay as they are."""
        found = _LINK.fullmatch(text)
        if found is None:
            return text
        return _SEALED + self.digest(found[1][:100]).translate(str.maketrans(_HEX, _LETTERS))

    @staticmethod
    def sealed_digest(argument: str) -> str:
        """The hash that ``seal`` wrote into a command's argument; empty for anything else."""
        return argument[1:].translate(str.maketrans(_LETTERS, _HEX)) if argument.startswith("#") else ""

    def _signature(self, drawn: str) -> str:
        return self._mac(b"token", drawn)[:32]

    def _mac(self, use: bytes, text: str) -> str:
        return hmac.new(self._key, use + b"\0" + text.encode(), hashlib.sha256).hexdigest()


def plain_code(code: str) -> str:
    """A code as it was drawn, from any way to type it."""
    return _SEPARATORS.sub("", code.translate(_WIDE).upper()).translate(_LOOK_ALIKES)
