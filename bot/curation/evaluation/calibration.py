"""Whether probabilities mean what they say: of all that is claimed with 0.8, is 80 % right?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.curation.evaluation.asking import Asked
from bot.curation.evaluation.confusion import heard
from bot.curation.evaluation.questions import Question, Right
from bot.curation.evaluation.tables import Table
from bot.domain.catalogue import KnowledgeSet
from bot.domain.messages import Outcome

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A probability (0..1) and whether what it was claimed of is so."""

    probability: float
    true: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """The claims of one tenth of the scale."""

    low: float
    high: float
    count: int
    claimed: float
    true: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """All bins with a claim in them. ``error`` is the expected calibration error, 0..1."""

    bins: tuple[Bin, ...]
    count: int
    error: float


def reliability(claims: Iterable[Claim]) -> Reliability:
    """The reliability of claims over ten equal bins; the error is weighted by the number of claims."""
    binned: list[list[Claim]] = [[] for _ in range(BINS)]
    for claim in claims:
        binned[min(int(claim.probability * BINS), BINS - 1)].append(claim)
    bins = tuple(_bin(place, found) for place, found in enumerate(binned) if found)
    count = sum(each.count for each in bins)
    error = sum(each.count * abs(each.claimed - each.true) for each in bins) / count if count else 0.0
    return Reliability(bins, count, error)


def _bin(place: int, claims: Sequence[Claim]) -> Bin:
    count = len(claims)
    claimed = sum(claim.probability for claim in claims) / count
    return Bin(place / BINS, (place + 1) / BINS, count, claimed, sum(claim.true for claim in claims) / count)


def link_claims(asked: Sequence[Asked], subjects: Mapping[str, str]) -> Iterator[Claim]:
    """The best candidate of each part of a message, where the right records are known (or that there is none).

    ``subjects``: by record, the subject it belongs to; another record of the right subject is the right thing.
    """
    for each in asked:
        for turn in each.turns[:1]:  # later turns may name nothing and rest on what was said before
            if not records_known(each.question, turn.turn.right):
                continue
            wanted = {subjects.get(record, record) for record in turn.turn.right.records}
            for trace in turn.result.traces:
                for candidate in trace.candidates[:1]:
                    record = str(candidate.ref)
                    yield Claim(candidate.score, subjects.get(record, record) in wanted)


def records_known(question: Question, right: Right) -> bool:
    """True when the question says which records are meant, or that none can be."""
    if question.kind == "staff_only" and question.audience == "public":
        return False  # refused: the questions' files do not say which record that was about
    return bool(right.records) or Outcome.ANSWERED.value not in right.outcome


def intent_claims(asked: Sequence[Asked]) -> Iterator[Claim]:
    """The confidence in the intent of each question whose ask is known."""
    for each in heard(asked):
        yield Claim(each.understanding.confidence, each.right)


def subjects_of(knowledge: KnowledgeSet) -> dict[str, str]:
    """By record, as KIND/ID, the subject that it belongs to."""
    return {member: subject.id for subject in knowledge.subjects for member in subject.members}


def reliability_table(title: str, found: Reliability) -> Table:
    """The bins of a reliability."""
    rows = tuple(
        (f"{each.low:.1f} to {each.high:.1f}", str(each.count), f"{each.claimed:.3f}", f"{each.true:.3f}")
        for each in found.bins
    )
    note = f"expected calibration error {found.error:.3f} over {found.count}"
    return Table(title, ("claimed", "times", "mean claimed", "share true"), rows, note)
