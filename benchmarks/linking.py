"""Linking a question to a record: time by the size of the catalogue, with what building the index takes.

Each size runs in a process of its own, so that its memory can be told. Times are CPU times: linking waits for nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Final

from benchmarks.measure import load_note, percentile, resident_mb, show, timed, verdict
from benchmarks.questions import normalised
from benchmarks.synthetic import forms
from bot.curation.evaluation.tables import Table
from bot.curation.language_files import read_lexicon
from bot.curation.publish import read_for_publishing
from bot.dialogue.linking import build_index
from bot.dialogue.linking.scoring import LinkWeights, score
from bot.dialogue.normal import normalise
from bot.domain.records import Ref
from bot.domain.understanding import Ask
from bot.settings import ROOT, read_settings

SIZES: Final = [300, 10_000, 100_000]
QUERIES: Final = 200
TARGET_MS: Final = {300: 2.0, 100_000: 10.0}


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured at one size: records, forms, milliseconds, seconds, MB."""

    records: int
    forms: int
    p50: float
    p95: float
    query: float
    search: float
    rank: float
    build: float
    memory: float


def run(options: argparse.Namespace) -> None:
    """Prints the table."""
    rows = []
    for size in options.records:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.linking", str(size)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
        found = Figures(**json.loads(done.stdout))
        target = TARGET_MS.get(size)
        rows.append(
            (
                f"{found.records:,}",
                f"{found.forms:,}",
                f"{found.p50:.2f} ms",
                f"{found.p95:.2f} ms",
                f"{found.query:.2f} / {found.search:.2f} / {found.rank:.2f} ms",
                f"< {target:.0f} ms {verdict(found.p50, target)}" if target else "",
                f"{found.build:.1f} s",
                f"{found.memory:.0f} MB",
            )
        )
    head = ("records", "forms", "p50", "p95", "query / search / rank", "target p50", "build", "index memory")
    show(Table("Linking a question to a record", head, tuple(rows), load_note()))


def measure(size: int) -> Figures:
    """One size. 300 stands for the real knowledge as it is."""
    settings = read_settings()
    knowledge = read_for_publishing(settings.knowledge_dir)
    lexicon = read_lexicon(settings.knowledge_dir)
    neutral = [normalise(word) for word in lexicon.neutral]
    synonyms = [[normalise(word) for word in group] for group in lexicon.synonyms]
    made = list(forms(knowledge, size))
    count = len(made)
    _give_back()
    before = resident_mb()
    began = time.process_time()
    index = build_index(made, neutral, synonyms)
    build = time.process_time() - began
    del made
    _give_back()
    memory = resident_mb() - before
    questions = normalised(QUERIES)
    index.kept = 0  # every search is the first of its text
    queries = [index.query(text) for text in questions]
    found = [index.search(query) for query in queries]
    subjects: dict[Ref, str] = {}
    weights = LinkWeights()

    def link(text: str) -> object:
        return score(index.search(index.query(text)), Ask.WHO, None, weights, subjects)

    whole = timed(link, questions, time.thread_time)
    parts = (
        timed(index.query, questions, time.thread_time),
        timed(index.search, queries, time.thread_time),
        timed(lambda signals: score(signals, Ask.WHO, None, weights, subjects), found, time.thread_time),
    )
    query, search, rank = (percentile(times, 50) for times in parts)
    return Figures(
        len(index), count, percentile(whole, 50), percentile(whole, 95), query, search, rank, build, memory
    )


def _give_back() -> None:
    """Free memory goes back to the system, so that what is resident is in use."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # a libc that has no such call
        ctypes.CDLL(None).malloc_trim(0)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1])))))
