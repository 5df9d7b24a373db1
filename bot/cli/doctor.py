"""``yuanwen doctor``: what is installed, what is active, what is missing and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import typer

from bot.cli import installed, state
from bot.cli.findings import Finding, missing
from bot.domain.errors import InvalidInput
from bot.settings import read_settings


def doctor() -> None:
    """Say what is installed, active and missing, and how to mend it. Exits 1 when something needed is missing."""
    lacking = 0
    for finding in _findings():
        typer.echo(finding)
        lacking += finding.state == "missing"
    if lacking:
        typer.echo(f"{lacking} to mend", err=True)
        raise typer.Exit(1)


def _findings() -> Iterator[Finding]:
    yield from installed.bot_environment()
    try:
        settings = read_settings()
    except InvalidInput as error:
        yield missing("settings", str(error), "see README.md, Settings")
        return
    parts: Iterable[Iterable[Finding]] = (
        state.settings_in_use(settings),
        state.nlu_servers(settings),
        () if settings.nlu_urls else installed.rasa_environment(settings.rasa_dir),
        () if settings.nlu_urls else installed.model(settings.rasa_dir),
        state.database(settings),
        state.knowledge(settings),
        state.port(settings),
        installed.browser(),
    )
    for part in parts:
        yield from part
