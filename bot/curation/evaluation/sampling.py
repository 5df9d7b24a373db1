"""An even sample of the training data, for what takes too long on all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.curation.evaluation.plain_yaml import read_yaml

_FILES: Final = ("generated/*.yml", "places.yml")  # what Rasa reads of the data folder


def write_sample(data: Path, folder: Path, sentences: int) -> int:
    """Writes the data of ``data`` into ``folder`` with about so many sentences; returns how many. Lookups are whole.

    Every intent keeps its share, and of its sentences every nth, so that a sample of the same data is the same.
    """
    blocks = [
        block
        for pattern in _FILES
        for path in sorted(data.glob(pattern))
        for block in read_yaml(path.read_text("utf-8"))["nlu"]
    ]
    lines = {id(block): block["examples"].splitlines() for block in blocks}
    total = sum(len(lines[id(block)]) for block in blocks if "intent" in block)
    step = max(1.0, total / sentences)
    kept = 0
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "nlu.yml").open("w", encoding="utf-8") as file:
        file.write('version: "3.1"\nnlu:\n')
        for block in blocks:
            chosen = lines[id(block)]
            key = next(iter(block))
            if key == "intent":
                chosen = [
                    chosen[min(int(place * step), len(chosen) - 1)]
                    for place in range(max(2, int(len(chosen) / step)))
                ]
                kept += len(chosen)
            file.write(f"- {key}: {block[key]}\n  examples: |\n")
            file.writelines(f"    {line}\n" for line in chosen)
    return kept
