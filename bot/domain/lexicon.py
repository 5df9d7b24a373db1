"""Language data: words that carry no topic, that say what is asked, that name a place. Released with the code, edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bot.domain.text import Forms


@dataclass(frozen=True, slots=True)
class Ordinals:
    """How people pick from a list: one tuple of words a position, by language."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}

    zh: tuple[tuple[str, ...], ...] = ()
    en: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The language data of ``knowledge/language/``; the keys of ``asks`` are Ask values, those of ``intents`` intent names."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}

    neutral: Forms = field(default_factory=Forms)
    asks: Mapping[str, Forms] = field(default_factory=dict)
    intents: Mapping[str, Forms] = field(default_factory=dict)
    places: Mapping[str, Forms] = field(default_factory=dict)
    place_answers: Mapping[str, Forms] = field(
        default_factory=dict
    )  # name a place only where one was asked for
    ordinals: Ordinals = field(default_factory=Ordinals)
    last_one: Forms = field(default_factory=Forms)  # picks the last from a list
    unsure: Forms = field(default_factory=Forms)
    what_if: Forms = field(default_factory=Forms)  # a fact of the project is changed to see what comes of it
    pronouns: Forms = field(default_factory=Forms)
    unsaid: Forms = field(default_factory=Forms)  # verbs whose object was named before ("没拿到就开工")
    kind_words: Forms = field(default_factory=Forms)  # what "this permit", "the review" calls a record
    denials: Forms = field(default_factory=Forms)  # "no", "not this one": a correction follows
    meant: Forms = field(default_factory=Forms)  # "I meant": what follows is meant instead
    going_back: Forms = field(
        default_factory=Forms
    )  # "back to", "回到刚才": something talked about before is meant
    summing_up: Forms = field(default_factory=Forms)  # "together", "加起来": of several things talked about
    other_places: Forms = field(default_factory=Forms)
    untold: Mapping[str, Forms] = field(
        default_factory=dict
    )  # a record must speak of them itself; the keys are sorts of gaps, and "count" for words that ask for a number
    danger: Forms = field(
        default_factory=Forms
    )  # somebody may be in danger: the emergency numbers come first
    synonyms: tuple[
        tuple[str, ...], ...
    ] = ()  # groups of words, both languages together, that mean one thing
