"""``python -m benchmarks``: runs them one after the other, or those that are named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Final

from benchmarks import growth, linking, messages, parse, plan, start, training, turn
from benchmarks.measure import load_note
from bot.domain.errors import YuanwenError

BENCHMARKS: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "parse": parse.run,
    "turn": turn.run,
    "messages": messages.run,
    "linking": linking.run,
    "growth": growth.run,
    "plan": plan.run,
    "start": start.run,
    "training": training.run,
}


def main() -> int:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)} (all)")
    parser.add_argument(
        "--no-stock", action="store_true", help="without stock Rasa (its first training takes minutes)"
    )
    parser.add_argument(
        "--records", type=int, nargs="*", default=linking.SIZES, help="catalogue sizes for linking"
    )
    parser.add_argument("--databases", nargs="*", default=["sqlite", "postgres"], help="for messages")
    parser.add_argument("--replicas", type=int, nargs="*", default=[1, 2], help="bot processes, for messages")
    parser.add_argument("--nlu", nargs="*", default=["rasa", "stub"], help="for messages: rasa, stub or both")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        parser.error(f"no benchmark {unknown[0]!r}: there are {', '.join(BENCHMARKS)}")
    print(load_note(), "\n")
    try:
        for name in options.names or BENCHMARKS:
            BENCHMARKS[name](options)
    except YuanwenError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
