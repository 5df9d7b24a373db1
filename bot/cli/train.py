"""``yuanwen train``: the model, from the knowledge and the phrases."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.progress import tell
from bot.cli.ready import make_environment
from bot.curation.publish import read_for_publishing
from bot.curation.training_data import write_lookups
from bot.nlu.models import fitting_model
from bot.nlu.training import Trainer
from bot.settings import Settings, read_settings


def train(
    force: Annotated[bool, typer.Option("--force", help="train even when a model fits")] = False,
    roll_out: Annotated[
        bool, typer.Option("--roll-out", help="then put it to the servers of BOT_NLU_URLS, if it is no worse")
    ] = False,
    models_there: Annotated[
        str, typer.Option(help="with --roll-out: the folder of models as the servers see it")
    ] = "models",
) -> None:
    """Train the model from the knowledge and the phrases. Nothing to do when the model that is there fits.

    With --roll-out the model must answer the probes and reach the floors of gate.yaml on a private server first; then
    each server takes it in turn, and one that does not answer the probes afterwards goes back to what it had.
    """
    settings = read_settings()
    make_environment(settings.rasa_dir)
    train_model(settings, force=force)
    typer.echo(fitting_model(settings.rasa_dir))
    if roll_out:
        from bot.cli.roll_out import roll_out as put_to_servers

        put_to_servers(settings, models_there)


def train_model(settings: Settings, *, force: bool = False) -> None:
    """Generates the training data anew and trains when no model fits it. Raises InvalidInput or TryLater."""
    project = settings.rasa_dir
    trainer = Trainer(project, settings.var_dir / "log" / "training.log", tell)
    with trainer.turn():
        changed = write_lookups(read_for_publishing(settings.knowledge_dir), project / "data" / "generated")
        if changed:
            tell(f"names from the knowledge: {len(changed)} of the generated files changed")
        trainer.realise()
        if fitting_model(project).exists() and not force:
            tell("the model that is there fits")
            return
        trainer.train()
