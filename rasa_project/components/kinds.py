"""The kinds of things that a person mentions, and the single character that stands for each in learnt texts.

The order is the precedence when one name belongs to two kinds.
"""

from __future__ import annotations

KINDS: tuple[str, ...] = ("place", "procedure", "pathway", "concept", "mechanism", "matter", "body", "park")

# Private use characters: no normalised text contains one, and each is one step of an n-gram.
TOKENS: dict[str, str] = {kind: chr(0xE000 + index) for index, kind in enumerate(KINDS)}
KIND_OF_TOKEN: dict[str, str] = {token: kind for kind, token in TOKENS.items()}
