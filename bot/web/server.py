"""Starts and stops an application on a port.

aiohttp's own access log stays off: it would show conversation ids. The application writes one of its own.
"""

from __future__ import annotations

from aiohttp import web


class WebServer:
    """A listening application. ``port`` is the real one, also when 0 was asked for."""

    def __init__(self, runner: web.AppRunner, port: int) -> None:
        self._runner = runner
        self.port = port

    async def stop(self) -> None:
        """Takes nothing new, ends the event streams, lets running requests finish."""
        await self._runner.cleanup()


async def start_web(app: web.Application, host: str, port: int) -> WebServer:
    """Starts listening. Raises OSError when the port is taken or not allowed."""
    # A request whose sender has gone is cancelled: an event stream gives its place back, a turn is shielded.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=10)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except BaseException:
        await runner.cleanup()
        raise
    address = runner.addresses[0]
    return WebServer(runner, int(address[1]))
