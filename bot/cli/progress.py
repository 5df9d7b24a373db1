"""Lines about what goes on, for the person at the terminal. On standard error: standard output is for answers."""

from __future__ import annotations

import sys


def tell(line: str) -> None:
    """One plain line, at once."""
    print(f"yuanwen: {line}", file=sys.stderr, flush=True)
