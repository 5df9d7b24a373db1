"""How a turn looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from bot.ports import TurnResult


def print_turn(turn: TurnResult) -> None:
    """The replies with their sources and numbered buttons."""
    number = 0
    for reply in turn.replies:
        typer.echo(reply.text)
        for line in reply.sources:
            article = f" {line.article}" if line.article else ""
            mark = "✓" if line.checked else "…"
            typer.secho(f"  {mark} {line.title}{article} ({line.as_of})", dim=True)
        for button in reply.buttons:
            number += 1
            typer.secho(f"  [{number}] {button.label}", fg=typer.colors.BLUE)
        typer.echo("")


def trace_lines(turn: TurnResult) -> list[str]:
    """Why the turn was decided as it was, one line a thing."""
    heard = turn.understanding
    lines = [
        f"understood by {heard.source} ({heard.model or 'no model'}): {heard.intent} {heard.confidence:.2f}"
    ]
    for trace in turn.traces:
        lines.append(
            f"“{trace.normalised}”: {trace.intent} {trace.confidence:.2f} → {trace.decision} ({trace.why})"
        )
        for candidate in trace.candidates:
            signals = ", ".join(f"{name} {value}" for name, value in _said(candidate.signals))
            lines.append(f"    {candidate.ref} {candidate.score:.3f}  {signals}")
    return lines


def _said(signals: Iterable[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    return [(name, value) for name, value in signals if value]
