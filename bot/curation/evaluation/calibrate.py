"""Fits the weights of the link score on the development questions, and tries the bounds that turn scores into decisions.

The held-out questions are only looked at to report: reliability and share right under the old and the new values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from bot.curation.evaluation.calibration import (
    Claim,
    Reliability,
    records_known,
    reliability,
    reliability_table,
)
from bot.curation.evaluation.fitting import fit_logistic
from bot.curation.evaluation.questions import Question
from bot.curation.evaluation.rehearsal import Rehearsal
from bot.curation.evaluation.tables import Table
from bot.dialogue.linking.scoring import SIGNALS, LinkWeights
from bot.dialogue.mind import Bounds
from bot.domain.decisions import Scored

# Values that are tried for each bound, with the others held.
_TRIED: Final[Mapping[str, Sequence[float]]] = {
    "answer": (0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60),
    "margin": (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
    "near": (0.05, 0.10, 0.15, 0.20, 0.25),
    "refuse": (0.45, 0.50, 0.55, 0.60, 0.70),
    "strong": (0.70, 0.75, 0.80, 0.85, 0.90),
    "intent": (0.35, 0.40, 0.45, 0.50, 0.55),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of one part of a message: its signals, its score as things stand, and whether it is meant."""

    signals: tuple[float, ...]
    score: float
    true: bool
    best: bool


def fit_weights(
    rehearsal: Rehearsal, dev: Sequence[Question], subjects: Mapping[str, str], start: LinkWeights
) -> LinkWeights:
    """The likeliest weights. A weight that is negative in ``start`` may stay negative; all others are 0 or more.

    ``current`` stays as it is: which later turns name their topic is not known, and only they could tell.
    """
    examples = list(examples_of(rehearsal, dev, subjects, start))
    signals = np.asarray([example.signals for example in examples], dtype=np.float64)
    true = np.asarray([example.true for example in examples], dtype=np.float64)
    signs = np.asarray([-1.0 if getattr(start, name) < 0 else 1.0 for name in SIGNALS])
    bias, weights = fit_logistic(signals, true, signs)
    found = {name: round(float(weight), 2) for name, weight in zip(SIGNALS, weights, strict=True)}
    return LinkWeights(bias=round(bias, 2), **{**found, "current": start.current})


def examples_of(
    rehearsal: Rehearsal, questions: Iterable[Question], subjects: Mapping[str, str], weights: LinkWeights
) -> Iterator[Example]:
    """All candidates for each part of first messages whose right records are known (or that there is none)."""
    for question in questions:
        turn = question.turns[0]
        if records_known(question, turn.right):
            wanted = {subjects.get(record, record) for record in turn.right.records}
            for candidates in rehearsal.candidates(question, weights):
                found = (_example(candidate, wanted, subjects) for candidate in candidates)
                yield from (replace(example, best=place == 0) for place, example in enumerate(found))


def _example(candidate: Scored, wanted: set[str], subjects: Mapping[str, str]) -> Example:
    signals = dict(candidate.signals)
    record = str(candidate.ref)
    true = subjects.get(record, record) in wanted
    return Example(tuple(signals.get(name, 0.0) for name in SIGNALS), candidate.score, true, best=False)


def best_reliability(
    rehearsal: Rehearsal, questions: Iterable[Question], subjects: Mapping[str, str], weights: LinkWeights
) -> Reliability:
    """The reliability of the best candidate's score."""
    examples = examples_of(rehearsal, questions, subjects, weights)
    return reliability(Claim(example.score, example.true) for example in examples if example.best)


def sweep(
    rehearsal: Rehearsal, dev: Sequence[Question], weights: LinkWeights, start: Bounds
) -> tuple[Bounds, Table]:
    """The best bounds found by moving one after the other, and the share right with each value that was tried.

    A bound moves only where more questions come out right: of equals the present one stays.
    """
    bounds, rows = start, []
    best = rehearsal.share(dev, weights, bounds)
    for name, values in _TRIED.items():
        shares = {value: rehearsal.share(dev, weights, replace(bounds, **{name: value})) for value in values}
        top = max(shares, key=lambda value: shares[value])
        if shares[top] > best:
            best, bounds = shares[top], replace(bounds, **{name: top})
        tried = "  ".join(f"{value:g}: {share:.1%}" for value, share in shares.items())
        rows.append((name, f"{getattr(start, name):g}", f"{getattr(bounds, name):g}", tried))
    return bounds, Table(
        "Bounds, one moved after the other", ("bound", "now", "best", "share right"), tuple(rows)
    )


def calibration_lines(
    rehearsal: Rehearsal, questions: Sequence[Question], subjects: Mapping[str, str]
) -> Iterator[str]:
    """The whole calibration as it is printed: fitted weights as Python, reliability, bounds. Takes minutes."""
    dev = [question for question in questions if question.split == "dev"]
    test = [question for question in questions if question.split == "test"]
    weights, bounds = LinkWeights(), Bounds()
    fitted = fit_weights(rehearsal, dev, subjects, weights)
    for name, tried in (("the present weights", weights), ("the fitted weights", fitted)):
        shares = (
            f"{rehearsal.share(part, tried, bounds):.1%} {word}"
            for part, word in ((dev, "dev"), (test, "test"))
        )
        yield f"Right with {name}: {', '.join(shares)}"
        found = best_reliability(rehearsal, test, subjects, tried)
        yield from ("", *reliability_table(f"Held-out link scores with {name}", found).lines(), "")
    yield from ("Fitted on dev, for bot/dialogue/linking/scoring.py:", as_python(fitted), "")
    moved, table = sweep(rehearsal, dev, weights, bounds)
    yield from table.lines()
    yield f"Right with the best bounds: {rehearsal.share(dev, weights, moved):.1%} dev, {rehearsal.share(test, weights, moved):.1%} test"
    if rehearsal.unheard:
        yield f"{rehearsal.unheard} parts of messages were never parsed: run it again after a full evaluation"


def as_python(weights: LinkWeights) -> str:
    """The weights as the defaults of ``LinkWeights`` are written."""
    return "\n".join(f"    {item.name}: float = {getattr(weights, item.name):g}" for item in fields(weights))
