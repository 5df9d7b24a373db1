"""The report of one run: its tables, its failures with their reasons, and all of it as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.curation.evaluation import calibration, confusion, tables
from bot.curation.evaluation.asking import Asked, AskedTurn, wrong
from bot.curation.evaluation.judging import said
from bot.domain.catalogue import KnowledgeSet
from bot.domain.decisions import Trace


def report_tables(asked: Sequence[Asked], knowledge: KnowledgeSet) -> list[tables.Table]:
    """All tables about what was asked, the most telling first."""
    subjects = calibration.subjects_of(knowledge)
    return [
        tables.by_kind(asked),
        tables.by_ask(asked),
        confusion.outcomes(asked),
        confusion.intents(asked),
        *_reliability(
            "Link score of the best candidate", asked, lambda part: calibration.link_claims(part, subjects)
        ),
        *_reliability("Confidence in the intent", asked, calibration.intent_claims),
    ]


def _reliability(
    title: str, asked: Sequence[Asked], claims: Callable[[Sequence[Asked]], Iterable[calibration.Claim]]
) -> Iterator[tables.Table]:
    """Apart: what weights are fitted on says little about what they are worth."""
    for split, words in (("dev", "development questions"), ("test", "held-out questions")):
        part = [each for each in asked if each.question.split == split]
        if part:
            found = calibration.reliability(claims(part))
            yield calibration.reliability_table(f"{title}, {words}", found)


def understood_by(asked: Sequence[Asked]) -> str:
    """Who understood the turns, with their model, and how many."""
    counts = Counter(
        f"{turn.result.understanding.source.value} ({turn.result.understanding.model or 'no model'})"
        for each in asked
        for turn in each.turns
    )
    return ", ".join(f"{who}: {count}" for who, count in counts.most_common())


def failure_lines(asked: Sequence[Asked], limit: int) -> Iterator[str]:
    """The first ``limit`` wrong questions: what was said, what is wrong with it, and the trace."""
    failures = wrong(asked)
    for each in failures[:limit]:
        yield f"{each.question.id} ({each.question.split}, {each.question.ask}, {each.question.audience.value})"
        for turn in each.turns:
            yield from _turn_lines(turn)
    if len(failures) > limit > 0:
        yield f"… and {len(failures) - limit} more"


def _turn_lines(turn: AskedTurn) -> Iterator[str]:
    result = turn.result
    yield f"  {'✗' if turn.faults else '✓'} {turn.turn.text}"
    if not turn.faults:
        return
    for fault in turn.faults:
        yield f"      {fault}"
    for trace in result.traces:
        yield f"      “{trace.normalised}” {trace.intent} {trace.confidence:.2f} → {trace.decision} ({trace.why})"
        for candidate in trace.candidates[:4]:
            signals = ", ".join(f"{name} {value:g}" for name, value in candidate.signals if value)
            yield f"          {candidate.ref} {candidate.score:.2f}  {signals}"
    shown = " ".join(said(result).split())
    yield f"      » {shown[:160]}{'…' if len(shown) > 160 else ''}"


def as_data(asked: Sequence[Asked], knowledge: KnowledgeSet) -> dict[str, Any]:
    """Everything as plain data: the tables, and each question with its turns, parses and faults."""
    return {
        "understood_by": understood_by(asked),
        "tables": [
            {"title": table.title, "note": table.note, "head": table.head, "rows": table.rows}
            for table in report_tables(asked, knowledge)
        ],
        "questions": [_question_data(each) for each in asked],
    }


def _question_data(each: Asked) -> dict[str, Any]:
    question = each.question
    return {
        "id": question.id,
        "kind": question.kind,
        "lang": question.language.value,
        "split": question.split,
        "audience": question.audience.value,
        "ask": question.ask,
        "right": each.right,
        "turns": [_turn_data(turn) for turn in each.turns],
    }


def _turn_data(turn: AskedTurn) -> dict[str, Any]:
    result = turn.result
    return {
        "text": turn.turn.text,
        "outcome": result.outcome.value,
        "lang": result.language.value,
        "records": list(result.records),
        "faults": list(turn.faults),
        "said": said(result),
        "ms": round(result.ms, 2),
        "parts": [_part_data(trace) for trace in result.traces],
    }


def _part_data(trace: Trace) -> dict[str, Any]:
    return {
        "text": trace.normalised,
        "intent": trace.intent,
        "confidence": trace.confidence,
        "decision": trace.decision,
        "why": trace.why,
        "candidates": [[str(each.ref), round(each.score, 4)] for each in trace.candidates],
    }
