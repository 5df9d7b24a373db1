"""``yuanwen train --roll-out``: a new model judged by the gate and by probes on a private server, then put to the servers."""

from __future__ import annotations

import asyncio

from bot.cli.evaluate import QUESTIONS, evaluation_core
from bot.cli.progress import tell
from bot.curation.evaluation import gate
from bot.curation.evaluation.asking import ask_all
from bot.curation.evaluation.questions import read_questions
from bot.curation.publish import read_for_publishing
from bot.domain.errors import InvalidInput, TryLater
from bot.nlu.models import fitting_model
from bot.nlu.roll_out import read_probes, rolling_out
from bot.settings import Settings


def roll_out(settings: Settings, models_there: str) -> None:
    """Puts the model that fits to all servers of the settings. Raises InvalidInput or TryLater; then all answer as before."""
    if not settings.nlu_urls:
        raise InvalidInput(
            "--roll-out: BOT_NLU_URLS names no server; an assistant with its own Rasa takes the model at its next start"
        )
    asyncio.run(_roll_out(settings, models_there))


async def _roll_out(settings: Settings, models_there: str) -> None:
    probes = read_probes(settings.rasa_dir)
    private = settings.model_copy(update={"nlu_urls": ()})
    questions = read_questions(QUESTIONS)
    async with rolling_out(probes, tell, models_there) as servers:
        async with evaluation_core(private, read_for_publishing(settings.knowledge_dir)) as core:
            (url,) = core.pool.states()
            if wrong := await servers.failing(url):
                raise TryLater(
                    f"not rolled out: the model gives “{wrong[0].text}” another intent than {wrong[0].intent}"
                )
            tell(f"{len(probes)} probes right; asking {len(questions)} questions …")
            figures = gate.figures(await ask_all(core.assistant, questions))
        if below := list(gate.fallen(figures, gate.read_gate(QUESTIONS / "gate.yaml"))):
            raise TryLater(f"not rolled out: {'; '.join(below)}")
        tell("no figure below its floor")
        await servers.to_all(settings.nlu_urls, fitting_model(settings.rasa_dir).name)
