"""What a message was decided to: a value between the decision and its words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.conversation import Context
from bot.domain.decisions import Decision, Trace


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions, in the order of the questions, with the context after them and the reasons."""

    decisions: tuple[Decision, ...]
    context: Context
    traces: tuple[Trace, ...] = ()
    danger: bool = False  # somebody may be in danger: the emergency numbers come before anything else
