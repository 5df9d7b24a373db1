"""Where a conversation on Telegram takes place: a chat, or a topic of a group's forum. Its key is the conversation's
external id: ``4711``, ``-1001234`` or ``-1001234/56``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CHANNEL: Final = "telegram"


@dataclass(frozen=True, slots=True)
class Address:
    """A chat and, in a forum, the topic."""

    chat: int
    thread: int | None = None

    @property
    def key(self) -> str:
        """The address as a conversation's external id."""
        return str(self.chat) if self.thread is None else f"{self.chat}/{self.thread}"

    @property
    def place(self) -> str:
        """The chat, whatever the topic: what limits count by, and what buttons are signed for."""
        return str(self.chat)

    @property
    def group(self) -> bool:
        """Groups and channels have negative numbers."""
        return self.chat < 0


def parse_address(key: str) -> Address:
    """The address of a conversation. Raises ValueError for what is none."""
    chat, slash, thread = key.partition("/")
    return Address(int(chat), int(thread) if slash else None)


def number_in(identifier: str) -> int | None:
    """The number that a message has in its chat, from its external id; None for a press."""
    number = identifier.rpartition(".")[2]
    return int(number) if identifier[:1] in ("u", "e") and number.isdecimal() else None
