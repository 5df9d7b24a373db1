"""Words for the form of a plan and for a finished one: a short summary, the rest in the documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.dialogue.buttons import FormPress, Press, encode
from bot.dialogue.plan_form import pressable
from bot.dialogue.plan_words import PlanWords
from bot.dialogue.wording import Wording
from bot.domain.decisions import AskFact, MakePlan
from bot.domain.messages import Attachment, Button, Reply, SourceLine
from bot.domain.plan import Plan, PlanStep, ProjectFacts, Verdict
from bot.domain.records import Kind, Ref
from bot.domain.rules import Fact
from bot.domain.text import Language
from bot.domain.understanding import Ask
from bot.planning.book import PlanningBook
from bot.planning.difference import difference
from bot.planning.planner import make_plan
from bot.planning.questions import questions_left
from bot.planning.shown import in_words

_FIRST: Final = 3  # things to do first
_NAMED: Final = 6  # steps named in a sentence
_CHANGES: Final = 3  # facts offered for "what if"
_LABEL: Final = 40
_FILES: Final = (
    ("chart", "png", "image/png"),
    ("notice", "pdf", "application/pdf"),
    ("sheet", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("calendar", "ics", "text/calendar"),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan's summary, the plan itself, and the records that it rests on."""

    reply: Reply
    plan: Plan
    records: tuple[Ref, ...]


