"""Standard input, line by line."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from typing import Final

_AHEAD: Final = 100  # lines read ahead of their answers


async def input_lines() -> AsyncIterator[bytes]:
    """The lines, from a file, a pipe or a terminal alike, without keeping the loop from anything else.

    A daemon thread reads, through a file object of its own: waiting for a line never keeps Ctrl-C from ending the program.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes] = asyncio.Queue(_AHEAD)
    source = open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: ASYNC230, SIM115 - opens no file, ends with the program

    def read() -> None:
        line = b"-"
        while line:
            line = source.readline()
            try:
                asyncio.run_coroutine_threadsafe(queue.put(line), loop).result()
            except RuntimeError:
                return  # the loop has ended

    threading.Thread(target=read, daemon=True).start()
    while line := await queue.get():
        yield line
