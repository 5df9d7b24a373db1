"""Command line of the yardsticks. Run in ``rasa_project/``, with the folder where the data lie."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from yardsticks.measure import Scores, measure
from yardsticks.published import PUBLISHED, Row
from yardsticks.readers import DataSet, YardstickError, read


def main(arguments: list[str] | None = None) -> int:
    """Report every data set below a folder; 1 when there is none, or it is not as published."""
    parser = argparse.ArgumentParser(prog="python -m yardsticks", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="with CLINC150, BANKING77 or HWU64 as published, or several"
    )
    options = parser.parse_args(arguments)
    try:
        for data in read(options.folder):
            print(*_report(data, measure(data)), "", sep="\n", flush=True)
    except YardstickError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _report(data: DataSet, scores: Scores) -> Iterator[str]:
    folds = len(data.folds)
    name = data.name if folds == 1 else f"{data.name}, ten folds"
    yield f"{name}: {scores.intents} intents, {scores.train} texts learnt, {scores.test} asked" + (
        f" in {folds} folds" if folds > 1 else ""
    )
    yield f"trained in {scores.train_seconds:.1f} s, {scores.milliseconds:.2f} ms a text"
    recall = None if scores.recall is None else 100 * scores.recall
    rows = [*PUBLISHED[name], Row("this pipeline", 100 * scores.accuracy, recall)]
    yield f"{'':24}  {'in scope':>8}  {'out of scope':>12}"
    for row in sorted(rows, key=lambda row: row.accuracy):
        found = "" if row.recall is None else f"{row.recall:.1f}"
        yield f"{row.system:24}  {row.accuracy:8.1f}  {found:>12}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
