"""A plan in words, in one language: limits, dates, names as they are shown. The sentences stand in ``knowledge/templates``."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.dialogue.wording import Wording
from bot.domain.plan import Addition, FactLine, Limit, Plan, PlanStep, Supplement, TimeOwner, Verdict, Window
from bot.domain.records import DayUnit, LegalBasis
from bot.domain.text import Bilingual, Language


class PlanWords:
    """The words of a plan's documents in ``language``."""

    def __init__(self, wording: Wording, language: Language) -> None:
        self._wording = wording
        self.language = language

    def say(self, block: str, value: Any = "") -> str:
        """The text of one place of the documents."""
        return self._wording.say(self.language, "notice", block, v=value)

    def text(self, text: Bilingual | None) -> str:
        """A bilingual text in this language; empty when there is none."""
        return text[self.language] if text is not None else ""

    def day(self, day: date | None) -> str:
        """A date as it is written: 2026-11-24; empty when it is not known."""
        return day.isoformat() if day else ""

    def days(self, days: int, unit: DayUnit | None) -> str:
        """A length with its unit; 0 is "at once"."""
        return self.say("days", {"days": days, "unit": unit}) if days else self.say("at_once")

    def joined(self, *parts: str) -> str:
        """Parts one after the other, with a space between them where the language has spaces."""
        return ("" if self.language is Language.ZH else " ").join(part for part in parts if part)

    @property
    def joint(self) -> str:
        """What stands between the members of a list."""
        return "、" if self.language is Language.ZH else "; "

    @property
    def colon(self) -> str:
        """What stands between a name and what it says."""
        return "：" if self.language is Language.ZH else ": "

    def fact(self, line: FactLine) -> str:
        """A fact's value as it is shown."""
        shown = self.text(line.value) or self.say("not_known")
        return shown if line.used else self.joined(shown, self.say("unused"))

    def before(self, step: PlanStep, plan: Plan) -> list[str]:
        """What comes directly before a step, and what is taken as done."""
        names = [self.text(found.name) for found in map(plan.step, step.after) if found]
        return [
            *names,
            *(self.joined(self.say("taken_as_met"), self.text(met.name)) for met in step.taken_as_met),
        ]

    def step_limit(self, step: PlanStep) -> str:
        """How long a step takes by law; a milestone takes no time."""
        return self.limit(step.limit) if step.kind == "procedure" else ""

    def limit(self, limit: Limit) -> str:
        """How long a step takes by law, never more certain than it is."""
        if limit.owner is TimeOwner.DUTY:
            return self.say("duty")
        if limit.days is None:
            return self.say("company_time" if limit.owner is TimeOwner.COMPANY else "unknown_limit")
        shown = self.days(limit.days, limit.unit)
        if limit.longest and (limit.longest.value, limit.longest.unit) != (limit.days, limit.unit):
            shown = self.say(
                "up_to", {"short": shown, "long": self.days(limit.longest.value, limit.longest.unit)}
            )
        if limit.owner is TimeOwner.COMPANY:
            return self.say("company_deadline", shown)
        if limit.owner is TimeOwner.NOTICE:
            return self.say("notice_time", shown)
        return shown if limit.checked else self.joined(shown, self.say("to_be_confirmed"))

    def cases(self, limit: Limit) -> list[str]:
        """The cases of a limit that has several, one line each."""
        return [f"{self.text(case.case)}: {self.days(case.value, case.unit)}" for case in limit.cases]

    def basis(self, basis: LegalBasis) -> str:
        """A law as it is cited; its article only when that was checked."""
        law = self.text(basis.law)
        article = self.text(basis.article) if basis.article and basis.checked else ""
        return f"{law}{article}" if self.language is Language.ZH else f"{law}, {article}".removesuffix(", ")

    def dates(self, step: PlanStep) -> str:
        """From when to when a step would be, if that can be told."""
        timing = step.timing
        if timing.start_date is None or timing.finish_date is None or step.verdict is Verdict.OPEN:
            return ""
        if timing.start_date == timing.finish_date:
            return self.day(timing.start_date)
        return f"{self.day(timing.start_date)} – {self.day(timing.finish_date)}"

    def reasons(self, step: PlanStep) -> str:
        """Why a step is on the road."""
        return " ".join(self.text(reason.text) for reason in step.reasons)

    def totals(self, plan: Plan, named: int | None = None) -> list[str]:
        """What the limits add up to, and what is missing in that sum; ``named``: at most so many steps by name."""
        totals = plan.totals
        lines = [self.say("total_line", totals)]
        if totals.lower_bound:
            left_out = [*totals.unknown, *totals.open, *totals.company]
            steps = [step for step in map(plan.step, dict.fromkeys(left_out)) if step is not None]
            names = [self.text(step.name) for step in steps[:named]]
            if len(steps) > len(names):
                names.append(self.say("and_more", len(steps) - len(names)))
            lines.append(f"{self.say('lower_bound')} {self.joint.join(names)}".rstrip())
        if totals.end_date is not None:
            lines.append(self.say("end_date", self.day(totals.end_date)))
        elif plan.start is not None and plan.calendar.unknown_from is not None:
            lines.append(self.say("calendar_unknown", plan.calendar.unknown_from))
        return lines

    def window(self, window: Window, plan: Plan) -> str:
        """What can lapse, and by when it must be used."""
        step, until = plan.step(window.step), plan.step(window.until)
        value = {
            "step": self.text(step.name) if step else window.step,
            "until": self.text(until.name) if until else window.until,
            "length": window.length,
            "unit": window.unit,
            "use_by": self.day(window.use_by_date),
            "lapses": window.lapses,
            "not_before": self.day(window.not_before_date),
        }
        dated = window.use_by_date is not None or window.lapses
        return self.say("window_line" if dated else "window_open", value)

    def because(self, addition: Addition, supplement: Supplement) -> str:
        """Why something was added."""
        if addition.because == "knowledge":
            value = {"before": supplement.revision_before, "after": supplement.revision_after}
            return self.say("because_knowledge", value)
        changed = [
            f"{self.text(fact.label)}: {self.text(fact.before) or self.say('not_known')} → "
            f"{self.text(fact.after) or self.say('not_known')}"
            for fact in addition.facts
        ]
        return "; ".join([self.say("because_facts"), *changed])
