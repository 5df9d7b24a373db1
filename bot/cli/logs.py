"""Logs go to standard error, so that standard output holds answers only; they never hold a text that a person wrote."""

from __future__ import annotations

import logging
import os
import sys

import structlog


def set_up_logs(level: int = logging.WARNING, *, as_json: bool = False) -> None:
    """Structured logs of ours and plain ones of libraries, in one form."""
    shared: list[structlog.typing.Processor] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer]
        if as_json
        else [*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def quiet_children() -> None:
    """Keeps libraries of child processes from writing to our terminal."""
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
