"""One question of a message with what was found out about it. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.splitting import joined
from bot.dialogue.topic import Topic
from bot.domain.conversation import Place
from bot.domain.understanding import Ask, Understanding


@dataclass(frozen=True, slots=True)
class Said:
    """One question as it was said: normalised, with the background told beside it.

    ``heard``: what was understood of it. ``corrects``: it stands for what was understood before, which was not meant.
    """

    text: str
    understanding: Understanding
    background: str = ""
    heard: str = ""
    corrects: bool = False

    @property
    def whole(self) -> str:
        """The question with its background before it."""
        return joined([self.background, self.text])


@dataclass(frozen=True, slots=True)
class Question:
    """The same with what is asked, what it is about, and the place that it names."""

    said: Said
    ask: Ask
    topic: Topic
    place: Place | None

    @property
    def text(self) -> str:
        """The question itself, normalised."""
        return self.said.text

    @property
    def understanding(self) -> Understanding:
        """What the question was understood to ask."""
        return self.said.understanding
