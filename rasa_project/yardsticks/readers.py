"""Reads the three data sets in the forms in which their authors published them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from components.trained_classifier import OUT_OF_SCOPE

Sample = tuple[str, str]
"""A text and its intent."""

_HWU64_INTENT = "alarm_query"  # BANKING77 and HWU64 share one format; this intent tells them apart


class YardstickError(ValueError):
    """The folder holds no data set that is known, or one that cannot be read; the message says what is expected."""


@dataclass(frozen=True)
class Fold:
    """One split. ``test`` is in scope; ``strangers`` are texts for test that belong to no intent."""

    train: tuple[Sample, ...]
    test: tuple[Sample, ...]
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataSet:
    """A data set by name, with one split or, for the original HWU64, ten."""

    name: str
    folds: tuple[Fold, ...]


def read(folder: Path) -> list[DataSet]:
    """Every data set that stands in ``folder`` or anywhere below it. Raises ``YardstickError`` when there is none."""
    found = [_clinc150(path) for path in sorted(folder.rglob("data_full.json"))]
    found += [_train_and_test(path.parent) for path in sorted(folder.rglob("train.csv"))]
    found += [_ten_folds(path.parent) for path in sorted(folder.rglob("KFold_1"))]
    if not found:
        raise YardstickError(
            f"{folder}: neither data_full.json (CLINC150), nor train.csv and test.csv (BANKING77, HWU64), "
            "nor KFold_1 with trainset and testset (HWU64)"
        )
    return found


def _clinc150(path: Path) -> DataSet:
    """``data_full.json``: lists of [text, intent] by part. Its out-of-scope texts for training are learnt as such."""
    parts = json.loads(path.read_text(encoding="utf-8"))
    try:
        train = [(text, intent) for text, intent in parts["train"]]
        train += [(text, OUT_OF_SCOPE) for text, _ in parts.get("oos_train", [])]
        test = tuple((text, intent) for text, intent in parts["test"])
        strangers = tuple(text for text, _ in parts.get("oos_test", []))
    except (KeyError, TypeError, ValueError) as error:
        raise YardstickError(f"{path}: not as CLINC150 was published ({error})") from error
    return DataSet("CLINC150", (Fold(tuple(train), test, strangers),))


def _train_and_test(folder: Path) -> DataSet:
    """``train.csv`` and ``test.csv`` with the columns ``text`` and ``category``."""
    test = folder / "test.csv"
    if not test.exists():
        raise YardstickError(f"{folder}: there is train.csv, but no test.csv beside it")
    fold = Fold(
        tuple(_rows(folder / "train.csv", ("text", "category"), ",")),
        tuple(_rows(test, ("text", "category"), ",")),
    )
    intents = {intent for _, intent in fold.train}
    return DataSet("HWU64" if _HWU64_INTENT in intents else "BANKING77", (fold,))


def _ten_folds(folder: Path) -> DataSet:
    """``KFold_<n>`` with ``trainset/*.csv`` and ``testset/csv/*.csv``, one file an intent, named after it."""
    folds = []
    for fold in sorted(folder.glob("KFold_*"), key=lambda path: int(path.name.removeprefix("KFold_"))):
        train = tuple(_by_file((fold / "trainset").glob("*.csv")))
        test = tuple(_by_file((fold / "testset" / "csv").glob("*.csv")))
        if not train or not test:
            raise YardstickError(f"{fold}: no trainset/*.csv, or no testset/csv/*.csv")
        folds.append(Fold(train, test))
    return DataSet("HWU64", tuple(folds))


def _by_file(paths: Iterable[Path]) -> Iterator[Sample]:
    for path in sorted(paths):
        for text, _ in _rows(path, ("answer_from_anno", "intent"), ";"):
            yield text, path.stem


def _rows(path: Path, columns: tuple[str, str], delimiter: str) -> Iterator[Sample]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=delimiter)
        if not set(columns) <= set(rows.fieldnames or ()):
            raise YardstickError(f"{path}: the columns {' and '.join(columns)} are expected")
        for row in rows:
            yield row[columns[0]], row[columns[1]]
