"""Reads ``knowledge/language/*.yaml`` into the lexicon. The only reader of that folder."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import InvalidInput
from bot.domain.lexicon import Lexicon

_LEXICON = TypeAdapter(Lexicon)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_lexicon(knowledge: Path) -> Lexicon:
    """The lexicon under the ``knowledge`` folder. Raises InvalidInput, naming the file and what is wrong in it."""
    data: dict[str, object] = {}
    for path in sorted((knowledge / "language").glob("*.yaml")):
        try:
            data |= yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
            _LEXICON.validate_python(data)
        except (OSError, yaml.YAMLError, ValidationError, TypeError) as error:
            first = " ".join(str(error).splitlines()[:3])
            raise InvalidInput(f"{path.name}: {first}; correct the file and try again") from error
    return _LEXICON.validate_python(data)
