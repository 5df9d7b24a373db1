"""``yuanwen plan supplement``: only what was added since a plan was handed over, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.planning import Knowledge, plan_in, read_json
from bot.clock import WallClock
from bot.curation.template_files import read_templates
from bot.dialogue.plan_words import PlanWords
from bot.dialogue.wording import Wording
from bot.domain.errors import InvalidInput
from bot.domain.plan import Addition, Plan, Supplement
from bot.domain.text import Language
from bot.domain.zone_time import local_day
from bot.planning.difference import supplement as supplement_of
from bot.planning.fields import facts_to_json, read_facts
from bot.planning.planner import make_plan
from bot.planning.seal import is_whole
from bot.settings import read_settings


def supplement(
    before: Annotated[Path, typer.Argument(help="the plan that was handed over, as JSON")],
    facts: Annotated[
        str | None, typer.Option(help="JSON file with the facts now; those of the plan when missing")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="write it as a document: a name that ends in .pdf or .xlsx")
    ] = None,
    lang: Annotated[Language, typer.Option(help="language of the text")] = Language.ZH,
) -> None:
    """Tell what other facts, or knowledge that has changed since, add to a plan, and which of the two did."""
    settings = read_settings()
    old = _handed_over(before)
    book = asyncio.run(Knowledge(settings).in_use())
    today = local_day(WallClock().now())
    same = make_plan(book, read_facts(book, facts_to_json(old.facts)), today)
    new = same if facts is None else make_plan(book, read_facts(book, read_json(facts)), today)
    found = supplement_of(old, new, same)
    words = PlanWords(Wording(read_templates(settings.knowledge_dir)), lang)
    if out is not None:
        out.write_bytes(_document(out, found, new, words))
    typer.echo("\n".join(supplement_lines(found, words)))


def _handed_over(file: Path) -> Plan:
    """The plan of a file. Raises InvalidInput when it is not as it was made."""
    try:
        plan = plan_in(file.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read ({error.strerror}): give the plan as JSON") from None
    if not is_whole(plan):
        raise InvalidInput(f"{file}: not as it was made: give the plan that was handed over")
    return plan


def _document(out: Path, found: Supplement, plan: Plan, words: PlanWords) -> bytes:
    # Drawing libraries take a second to import: only those who want a document wait for them.
    if out.suffix == ".pdf":
        from bot.documents.notice import supplement_pdf

        return supplement_pdf(found, plan, words)
    if out.suffix == ".xlsx":
        from bot.documents.workbook import supplement_workbook

        return supplement_workbook(found, plan, words)
    raise InvalidInput(f"{out}: give a name that ends in .pdf or .xlsx")


def supplement_lines(found: Supplement, words: PlanWords) -> Iterator[str]:
    """The supplement, line by line."""
    yield f"{words.say('supplement_title')}  {found.after}"
    yield words.say("supplement_note", {"before": found.before})
    if not found.additions:
        yield words.say("nothing_added")
    for addition in found.additions:
        yield from _lines(addition, found, words)


def _lines(addition: Addition, found: Supplement, words: PlanWords) -> Iterator[str]:
    step = addition.step
    yield ""
    limit = words.step_limit(step)
    kind = words.say("new_papers" if addition.papers else "new_step")
    yield f"{kind}: {words.text(step.name)}{f'  |  {limit}' if limit else ''}"
    if step.office is not None:
        yield f"  {words.text(step.office)}"
    yield f"  {words.because(addition, found)}"
    yield from (f"  {words.text(reason.text)}" for reason in step.reasons)
    yield from (f"  - {words.text(paper)}" for paper in addition.papers or step.papers)
