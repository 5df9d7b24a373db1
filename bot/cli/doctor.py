"""placeholder"""

from __future__ import annotations


def doctor() -> None:
    """Say what is installed, active and missing."""
