"""What ``yuanwen doctor`` finds: one line each, with how to mend what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "missing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``note``: worth knowing, nothing stops. ``missing``: needed and not there; ``mend`` says what to do."""

    state: State
    what: str
    text: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.state:8}{self.what:22} {self.text}"
        return f"{line}\n{'':31}→ {self.mend}" if self.mend else line


def ok(what: str, text: str) -> Finding:
    """All is well."""
    return Finding("ok", what, text)


def note(what: str, text: str, mend: str = "") -> Finding:
    """Something to know."""
    return Finding("note", what, text, mend)


def missing(what: str, text: str, mend: str) -> Finding:
    """Something to mend."""
    return Finding("missing", what, text, mend)
