"""What time makes happen to a case, and when: reminders in working time, opening and closing, expiry, silence. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain.conversation import Mode
from bot.domain.handover import HELD, Case
from bot.domain.offices import Calendar

REMINDERS: Final = (5, 15, 60)  # working minutes that somebody waits; at the last one the zone desk is told
ESCALATED: Final = REMINDERS[-1]
NUDGE: Final = timedelta(hours=24)  # the person's silence after the operator's last word
CLOSE: Final = timedelta(hours=72)

Act = Literal["open", "shut", "remind", "expire", "nudge", "close"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a time; ``minutes`` of a reminder."""

    at: datetime
    act: Act
    minutes: int = 0


def next_step(case: Case, calendar: Calendar, now: datetime) -> Step | None:
    """What happens next by time alone, when nobody does anything; None when nothing does."""
    return min(_steps(case, calendar, now), key=lambda step: step.at, default=None)


def _steps(case: Case, calendar: Calendar, now: datetime) -> Iterator[Step]:
    if case.state is Mode.AFTER_HOURS:
        yield Step(calendar.next_opening(now).at, "open")
        return
    if case.state is Mode.QUEUED:
        yield Step(calendar.next_closing(now) if calendar.is_open(now) else now, "shut")
        if case.waiting_since is not None:
            yield Step(calendar.later(case.waiting_since, calendar.day), "expire")
    if case.waiting_since is not None and (case.state is Mode.QUEUED or case.state in HELD):
        for minutes in REMINDERS:
            if minutes > case.reminded:
                yield Step(calendar.later(case.waiting_since, timedelta(minutes=minutes)), "remind", minutes)
    if case.state is Mode.WAITING_USER and case.operator_at is not None:
        if not case.nudged:
            yield Step(case.operator_at + NUDGE, "nudge")
        yield Step(case.operator_at + CLOSE, "close")
