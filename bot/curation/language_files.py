"""Reads ``knowledge/language/lexicon.yaml`` into the lexicon. The only reader of that file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import InvalidInput
from bot.domain.lexicon import Lexicon

_LEXICON = TypeAdapter(Lexicon)


def read_lexicon(knowledge: Path) -> Lexicon:
    """The lexicon under the ``knowledge`` folder. Raises InvalidInput, naming the file and what is wrong in it."""
    path = knowledge / "language" / "lexicon.yaml"
    try:
        return _LEXICON.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        first = str(error).splitlines()
        raise InvalidInput(f"{path.name}: {' '.join(first[:3])}; correct the file and try again") from error
