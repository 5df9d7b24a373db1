"""Linking: which record an utterance is about. An index over names, aliases and question forms; no decisions."""

from bot.dialogue.linking.index import LinkIndex, build_index
from bot.dialogue.linking.values import LinkQuery

__all__ = ["LinkIndex", "LinkQuery", "build_index"]
