"""Everything the dialogue thinks with, as one immutable value: what is visible, the index, the language data, the bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.dialogue.linking import LinkIndex
from bot.dialogue.linking.scoring import LinkWeights
from bot.domain.catalogue import Catalogue
from bot.domain.contacts import Contacts
from bot.domain.lexicon import Lexicon
from bot.domain.records import Ref
from bot.domain.understanding import Ask
from bot.planning.book import PlanningBook


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where scores turn into decisions (probabilities 0..1, but for the margin)."""

    answer: float = 0.36  # a record is meant
    near: float = 0.15  # near enough to be offered as a button, never to be answered
    margin: float = 0.3  # the winner must lead the next subject by this, in logits
    refuse: float = 0.55  # a record of the staff's is meant
    intent: float = 0.45  # a conversational intent is believed
    in_scope: float = 0.65  # a record is meant although the model says that the text is out of scope
    strong: float = 0.80  # a record is meant even where the intent says otherwise


@dataclass(frozen=True, slots=True)
class Mind:
    """One audience's view. ``index`` spans all records, so that a staff topic is recognised and refused; its words are not in it."""

    catalogue: Catalogue
    index: LinkIndex
    lexicon: Lexicon
    subjects: Mapping[Ref, str] = field(default_factory=dict)  # of all records; keys only, no words
    families: Mapping[Ref, str] = field(default_factory=dict)  # the subject, or the matter whatever its place
    by_place: frozenset[Ref] = frozenset()  # matters whose answer depends on the place
    asked: Mapping[Ref, frozenset[Ask]] = field(
        default_factory=dict
    )  # of facts of the zone: what is asked about them
    book: PlanningBook | None = None  # the rules of planning; None where the knowledge has none
    changes_on: date | None = None  # the day from which a matter stands otherwise: this view ends then
    contacts: Contacts = field(default_factory=dict)  # by body; empty for the public
    weights: LinkWeights = field(default_factory=LinkWeights)
    bounds: Bounds = field(default_factory=Bounds)

    def subject(self, ref: Ref) -> str:
        """The subject that a record belongs to; a record without one is its own subject."""
        return self.subjects.get(ref, str(ref))

    def visible(self, ref: Ref) -> bool:
        """True when this audience may see the record."""
        return self.catalogue.get(ref) is not None

    def look_ahead(self, questions: Iterable[str]) -> None:
        """Searches for what the questions may be about before it is known what they ask: the index remembers."""
        for question in questions:
            self.index.search(self.index.query(question))
