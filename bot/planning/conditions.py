"""Judges conditions on facts in three values: True, False, and None for "depends on what is not known"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.domain.plan import FactValue, ProjectFacts
from bot.domain.rules import Alternative, Fact, Range, Test, When

Truth = bool | None
_NOT_ASKED: Final[Mapping[str, FactValue]] = {}


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if any is, else None if any is not known, else True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if any is, else None if any is not known, else False."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


class FactView:
    """A project's facts together with what the knowledge says of each. Made for one plan; remembers what it has worked out."""

    __slots__ = ("_definitions", "_matters", "facts")

    def __init__(self, definitions: Mapping[str, Fact], facts: ProjectFacts) -> None:
        self._definitions = definitions
        self._matters: dict[str, Truth] = {}
        self.facts = facts

    def matters(self, fact: str) -> Truth:
        """Whether a fact says anything about this project."""
        if fact not in self._matters:
            self._matters[fact] = None  # a circle, which the knowledge check reports, ends here
            needed = self._definitions[fact].matters_when
            self._matters[fact] = self.when(needed) if needed else True
        return self._matters[fact]

    def known(self, fact: str) -> FactValue | None:
        """The value that counts: None when it is not known or does not matter."""
        return None if self.matters(fact) is False else self.facts.values.get(fact)

    def when(self, when: When, presume: Mapping[str, FactValue] = _NOT_ASKED) -> Truth:
        """Whether one of the alternatives holds. ``presume``: values taken for facts that are not known."""
        return any_of(self.alternative(item, presume) for item in when)

    def alternative(self, tests: Alternative, presume: Mapping[str, FactValue] = _NOT_ASKED) -> Truth:
        """Whether all tests hold."""
        return all_of(self._test(fact, test, presume) for fact, test in tests.items())

    def undecided(self, when: When, presume: Mapping[str, FactValue] = _NOT_ASKED) -> Iterator[str]:
        """The facts, not known, on which a condition still depends; those that decide whether another matters come first."""
        for tests in when:
            if self.alternative(tests, presume) is None:
                for fact, test in tests.items():
                    if self._test(fact, test, presume) is None:
                        yield from self.undecided(self._definitions[fact].matters_when)
                        if self._met(fact, test, presume) is None:
                            yield fact

    def _test(self, fact: str, test: Test, presume: Mapping[str, FactValue]) -> Truth:
        """A fact that does not matter meets no test; as long as that is not known, what is said of it decides nothing."""
        matters = self.matters(fact)
        return False if matters is False else all_of((matters, self._met(fact, test, presume)))

    def _met(self, fact: str, test: Test, presume: Mapping[str, FactValue]) -> Truth:
        value = self.facts.values.get(fact, presume.get(fact))
        if value is None:
            return None
        if isinstance(test, bool):
            return value is test
        if isinstance(test, tuple):
            return value in test
        return self._in_range(fact, value, test)

    def _in_range(self, fact: str, value: FactValue, wanted: Range) -> Truth:
        if not isinstance(value, str):
            return wanted.holds(float(value))
        band = next((item for item in self._definitions[fact].bands if item.id == value), None)
        return None if band is None else within(band.range, wanted)


def within(inner: Range, outer: Range) -> Truth:
    """True when all of ``inner`` is in ``outer``, False when none of it is."""
    (low, low_open), (high, high_open) = _ends(inner)
    (from_, from_open), (to, to_open) = _ends(outer)
    if (
        low > to
        or high < from_
        or (low == to and (low_open or to_open))
        or (high == from_ and (high_open or from_open))
    ):
        return False
    starts = low > from_ or (low == from_ and (low_open or not from_open))
    ends = high < to or (high == to and (high_open or not to_open))
    return True if starts and ends else None


def _ends(item: Range) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """Lower and upper end, each with whether it is itself outside."""
    if item.at_least is not None:
        low = (item.at_least, False)
    else:
        low = (item.above, True) if item.above is not None else (float("-inf"), True)
    if item.at_most is not None:
        high = (item.at_most, False)
    else:
        high = (item.below, True) if item.below is not None else (float("inf"), True)
    return low, high
