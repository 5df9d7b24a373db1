"""The milestones of a plan as a calendar file (iCalendar, RFC 5545): whole days, nothing but what the plan dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from icalendar import Calendar, Event

from bot.dialogue.plan_words import PlanWords
from bot.domain.plan import Plan, Verdict


def calendar_file(plan: Plan, words: PlanWords) -> bytes:
    """The file. Without dates (no start, or a year whose holidays are not known) it holds only what can be told."""
    calendar = Calendar()
    calendar.add("prodid", "-//Yuanwen//plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{words.say('calendar_name')} {plan.number}")
    stamp = datetime.combine(plan.made_on, time(), UTC)
    for key, day, title in _entries(plan, words):
        event = Event()
        event.add("uid", f"{key}-{plan.seal[:16]}@yuanwen")
        event.add("dtstamp", stamp)
        event.add("dtstart", day)
        event.add("summary", title)
        event.add("description", f"{words.say('not_promised')} {plan.number}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _entries(plan: Plan, words: PlanWords) -> Iterator[tuple[str, date, str]]:
    for step in plan.steps:
        if step.timing.finish_date is None or step.verdict is not Verdict.APPLIES:
            continue
        name = words.text(step.name)
        if step.kind == "milestone":
            yield step.id, step.timing.finish_date, words.say("calendar_reached", name)
        elif step.limit.counted:
            yield step.id, step.timing.finish_date, words.say("calendar_decided", name)
    for window in plan.windows:
        held, until = plan.step(window.step), plan.step(window.until)
        if window.use_by_date is not None and held and until:
            value = {"step": words.text(held.name), "until": words.text(until.name)}
            yield f"{window.step}-use-by", window.use_by_date, words.say("calendar_use_by", value)
