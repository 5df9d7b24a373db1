"""The words that only Telegram needs, written in ``knowledge/templates/LANGUAGE/telegram.j2``. None is written here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.dialogue.wording import Wording
from bot.domain.text import Language

FILE: Final = "telegram"
_COMMAND: Final = re.compile(r"([a-z0-9_]{1,32}) - (.{1,256})")


@dataclass(frozen=True, slots=True)
class TelegramWords:
    """The words of one language."""

    wording: Wording
    language: Language

    def say(self, block: str, **values: str) -> str:
        """The words of a block."""
        return self.wording.say(self.language, FILE, block, **values)

    def has(self, block: str) -> bool:
        """Whether there are words for it."""
        return block in self.wording.blocks(self.language, FILE)

    def commands(self, block: str = "commands") -> list[tuple[str, str]]:
        """The commands of a menu with their descriptions, in order. Raises ValueError for a line of another form."""
        lines = self.say(block).splitlines()
        matches = [_COMMAND.fullmatch(line) for line in lines]
        if None in matches:
            raise ValueError(f"telegram.j2, {self.language}: a command's line is: name - description")
        return [(match[1], match[2]) for match in matches if match]


Words = Callable[[Language], TelegramWords]