class PlanComposer:
    """Words of one book in one language."""

    def __init__(self, book: PlanningBook, wording: Wording, language: Language, human: Button) -> None:
        self._book = book
        self._wording = wording
        self._language = language
        self._human = human

    # -- asking -----------------------------------------------------------------------------------------------

    def question(self, decision: AskFact) -> Reply:
        """The question with its answers as buttons."""
        fact = self._book.facts[decision.fact]
        lines = []
        if decision.told:
            lines.append(self._say("told", [self._told(name, decision.facts) for name in decision.told]))
        elif decision.again:
            lines.append(self._say("again"))
        elif not decision.facts.values and not decision.facts.unknown:
            lines.append(self._say("begin"))
        lines.append(fact.question[self._language])
        if fact.hint:
            lines.append(self._say("hint", fact.hint[self._language]))
        if fact.kind == "amount":
            lines.append(self._say("amount", fact.unit[self._language] if fact.unit else ""))
        if fact.kind == "date":
            lines.append(self._say("date"))
        left = len(questions_left(self._book, decision.facts))
        if left > 1:
            lines.append(self._say("progress", left - 1))
        return Reply("\n".join(lines), tuple(self._answers(fact, decision.facts)))

    def _answers(self, fact: Fact, facts: ProjectFacts) -> Iterator[Button]:
        for pressed, value in pressable(fact):
            shown = in_words(self._book, fact, value)
            if shown:
                yield _button(shown[self._language], FormPress("answer", fact.id, pressed))
        yield self._step("unknown", FormPress("answer", fact.id))
        if facts.values or facts.unknown:
            yield self._step("back", FormPress("back"))
            yield self._step("done", FormPress("done"))
        yield self._step("stop", FormPress("stop"))
        yield self._human

    def _told(self, name: str, facts: ProjectFacts) -> str:
        fact = self._book.facts[name]
        shown = in_words(self._book, fact, facts.get(name))
        colon = "：" if self._language is Language.ZH else ": "
        return (
            f"{fact.label[self._language]}{colon}{shown[self._language] if shown else self._say('unknown')}"
        )

    # -- the plan ---------------------------------------------------------------------------------------------

    def plan(self, decision: MakePlan, today: date) -> Planned:
        """The summary of the plan made today, with the difference to the one before."""
        plan = make_plan(self._book, decision.facts, today)
        words = PlanWords(self._wording, self._language)
        lines = [self._summary(plan, words)]
        if decision.before is not None:
            lines.append(self._difference(make_plan(self._book, decision.before, today), plan, words))
        lines.append("\n".join(words.totals(plan, _NAMED)))
        critical = [step for step in map(plan.step, plan.critical_path) if step and step.kind == "procedure"]
        if critical:
            lines.append(self._say("critical", self._names(critical, words, " → ")))
        if first := _to_do_first(plan):
            lines.append(self._say("first", [self._first_line(step, words) for step in first]))
        lines += [self._say("lapses", words.window(window, plan)) for window in plan.windows if window.lapses]
        lines += [words.say("not_promised"), self._say("documents")]
        source = SourceLine(
            self._say("source"), max((step.as_of for step in plan.steps if step.as_of), default=""), False
        )
        reply = Reply(
            "\n\n".join(lines), tuple(self._next(plan, words)), (source,), tuple(self._files(plan))
        )  # fmt: skip
        return Planned(reply, plan, tuple(_records(plan)))

    def _summary(self, plan: Plan, words: PlanWords) -> str:
        steps = [step for step in plan.steps if step.kind == "procedure"]
        value = {
            "count": sum(step.verdict is Verdict.APPLIES for step in steps),
            "open": sum(step.verdict is Verdict.OPEN for step in steps),
            "kinds": ("、" if self._language is Language.ZH else ", ").join(
                words.text(pathway.name) for pathway in plan.pathways
            ),
        }
        return self._say("summary" if plan.pathways else "no_kind", value)

    def _difference(self, before: Plan, after: Plan, words: PlanWords) -> str:
        found = difference(before, after)
        changed = [each.after for each in found.changed]
        return self._say(
            "difference",
            {
                "facts": "; ".join(
                    f"{words.text(each.label)} {words.text(each.before) or self._say('unknown')} → "
                    f"{words.text(each.after) or self._say('unknown')}"
                    for each in found.facts
                ),
                "added": self._names(found.added, words),
                "removed": self._names(found.removed, words),
                "changed": self._names(changed, words),
                "same": not (found.added or found.removed or changed),
            },
        )

    def _names(self, steps: Sequence[PlanStep], words: PlanWords, joint: str = "") -> str:
        joint = joint or words.joint
        shown = [words.text(step.name) for step in steps[:_NAMED]]
        return joint.join([*shown, "…"] if len(steps) > _NAMED else shown)

    def _first_line(self, step: PlanStep, words: PlanWords) -> str:
        value = {
            "name": words.text(step.name),
            "office": words.text(step.office),
            "limit": words.step_limit(step),
        }
        return self._say("first_line", value)

    def _files(self, plan: Plan) -> Iterator[Attachment]:
        for name, ending, content_type in _FILES:
            url = f"/api/v1/plans/{plan.id}/{name}.{ending}?lang={self._language.value}"
            yield Attachment(self._say(f"file_{name}"), content_type, url)

    def _next(self, plan: Plan, words: PlanWords) -> Iterator[Button]:
        for step in _to_do_first(plan):
            label = self._say("papers_of", words.text(step.name))
            press = Press("answer", Ask.DOCUMENTS, Ref(Kind.PROCEDURE, step.id))
            yield Button(_cut(label), encode(press))
        for name in [*plan.missing, *reversed(tuple(plan.facts.values))][:_CHANGES]:
            label = self._say("change", self._book.facts[name].label[self._language])
            yield _button(label, FormPress("change", name))
        yield self._step("anew", FormPress("anew"))
        yield self._human

    def _step(self, label: str, press: FormPress) -> Button:
        return _button(self._say(label), press)

    def _say(self, block: str, value: object = "") -> str:
        return self._wording.say(self._language, "plan", block, v=value)


def _to_do_first(plan: Plan) -> list[PlanStep]:
    """The steps that can begin at once, those on the critical path before the others."""
    ready = [
        step
        for step in plan.steps
        if step.kind == "procedure" and step.verdict is Verdict.APPLIES and step.timing.start == 0
    ]
    return sorted(ready, key=lambda step: (step.group, not step.critical))[:_FIRST]


def _records(plan: Plan) -> Iterator[Ref]:
    for pathway in plan.pathways:
        yield Ref(Kind.PATHWAY, pathway.id)
    for step in plan.steps:
        if step.kind == "procedure" and step.verdict is Verdict.APPLIES:
            yield Ref(Kind.PROCEDURE, step.id)


def _button(label: str, press: FormPress) -> Button:
    return Button(_cut(label), encode(Press("form", form=press)))


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"
