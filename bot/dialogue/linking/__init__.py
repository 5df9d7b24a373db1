"""Linking: which record an utterance is about. An index over names, aliases and question forms; no decisions."""

from bot.dialogue.linking.index import LinkIndex, LinkQuery, build_index

__all__ = ["LinkIndex", "LinkQuery", "build_index"]
