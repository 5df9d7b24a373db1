"""What holds for every answer, whatever was asked: nothing of the staff's to the public, and no number made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.curation.evaluation.asking import Asked
from bot.curation.evaluation.invented import KnownNumbers, Standing
from bot.curation.evaluation.leaks import StaffWords
from bot.domain.catalogue import KnowledgeSet
from bot.domain.text import Audience


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, one line a thing. ``elsewhere``: true numbers of records that the answer does not cite."""

    turns: int
    leaks: tuple[str, ...]
    invented: tuple[str, ...]
    elsewhere: tuple[str, ...]

    @property
    def safe(self) -> bool:
        """True when nothing leaked and nothing was made up."""
        return not self.leaks and not self.invented

    def lines(self) -> list[str]:
        """The findings as they are printed."""
        counts = (
            f"{self.turns} answers to the public: {len(self.leaks)} with a staff fact, {len(self.invented)} with "
            f"an invented number, {len(self.elsewhere)} with a number of a record that is not cited"
        )
        return [counts, *(f"  {line}" for line in (*self.leaks, *self.invented, *self.elsewhere))]


def findings(asked: Sequence[Asked], knowledge: KnowledgeSet, templates: Mapping[str, str]) -> Findings:
    """The findings about every answer that the public got. ``templates``: their sources by name."""
    staff_words = StaffWords(knowledge, templates.values())
    numbers = KnownNumbers(knowledge.for_audience(Audience.PUBLIC), templates)
    turns = 0
    leaks: list[str] = []
    stray: dict[Standing, list[str]] = {Standing.NOWHERE: [], Standing.ELSEWHERE: []}
    for each in asked:
        for turn in each.turns if each.public else ():
            turns += 1
            name = f"{each.question.id} {turn.turn.text!r}"
            leaks += [f"{name}: {leak}" for leak in staff_words.leaked(turn.result)]
            for number in numbers.uncited(turn.result):
                stray[number.standing].append(f"{name}: {number}")
    return Findings(turns, tuple(leaks), tuple(stray[Standing.NOWHERE]), tuple(stray[Standing.ELSEWHERE]))
