"""How long results may wait for their use, and which would lapse before it as planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.plan import PlanStep, Window
from bot.domain.rules import Lapse
from bot.planning.book import PlanningBook
from bot.planning.days import Days


def windows_of(book: PlanningBook, steps: Mapping[str, PlanStep], days: Days) -> tuple[Window, ...]:
    """The windows of all steps on the road whose use is on it, too."""
    return tuple(_windows(book, steps, days))


def _windows(book: PlanningBook, steps: Mapping[str, PlanStep], days: Days) -> Iterator[Window]:
    for identifier, step in steps.items():
        rule = book.rules.get(identifier)
        for lapse in rule.lapses if rule else ():
            if lapse.until in steps:
                yield _window(step, steps[lapse.until], lapse, days)


def _window(step: PlanStep, until: PlanStep, lapse: Lapse, days: Days) -> Window:
    use = until.timing.finish
    use_by = days.shift(step.timing.finish, lapse.length, lapse.unit)
    lapses = use > use_by
    not_before = days.on_or_after(days.shift(use, -lapse.length, lapse.unit)) if lapses else None
    assert step.validity is not None, "only procedures have windows"
    return Window(
        step=step.id,
        until=until.id,
        length=lapse.length,
        unit=lapse.unit,
        use_by=use_by,
        lapses=lapses,
        not_before=not_before,
        use_by_date=days.date_of(use_by),
        not_before_date=None if not_before is None else days.date_of(not_before),
        basis=step.validity,
        extension=lapse.extension,
    )
