"""Plain tables for a terminal, and the shares that fill most of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.curation.evaluation.asking import Asked


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many are right."""

    right: int = 0
    total: int = 0

    @property
    def percent(self) -> float:
        """0..100; 100 of none."""
        return 100.0 * self.right / self.total if self.total else 100.0

    def __str__(self) -> str:
        return f"{self.percent:5.1f}% {self.right:>4}/{self.total:<4}" if self.total else "-"

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> Share:
        """The share of questions that are right."""
        judged = [each.right for each in asked]
        return cls(sum(judged), len(judged))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a head. The first column is aligned left, the others right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def lines(self) -> list[str]:
        """The table as lines of text."""
        cells = [self.head, *self.rows]
        widths = [max(_width(row[place]) for row in cells) for place in range(len(self.head))]
        drawn = [_line(row, widths) for row in cells]
        rule = "  ".join("-" * width for width in widths)
        return [self.title, *([f"({self.note})"] if self.note else []), drawn[0], rule, *drawn[1:]]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell + " " * (width - _width(cell)) if place == 0 else " " * (width - _width(cell)) + cell
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *rest)).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def by_kind(asked: Sequence[Asked]) -> Table:
    """Shares by kind, with a column for each language and split."""
    columns: list[tuple[str, Callable[[Asked], bool]]] = [
        (f"{language} {split}", _in(language, split))
        for language in ("zh", "en")
        for split in ("dev", "test")
    ]
    columns += [("all dev", _in(None, "dev")), ("all test", _in(None, "test"))]
    kinds = tuple(dict.fromkeys(each.question.kind for each in asked))
    rows = [
        (
            kind,
            *(
                str(Share.of(e for e in asked if e.question.kind == kind and inside(e)))
                for _, inside in columns
            ),
        )
        for kind in kinds
    ]
    rows.append(("all", *(str(Share.of(filter(inside, asked))) for _, inside in columns)))
    return Table("Right, by kind and language", ("kind", *(name for name, _ in columns)), tuple(rows))


def by_ask(asked: Sequence[Asked]) -> Table:
    """Shares by what is asked, the label in the questions' files; the commonest first."""
    labels = sorted({each.question.ask for each in asked})
    groups = {label: [each for each in asked if each.question.ask == label] for label in labels}
    rows = [
        (label, *(str(Share.of(filter(_in(None, split), group))) for split in ("dev", "test")))
        for label, group in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
    return Table("Right, by what is asked", ("ask", "dev", "test"), tuple(rows))


def _in(language: str | None, split: str) -> Callable[[Asked], bool]:
    def inside(each: Asked) -> bool:
        return each.question.split == split and language in (None, each.question.language)

    return inside
