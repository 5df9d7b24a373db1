"""Whom staff call: deputies and people on duty of an office. Never in the knowledge base, never shown to the public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bot.domain.text import Bilingual

_STRICT: Mapping[str, Any] = {"extra": "forbid", "str_min_length": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person or number of a body (by id)."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    body: str
    post: Literal["head", "deputy", "duty"]
    name: str
    phone: str
    note: Bilingual | None = None


Contacts = Mapping[str, tuple[Contact, ...]]
