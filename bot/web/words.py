"""The words of the pages, written in ``knowledge/templates/LANGUAGE/web.j2``. None is written here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue.wording import Wording
from bot.domain.text import Language

Words = Mapping[Language, Mapping[str, str]]
_FILE = "web"


def page_words(wording: Wording) -> Words:
    """All blocks of the pages' template, by language and name."""
    return {
        language: {
            block: wording.say(language, _FILE, block) for block in sorted(wording.blocks(language, _FILE))
        }
        for language in Language
    }
