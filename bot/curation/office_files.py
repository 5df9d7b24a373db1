"""Reads ``knowledge/desk/offices.yaml``: the offices, their hours, the replies kept ready. The only reader of that folder."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import InvalidInput
from bot.domain.offices import Offices

_OFFICES = TypeAdapter(Offices)


def read_offices(knowledge: Path) -> Offices:
    """The offices under the ``knowledge`` folder. Raises InvalidInput, naming what is wrong in the file."""
    path = knowledge / "desk" / "offices.yaml"
    try:
        return _OFFICES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError, TypeError) as error:
        first = " ".join(str(error).splitlines()[:3])
        raise InvalidInput(f"desk/{path.name}: {first}; correct the file and try again") from error
