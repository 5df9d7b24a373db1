"""What needs no understanding of language: presses of buttons and slash commands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.dialogue.about import about
from bot.dialogue.buttons import Press
from bot.dialogue.decided import Decided
from bot.dialogue.hearing import Command
from bot.dialogue.mind import Mind
from bot.dialogue.plan_form import started, stepped
from bot.dialogue.who import case_begun, who
from bot.domain.conversation import Context
from bot.domain.decisions import Answer, GuideWho, Handover, Social
from bot.domain.records import Kind, Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask

_COMMANDS: Final = {"start": "greeting", "help": "help", "cancel": "cancelled"}


def pressed(press: Press, context: Context, mind: Mind) -> Decided:
    """What a button stands for; a record that is gone (or not for this audience) makes it stale."""
    if press.act == "human":
        return Decided((Handover("wish"),), context)
    if press.act == "topics":
        return Decided((Social("help"),), context)
    if press.act == "language":
        return Decided((Social("language", press.language),), replace(context, language=press.language))
    if press.form is not None:
        return stepped(press.form, context, mind)
    if press.act == "guide":
        return Decided((GuideWho(press.stage, press.place, press.page),), replace(context, pending=None))
    assert press.record is not None
    if not mind.visible(press.record):
        return Decided((Social("stale_button"),), context)
    if press.act == "case":
        return case_begun(press.record, press.place, context, mind)
    if press.act == "more":
        return Decided((Answer(press.record, press.ask, more=True),), context.about(press.record, press.ask))
    decisions, context = about(press.record, press.ask, press.place, context, mind)
    return Decided(tuple(decisions), context)


def commanded(command: Command, context: Context, mind: Mind) -> Decided:
    """What a slash command does; an unknown one is told so."""
    name, argument = command.name, command.argument
    if name == "lang":
        language = Language(argument) if argument in tuple(Language) else _other_choice(context)
        return Decided((Social("language", language),), replace(context, language=language))
    if name == "human":
        return Decided((Handover("wish"),), context)
    if name == "start" and (record := _deep_link(argument, mind)):
        decisions, context = about(record, Ask.OVERVIEW, None, context, mind)
        return Decided(tuple(decisions), context)
    if name == "plan" and (decided := started(context, mind, argument)):
        return decided
    if name == "who":
        return who(argument, context, mind)
    if name == "cancel":
        form = replace(context.form, asked=None) if context.form else None
        return Decided((Social("cancelled"),), replace(context, pending=None, form=form))
    if name == "forget":
        return Decided((Social("forgotten"),), Context())
    return Decided((Social(_COMMANDS.get(name, "unknown_command")),), context)


def _other_choice(context: Context) -> Language:
    return Language.ZH if (context.language or context.spoken) is Language.EN else Language.EN


def _deep_link(payload: str, mind: Mind) -> Ref | None:
    """``procedure_construction-permit`` → that record, when it exists for this audience."""
    kind, _, identifier = payload.partition("_")
    try:
        ref = Ref(Kind(kind), identifier)
    except ValueError:
        return None
    return ref if mind.visible(ref) else None
