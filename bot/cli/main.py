"""The verbs of ``yuanwen``, and how an error reaches the person: one clear line and a non-zero exit."""

from __future__ import annotations

import sys

import typer

from bot.cli import ask, chat, doctor, evaluate, knowledge, run, train
from bot.cli.logs import set_up_logs
from bot.domain.errors import YuanwenError

app = typer.Typer(
    name="yuanwen",
    help="The assistant of a development zone: curated, cited answers in Chinese and English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("doctor")(doctor.doctor)
app.add_typer(knowledge.app, name="knowledge")


def main() -> None:
    """Runs the command line."""
    set_up_logs()
    try:
        app()
    except YuanwenError as error:
        print(f"yuanwen: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except (KeyboardInterrupt, BrokenPipeError):
        raise SystemExit(130) from None
