"""Every way that a handover can go, driven at random: the table decides, and anything else raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import sampled_from

from bot.domain.conversation import Mode
from bot.domain.handover import HELD, OPEN, SILENT, TRANSITIONS, WAITING, Case, Event, NotAllowed, after
from bot.domain.text import Language

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def case(state: Mode = Mode.QUEUED, **values: object) -> Case:
    made = {"waiting_since": NOW, "id": 7, **values}
    return Case("c1", state, "front", "wish", Language.ZH, NOW, **made)  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "event"), list(product(Mode, Event)))
def test_what_the_table_has_not_raises(state: Mode, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert after(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(NotAllowed, match=event.value):
            after(state, event)


def test_only_an_offer_leads_from_the_bot_to_people() -> None:
    assert {event for state, event in TRANSITIONS if state is Mode.BOT} == {Event.OFFER}
    into_queue = {(state, event) for (state, event), to in TRANSITIONS.items() if to is Mode.QUEUED}
    assert {state for state, event in into_queue if event is Event.ACCEPT} == {Mode.OFFERED}


def test_every_state_can_be_reached_from_the_bot_and_leads_back_to_it() -> None:
    def reach(start: Mode) -> set[Mode]:
        found = {start}
        while more := {to for (state, _), to in TRANSITIONS.items() if state in found} - found:
            found |= more
        return found

    assert reach(Mode.BOT) == set(Mode)
    assert all(Mode.BOT in reach(state) for state in Mode)


def test_the_wait_clock_belongs_to_the_first_unanswered_message() -> None:
    later = NOW + timedelta(minutes=3)
    held = case().claimed("op-1", "李", NOW).said(later)
    assert held.waiting_since == NOW
    answered = held.replied(later)
    assert answered.waiting_since is None
    again = answered.said(later + timedelta(minutes=1)).said(later + timedelta(minutes=2))
    assert again.waiting_since == later + timedelta(minutes=1)
    assert again.transferred("other").waiting_since == again.waiting_since


def test_the_number_has_the_day_in_china() -> None:
    evening = datetime(2026, 11, 24, 18, tzinfo=UTC)
    assert Case("c1", Mode.QUEUED, "front", "wish", Language.ZH, evening, id=7).number == "20261125-0007"


class Handovers(RuleBasedStateMachine):
    """Everything that can happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.case = case(Mode.OFFERED, waiting_since=None)
        self.unanswered: list[datetime] = []

    @rule(event=sampled_from(Event))
    def happen(self, event: Event) -> None:
        self.now += timedelta(minutes=1)
        before = self.case
        try:
            self.case = self._after(event)
        except NotAllowed:
            assert (before.state, event) not in TRANSITIONS
            assert self.case is before
            return
        assert self.case.state is TRANSITIONS[before.state, event]
        if event in (Event.HAND_BACK, Event.CANCEL, Event.EXPIRE, Event.CLOSE, Event.REPLY):
            self.unanswered.clear()
        elif event is Event.SAY:
            self.unanswered.append(self.now)

    @precondition(lambda self: self.case.state is Mode.BOT)
    @rule()
    def wish(self) -> None:
        self.case = case(Mode.BOT, waiting_since=None).on(Event.OFFER)

    def _after(self, event: Event) -> Case:
        match event:
            case Event.SAY:
                return self.case.said(self.now)
            case Event.REPLY:
                return self.case.replied(self.now)
            case Event.CLAIM:
                return self.case.claimed("op", "李", self.now)
            case Event.TRANSFER:
                return self.case.transferred("other")
            case Event.HAND_BACK | Event.CANCEL | Event.EXPIRE | Event.CLOSE:
                return self.case.ended(event, self.now)
            case _:
                return self.case.on(event)

    @invariant()
    def the_clock_counts_from_the_first_unanswered(self) -> None:
        assert self.case.waiting_since == (self.unanswered[0] if self.unanswered else None)

    @invariant()
    def whoever_is_silent_is_held_or_queued(self) -> None:
        assert HELD < SILENT < OPEN
        assert WAITING < OPEN
        if self.case.state in HELD:
            assert self.case.operator


TestHandovers = Handovers.TestCase
TestHandovers.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
