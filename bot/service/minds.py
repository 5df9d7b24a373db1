"""Where the use cases find what the dialogue thinks with."""

from __future__ import annotations

from typing import Protocol

from bot.dialogue.mind import Mind
from bot.domain.text import Audience


class Minds(Protocol):
    """What the dialogue thinks with now, by audience; replaced as a whole when a knowledge revision is switched."""

    def current(self, audience: Audience) -> Mind: ...
