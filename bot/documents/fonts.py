"""The typeface of all documents: Noto Sans SC, from the package ``zhplot`` (the file only; its code is not run)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bot.domain.errors import NotFound


@cache
def font_file() -> Path:
    """The TrueType file. Raises NotFound when the package is not whole."""
    spec = find_spec("zhplot")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if file.exists():
            return file
    raise NotFound("the typeface of the documents is missing: bin/environments bot restores it")
