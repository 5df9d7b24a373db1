"""Draws the files of a plan by their kind. The libraries take seconds to import: they come with the first file."""

from __future__ import annotations

from bot.dialogue.plan_words import PlanWords
from bot.dialogue.wording import Wording
from bot.domain.errors import NotFound
from bot.domain.plan import Plan
from bot.domain.text import Language
from bot.ports import PlanFile, PlanFileKind


class PlanDrawer:
    """The port ``Drawer``. Blocks for a few hundred milliseconds: callers draw in a thread, one at a time."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._last: tuple[tuple[str, Language], bytes] | None = None  # the picture drawn last

    def draw(self, plan: Plan, kind: PlanFileKind, language: Language) -> PlanFile:
        """The file. Raises NotFound when a part of the installation is missing."""
        words = PlanWords(self._wording, language)
        name = self._wording.say(language, "plan", f"file_{kind}")
        match kind:
            case "chart":
                return PlanFile(name, "image/png", self._chart(plan, words))
            case "notice":
                from bot.documents.notice import notification_pdf

                content = notification_pdf(plan, words, self._chart(plan, words))
                return PlanFile(name, "application/pdf", content)
            case "sheet":
                from bot.documents.workbook import notification_workbook

                return PlanFile(name, SPREADSHEET, notification_workbook(plan, words))
            case "calendar":
                from bot.documents.calendar_file import calendar_file

                return PlanFile(name, "text/calendar", calendar_file(plan, words))
        raise NotFound(f"a plan has no file {kind}")

    def _chart(self, plan: Plan, words: PlanWords) -> bytes:
        """The picture: people ask for it and for the notification, which holds it, one after the other."""
        from bot.documents.chart import draw_chart

        key = (plan.seal, words.language)
        if self._last is None or self._last[0] != key:
            self._last = (key, draw_chart(plan, words))
        return self._last[1]


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
