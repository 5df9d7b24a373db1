"""``rasa test nlu --cross-validation`` of several pipelines on the same training data, and their figures side by side."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.curation.evaluation.tables import Table
from bot.domain.errors import TryLater

_PAIRS: Final = 20


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline by name, with its config relative to the Rasa project."""

    name: str
    config: str


@dataclass(frozen=True, slots=True)
class Scores:
    """The intent figures (0..1) over all folds together, and how long it took."""

    accuracy: float
    macro_f1: float
    weighted_f1: float
    examples: int
    seconds: float


Mistakes = Sequence[tuple[str, str]]
"""The intent of a sentence and the one that it was taken for, one for each that was mistaken."""


@dataclass(frozen=True, slots=True)
class RasaTests:
    """Where the tests run: the Python of Rasa's environment, the project, the data, where results and log go, its variables."""

    python: Path
    project: Path
    data: Path
    out: Path
    environment: Mapping[str, str]

    def cross_validate(self, pipeline: Pipeline, folds: int) -> Scores:
        """Trains and tests ``folds`` times. Raises TryLater, naming the log, when Rasa fails."""
        out = self.out / pipeline.name
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("intent_*.json"):  # of a run before
            old.unlink()
        began = time.monotonic()
        with (out / "rasa.log").open("wb") as log:
            done = subprocess.run(
                self._command(pipeline, folds, out),
                cwd=self.project,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        report = out / "intent_report.json"
        if done.returncode != 0 or not report.exists():
            raise TryLater(f"rasa test nlu failed for {pipeline.name}: see {out / 'rasa.log'}")
        return read_scores(json.loads(report.read_text(encoding="utf-8")), time.monotonic() - began)

    def mistakes(self, pipeline: Pipeline) -> Mistakes:
        """What the last cross-validation of a pipeline mistook; nothing when Rasa wrote no report of it."""
        report = self.out / pipeline.name / "intent_errors.json"
        if not report.exists():  # Rasa writes none when nothing was wrong
            return ()
        return read_mistakes(json.loads(report.read_text(encoding="utf-8")))

    def _command(self, pipeline: Pipeline, folds: int, out: Path) -> list[str]:
        return [
            str(self.python), "-m", "rasa", "test", "nlu", "--cross-validation", "--folds", str(folds),
            "--nlu", str(self.data), "--domain", "domain.yml", "--config", pipeline.config, "--out", str(out), "--no-plot",
        ]  # fmt: skip


def read_scores(report: Mapping[str, Any], seconds: float) -> Scores:
    """Rasa's ``intent_report.json``. In it, ``accuracy`` is a figure of its own, or stands as the micro average."""
    accuracy = report.get("accuracy")
    if not isinstance(accuracy, float):
        accuracy = report["micro avg"]["f1-score"]
    weighted = report["weighted avg"]
    return Scores(
        accuracy, report["macro avg"]["f1-score"], weighted["f1-score"], int(weighted["support"]), seconds
    )


def side_by_side(found: Sequence[tuple[Pipeline, Scores]], folds: int) -> Table:
    """The figures of all pipelines; the last column says how they stand to the first."""
    first = found[0][1]
    rows = [
        (
            pipeline.name,
            f"{scores.accuracy:.3f}",
            f"{scores.macro_f1:.3f}",
            f"{scores.weighted_f1:.3f}",
            str(scores.examples),
            f"{scores.seconds:.0f} s",
            f"{scores.seconds / first.seconds:.1f}x",
        )
        for pipeline, scores in found
    ]
    head = ("pipeline", "accuracy", "macro F1", "weighted F1", "examples", "time", "time ratio")
    return Table(f"Intents, cross-validated in {folds} folds on the training data", head, tuple(rows))


def read_mistakes(report: Iterable[Mapping[str, Any]]) -> Mistakes:
    """Rasa's ``intent_errors.json``."""
    return [(error["intent"], error["intent_prediction"]["name"]) for error in report]


def stolen(name: str, mistakes: Mistakes) -> Table:
    """Which two intents take sentences from each other, the most first, with how many each way."""
    counts = Counter(mistakes)
    pairs = {(first, second) if first < second else (second, first) for first, second in counts}
    rows = [
        (f"{first} · {second}", str(counts[first, second]), str(counts[second, first]))
        for first, second in sorted(pairs, key=lambda pair: (-counts[pair] - counts[pair[1], pair[0]], pair))[
            :_PAIRS
        ]
    ]
    head = ("two intents", "second took", "first took")
    note = f"{len(mistakes)} sentences were taken for another intent's"
    return Table(f"Intents that take each other's sentences, {name}", head, tuple(rows), note)
