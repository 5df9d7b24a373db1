"""What the records refer to and lean on: laws, contact points, ambiguous names, subjects, cautions. Immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.domain.text import Audience, Bilingual, Forms

_STRICT: Mapping[str, Any] = {"extra": "forbid", "str_min_length": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law or document that matters and bodies cite by id.

    ``article`` is shown only when ``checked``. ``superseded_by``: shown by the newer law, without an article number.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    name: Bilingual
    article: Bilingual | None = None
    gist: Bilingual
    checked: bool
    url: str | None = None
    superseded_by: Bilingual | None = None
    superseded_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """A public way to reach somebody, such as the 12345 hotline; never a person's number."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    name: Bilingual
    use: Bilingual
    aliases: Forms = Forms()
    audience: Audience = Audience.PUBLIC
    basis: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousName:
    """A name that several records share: ask which one is meant, or take ``default`` (KIND/ID) when there is one."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    name: str
    candidates: tuple[str, ...]
    default: str | None = None
    note: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Records of several kinds that are about the same thing; what is asked decides which of them answers."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A rule that every answer obeys, in words that may be shown."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    text: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChange:
    """A change of law that answers must respect. ``date`` None: still to be verified."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    change: Bilingual
    source: Bilingual
    date: str | None = None
