"""The values of linking: a form that a record is known by, a name found, an utterance made ready, the signals for a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.domain.records import Ref

FormSort = Literal["title", "alias", "question", "statement"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way a record is known, ``text`` normalised.

    ``title`` its own name · ``alias`` another name (both are found inside an utterance) · ``question`` how people ask
    for it (compared with the utterance) · ``statement`` what it says (tells of details that no name has).
    """

    ref: Ref
    text: str
    sort: FormSort

    @property
    def name(self) -> bool:
        """True for a name that can be found inside an utterance."""
        return self.sort in ("title", "alias")


@dataclass(frozen=True, slots=True)
class Named:
    """A name found in the utterance: ``start``/``end`` in characters of the normalised text."""

    start: int
    end: int
    refs: tuple[Ref, ...]
    titled: tuple[Ref, ...] = ()  # those whose own name it is
    heard: str = ""  # the name itself, where the utterance only sounds like it


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """An utterance made ready for the index: ``content`` is what is left of it without neutral words."""

    text: str
    content: str
    named: tuple[Named, ...]
    weights: Mapping[str, float] = field(repr=False)

    @property
    def total(self) -> float:
        """The summed weight of the utterance's features; 0 when nothing in it says what it is about."""
        return sum(self.weights.values())


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for one record, each 0..1.

    ``similarity``: to its closest form; ``coverage``: share of the utterance that its forms explain together;
    ``named``: one of its names stands in the utterance (weighted by how rare the name is); ``named_share``: how much
    of the utterance that name is; ``titled``: the name is its own, not an alias; ``exact``: the utterance is nothing but
    one of its forms; ``told``: share of what the index knows of the utterance that its statements and forms speak of;
    ``head``: of several names it bears the last one, after a 的 ("A的B" is about B).
    """

    ref: Ref
    similarity: float
    coverage: float
    told: float = 0.0
    named: float = 0.0
    named_share: float = 0.0
    titled: float = 0.0
    exact: float = 0.0
    head: float = 0.0
