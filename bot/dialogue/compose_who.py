"""Words for who handles what: the way there by buttons, what staff see of a matter, and boundary cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.dialogue.buttons import Press, encode
from bot.dialogue.lens import Lens
from bot.dialogue.who import guided, may_whistle, stages_of
from bot.dialogue.wording import Wording
from bot.domain.catalogue import Catalogue
from bot.domain.conversation import Place
from bot.domain.decisions import AskCase, GuideWho, OpenCase
from bot.domain.messages import Button, Reply
from bot.domain.records import Body, Kind, Matter, Record, Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask

_PAGE: Final = 8  # matters on a page of buttons
_LABEL: Final = 40
_PLACES: Final = ((Place.NEW, "place_new"), (Place.EXISTING, "place_existing"), (Place.UNKNOWN, "place_any"))


class WhoComposer:
    """Words of one catalogue in one language. ``human``: the button to a person."""

    def __init__(self, catalogue: Catalogue, lens: Lens, wording: Wording, human: Button) -> None:
        self._catalogue = catalogue
        self._lens = lens
        self._wording = wording
        self._language: Language = lens.language
        self._human = human

    # -- by buttons -------------------------------------------------------------------------------------------

    def guide(self, decision: GuideWho) -> Reply:
        """The next choice: a stage, a place, a matter."""
        if not decision.stage:
            buttons = [
                self._button(f"stage_{stage}", Press("guide", stage=stage))
                for stage in stages_of(self._catalogue)
            ]
            return Reply(self._say("guide_stage"), (*buttons, self._human))
        matters = guided(decision, self._catalogue)
        if decision.place is None and any(matter.ask_location for matter in matters):
            places = [
                self._button(label, Press("guide", stage=decision.stage, place=place))
                for place, label in _PLACES
            ]
            return Reply(self._say("guide_place"), (*places, self._human))
        shown = matters[decision.page * _PAGE : (decision.page + 1) * _PAGE]
        buttons = [self._matter_button(matter, decision.place) for matter in shown]
        return Reply(self._say("guide_matter"), (*buttons, *self._pages(decision, len(matters)), self._human))

    def _matter_button(self, matter: Matter, place: Place | None) -> Button:
        ref = Ref(Kind.MATTER, matter.id)
        press = Press("answer", Ask.WHO, ref)
        if matter.ask_location and place in (Place.NEW, Place.EXISTING):
            press = Press("place", Ask.WHO, ref, place)
        return Button(_cut(matter.name[self._language]), encode(press))

    def _pages(self, decision: GuideWho, count: int) -> Iterator[Button]:
        place = decision.place
        if (decision.page + 1) * _PAGE < count:
            more = Press("guide", stage=decision.stage, place=place, page=decision.page + 1)
            yield self._button("guide_more", more)
        yield self._button("guide_anew", Press("guide"))

    # -- what staff see ---------------------------------------------------------------------------------------

    def card(self, record: Record) -> str:
        """A matter with everything that staff see of it."""
        return self._wording.say(self._language, "staff", "matter", r=record, lens=self._lens)

    def contacts(self, record: Record) -> str:
        """Whom staff call at a body; empty when there is nobody, and for the public."""
        if not isinstance(record, Body) or not self._lens.contacts([record.id]):
            return ""
        return self._wording.say(self._language, "staff", "contacts", bodies=[record.id], lens=self._lens)

    def whistle(self, record: Record, place: Place | None) -> Iterator[Button]:
        """The button that opens a boundary case, where there is one."""
        if may_whistle(record, self._catalogue.audience):
            press = Press("case", record=Ref(Kind.MATTER, record.id), place=place)
            yield self._button("whistle", press)

    # -- boundary cases ---------------------------------------------------------------------------------------

    def ask_case(self, decision: AskCase) -> Reply:
        """What happened, and where?"""
        record = self._catalogue.matter(decision.record.id)
        return Reply(self._wording.say(self._language, "staff", "case_ask", r=record, lens=self._lens))

    def opened(self, decision: OpenCase) -> Reply:
        """The number, who is told, until when."""
        record = self._catalogue.matter(decision.record.id)
        text = self._wording.say(
            self._language, "staff", "case_opened", r=record, lens=self._lens, number=decision.number,
            due=decision.due.isoformat() if decision.due else "",
        )  # fmt: skip
        return Reply(text, (self._human,))

    def _button(self, label: str, press: Press) -> Button:
        return Button(self._say(label), encode(press))

    def _say(self, block: str) -> str:
        return self._wording.say(self._language, "staff", block)


def _cut(name: str) -> str:
    if len(name) <= _LABEL:
        return name
    cut = name[: _LABEL - 1]
    return (cut[: cut.rindex(" ")] if " " in cut[_LABEL // 2 :] else cut).rstrip(" ,，、(（") + "…"
