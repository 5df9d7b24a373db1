"""The words of the pages, written in ``knowledge/templates/LANGUAGE/web.j2``. None is written here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue.wording import Wording
from bot.domain.text import Language

Words = Mapping[Language, Mapping[str, str]]
_FILE = "web"


def page_words(wording: Wording, file: str = _FILE) -> Words:
    """All blocks of a template of pages, by language and name."""
    return {
        language: {
            block: wording.say(language, file, block) for block in sorted(wording.blocks(language, file))
        }
        for language in Language
    }
