"""Times, memory and their tables. A figure is printed with its target and, where there is one, its baseline."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from bot.curation.evaluation.tables import Table

T = TypeVar("T")


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that ``percent`` (0..100) of the values do not exceed. NaN of none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


def timed(
    run: Callable[[T], object], items: Iterable[T], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Milliseconds for each item, one after the other."""
    found = []
    for item in items:
        began = clock()
        run(item)
        found.append((clock() - began) * 1000)
    return found


async def timed_async(run: Callable[[T], Awaitable[object]], items: Iterable[T]) -> list[float]:
    """The same for what has to be awaited."""
    found = []
    for item in items:
        began = time.perf_counter()
        await run(item)
        found.append((time.perf_counter() - began) * 1000)
    return found


def resident_mb(pid: int | str = "self") -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"no memory is told of process {pid}")


def load_note() -> str:
    """How busy the machine is: figures of a busy one say little."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def verdict(value: float, target: float | None) -> str:
    """``ok`` or ``over`` the target; empty without one."""
    if target is None:
        return ""
    return "ok" if value <= target else "over"


def show(table: Table) -> None:
    """Prints a table and an empty line."""
    print(*table.lines(), "", sep="\n", flush=True)
