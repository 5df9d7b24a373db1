"""What time does to cases: reminders, opening and closing, expiry, a nudge, the end. A job of the housekeeping: repeated, it harms nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.conversation import Conversation
from bot.domain.errors import Conflict, NotFound
from bot.domain.handover import Case, Event
from bot.domain.handover_times import Step, next_step
from bot.domain.messages import Button
from bot.ports import Clock, UnitOfWork, UnitsOfWork
from bot.service.desk_setup import DeskSetup
from bot.service.desk_steps import DeskSteps
from bot.service.notices import Notices
from bot.service.operator_desk import DESK, rating_buttons

log = logging.getLogger(__name__)

_BATCH: Final = 100
_MOST: Final = 8  # steps of one case at once: after a long standstill several are due


class DeskClock:
    """The job."""

    def __init__(self, setup: DeskSetup, units: UnitsOfWork, clock: Clock, notices: Notices) -> None:
        self._setup = setup
        self._units = units
        self._clock = clock
        self._notices = notices
        self._steps = DeskSteps(setup)

    async def __call__(self) -> int:
        """Does what is due; gives how many steps."""
        async with self._units(reading=True) as work:
            due = await work.handovers.due(self._clock.now(), _BATCH)
        done = 0
        for case in due:
            for _ in range(_MOST):
                try:
                    if not await self._step(case.id):
                        break
                except (
                    Conflict,
                    NotFound,
                ) as error:  # somebody acted, or the person was forgotten, meanwhile
                    log.info("case %d: %s", case.id, error)
                    break
                done += 1
        return done

    async def _step(self, case_id: int) -> bool:
        """One step of one case, if one is due; else its time is set right."""
        async with self._units() as work:
            found = await work.handovers.get(case_id)
            conversation = await work.conversations.lock(found.conversation_id)
            case = await work.handovers.get(case_id)
            now = self._clock.now()
            step = next_step(case, self._setup.calendar(case.office), now)
            due = step is not None and step.at <= now
            if step is not None and due:
                await self._do(work, conversation, case, step, now)
            else:
                await self._steps.store(work, case, now)
            await work.commit()
        if due:
            self._notices.tell(case.conversation_id, conversation.channel)
            self._notices.tell(DESK, DESK)
        return due

    async def _do(
        self, work: UnitOfWork, conversation: Conversation, case: Case, step: Step, now: datetime
    ) -> None:
        """Does a step, and notes it."""
        match step.act:
            case "remind":
                case = await self._steps.store(work, replace(case, reminded=step.minutes), now)
                await self._steps.note(work, case, "reminded", minutes=step.minutes)
                return
            case "nudge":
                case = await self._steps.store(work, replace(case, nudged=True), now)
                await self._steps.note(work, case, "nudged")
                await self._tell(work, case, now, "nudge")
                return
            case "open":
                case, kind, block = case.on(Event.OPEN), "opened", "opened"
            case "shut":
                case, kind, block = case.on(Event.SHUT), "shut", "shut"
            case "expire":
                case, kind, block = case.ended(Event.EXPIRE, now), "expired", "expired"
            case "close":
                case = replace(case.ended(Event.CLOSE, now), awaits="rating")
                kind, block = "closed_idle", "closed_idle"
        await self._end(work, conversation, case, now, (kind, block))

    async def _end(
        self, work: UnitOfWork, conversation: Conversation, case: Case, now: datetime, names: tuple[str, str]
    ) -> None:
        kind, block = names
        case = await self._steps.store(work, case, now)
        await self._steps.turn(work, conversation, case, now)
        await self._steps.note(work, case, kind)
        await self._steps.audit(work, case, kind, "system")
        values = self._steps.opening(case, now + timedelta(seconds=1)) if block == "shut" else {}
        buttons = rating_buttons(self._setup, case) if kind == "closed_idle" else ()
        await self._tell(work, case, now, block, buttons, **values)

    async def _tell(
        self,
        work: UnitOfWork,
        case: Case,
        now: datetime,
        block: str,
        buttons: tuple[Button, ...] = (),
        **values: Any,
    ) -> None:
        words = self._setup.tell(case, block, **values)
        await work.outbox.append([self._steps.said(case, now, words, buttons)])
