"""What can go wrong with a call, by script: each fault happens to one call of its method, in the order given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An error that the server reports; nothing was done."""

    status: int
    description: str
    parameters: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection breaks: before anything was done, or ``after``."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer takes a while, and is right."""

    seconds: float


Fault = Answer | Reset | Slow


def too_many(seconds: int) -> Answer:
    """Flood control."""
    return Answer(429, f"Too Many Requests: retry after {seconds}", (("retry_after", seconds),))


def broken(status: int = 500) -> Answer:
    """A fault of the server's own."""
    return Answer(status, "Internal Server Error")


def another_poller() -> Answer:
    """Somebody else fetches updates."""
    return Answer(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
