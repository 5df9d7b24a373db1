"""The floors that a change may not sink below, in ``tests/questions/gate.yaml``: percent right, by kind and language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from bot.curation.evaluation.asking import Asked
from bot.curation.evaluation.tables import Share
from bot.domain.errors import InvalidInput

ALLOWANCE: Final = 1.0  # points: one question more or less in a small kind is not always a step back
_HEADER: Final = (
    "# Floors of `make eval`: percent right, by kind and language. It fails when a figure falls more than a point below.\n"
    "# Raise them with `yuanwen evaluate --write-gate` (it never lowers one); lower one by hand, and say why in the commit.\n"
)

Floors = Mapping[str, Mapping[str, float]]


def read_gate(path: Path) -> Floors:
    """The floors by kind and language; none when there is no such file. Raises InvalidInput."""
    if not path.exists():
        return {}
    try:
        floors = yaml.safe_load(path.read_text(encoding="utf-8"))["floors"]
        return {
            str(kind): {str(language): float(floor) for language, floor in of_kind.items()}
            for kind, of_kind in floors.items()
        }
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            f"{path}: floors: KIND: {{zh: PERCENT, en: PERCENT}} is expected ({error})"
        ) from None


def figures(asked: Sequence[Asked]) -> Floors:
    """The percent right by kind and language, to one decimal, rounded down."""
    found: dict[str, dict[str, float]] = {}
    for kind in dict.fromkeys(each.question.kind for each in asked):
        of_kind = [each for each in asked if each.question.kind == kind]
        found[kind] = {
            language: int(Share.of(e for e in of_kind if e.question.language == language).percent * 10) / 10
            for language in sorted({e.question.language.value for e in of_kind}, reverse=True)
        }
    return found


def fallen(now: Floors, floors: Floors) -> Iterator[str]:
    """What fell more than the allowance below its floor, one line each. Kinds that were not asked are left out."""
    for kind, of_kind in floors.items():
        for language, floor in of_kind.items():
            figure = now.get(kind, {}).get(language)
            if figure is not None and figure < floor - ALLOWANCE:
                yield f"{kind} {language}: {figure:.1f} % right, more than a point below its floor of {floor:.1f} %"


def raised(now: Floors, floors: Floors) -> Floors:
    """The floors where every figure that is above its floor, or has none, becomes the floor."""
    kinds = dict.fromkeys((*floors, *now))
    return {
        kind: {
            language: max(floors.get(kind, {}).get(language, 0.0), now.get(kind, {}).get(language, 0.0))
            for language in dict.fromkeys((*floors.get(kind, {}), *now.get(kind, {})))
        }
        for kind in kinds
    }


def write_gate(path: Path, floors: Floors) -> None:
    """Writes the file anew."""
    lines = [
        f"  {kind}: {{{', '.join(f'{language}: {floor:.1f}' for language, floor in of_kind.items())}}}\n"
        for kind, of_kind in floors.items()
    ]
    path.write_text(f"{_HEADER}floors:\n{''.join(lines)}", encoding="utf-8")
