"""The verbs of ``yuanwen``, and how an error reaches the person: one clear line and a non-zero exit."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import Final

import typer

from bot.cli.logs import set_up_logs
from bot.domain.errors import YuanwenError

# Each verb is a module of this package with a function of its name; a module with an ``app`` has verbs of its own.
VERBS: Final = ("run", "ask", "chat", "plan", "knowledge", "train", "evaluate", "staff", "switch", "doctor")


def command_line(verbs: tuple[str, ...] = VERBS) -> typer.Typer:
    """The command line with some of the verbs; their modules, and whatever those need, are imported now."""
    app = typer.Typer(
        name="yuanwen",
        help="The assistant of a development zone: curated, cited answers in Chinese and English.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # keeps the verb in the command line when there is only one
    for verb in verbs:
        module = import_module(f"bot.cli.{verb}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=verb)
        else:
            app.command(verb)(getattr(module, verb))
    return app


def main() -> None:
    """Runs the command line."""
    set_up_logs()
    # Whoever ends us by SIGTERM gets the same clean end as by Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        asked = sys.argv[1:2]
        app = command_line((asked[0],)) if asked and asked[0] in VERBS else command_line()
        app(prog_name="yuanwen")
    except YuanwenError as error:
        print(f"yuanwen: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more; nothing is said about it
        raise SystemExit(141) from None
