"""Values that the suites store and read back, with every field set."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.conversation import Context, Mode, Pending, Place
from bot.domain.decisions import Scored, Trace
from bot.domain.messages import Attachment, Button, Inbound, Outcome, Reply, SourceLine
from bot.domain.records import Kind, Ref
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask, Mention, Source, Understanding
from bot.ports import TurnResult

EIA = Ref(Kind.PROCEDURE, "eia-approval")
LIGHTS = Ref(Kind.MATTER, "street-lights")

CONTEXT = Context(
    record=EIA,
    ask=Ask.DURATION,
    place=Place.NEW,
    pending=Pending("place", (LIGHTS, EIA), Ask.WHO),
    language=Language.EN,
    spoken=Language.ZH,
    misses=2,
    earlier=(LIGHTS,),
    touched=datetime(2026, 11, 24, 11, 59, 58, 123456, tzinfo=UTC),
)

RESULT = TurnResult(
    outcome=Outcome.ANSWERED,
    language=Language.ZH,
    mode=Mode.BOT,
    replies=(
        Reply(
            "报告书60日，报告表30日。",
            buttons=(Button("材料", "a:documents:procedure/eia-approval"),),
            sources=(
                SourceLine("生态环境法典", "2026-11", True, "第一百零二条"),
                SourceLine("名录", "2021", False),
            ),
            attachments=(Attachment("plan.pdf", "application/pdf", "/files/1"),),
        ),
        Reply("More?"),
    ),
    records=(str(EIA),),
    understanding=Understanding(
        "ask_duration",
        0.97,
        Source.RASA,
        "model-1",
        (("ask_duration", 0.97),),
        (Mention("procedure", "环评", 0, 2),),
    ),
    ms=7.4,
    traces=(
        Trace(
            "环评要多久",
            "ask_duration",
            0.97,
            (Scored(EIA, 0.93, (("name", 1.0),)),),
            "answer",
            "one clear record",
        ),
    ),
)


def message(external_id: str = "m1", conversation: str = "c1", channel: str = "web") -> Inbound:
    """A message of one person; the arguments are what makes it this one."""
    return Inbound(channel, external_id, conversation, "环评要多久", Language.ZH, Audience.STAFF)
