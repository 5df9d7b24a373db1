"""Languages and bilingual text. Owns nothing else; knows no record, no channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Language(StrEnum):
    """A language that the assistant speaks."""

    ZH = "zh"
    EN = "en"


class Audience(StrEnum):
    """Who may see a record or a field. Staff see everything."""

    PUBLIC = "public"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages; neither may be empty."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid", "str_min_length": 1}

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == Language.ZH else self.en


@dataclass(frozen=True, slots=True)
class Forms:
    """The ways people say something, by language. Order is not significant."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid", "str_min_length": 1}

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def __iter__(self) -> Any:
        yield from self.zh
        yield from self.en
