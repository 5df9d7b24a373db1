"""The environment that a child process of ours gets: our own, with what it needs on top."""

from __future__ import annotations

import os
from collections.abc import Mapping


def child_environment(own: Mapping[str, str]) -> dict[str, str]:
    """Our environment with ``own`` on top. Compiled files may be written: Rasa starts four times faster with them."""
    passed_on = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**passed_on, **own}
