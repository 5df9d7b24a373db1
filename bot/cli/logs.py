"""Logs go to standard error, so that standard output holds answers only; they never hold a text that a person wrote.

Should one slip in with a library's message all the same, personal data in it is masked.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from bot.domain.privacy import mask


def set_up_logs(level: int = logging.WARNING, *, as_json: bool = False) -> None:
    """All logs, ours and those of libraries, in one form: lines for people, or JSON lines for programs."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(as_json),
                _masked,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for library in ("alembic", "aiohttp.access", "httpx"):
        logging.getLogger(library).setLevel(max(level, logging.WARNING))


def _masked(_logger: object, _method: str, rendered: Any) -> str:
    return mask(str(rendered))


def _rendering(as_json: bool) -> list[structlog.typing.Processor]:
    if as_json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    # Plain: the pretty kind prints the values of variables, and with them what people wrote.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
