"""An answer that replaces an earlier one: which of the channel's messages it takes the place of. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ports import OutboxMessage


def replaced(message: OutboxMessage, near: Sequence[OutboxMessage]) -> tuple[str, ...]:
    """The channel's ids of what was sent for the same place in the answer before; the last message takes all that are left over.

    ``near``: messages of the conversation round this one, in order.
    """
    original, own = message.payload["edits"], str(message.payload.get("message_id", ""))
    answers: dict[str, list[OutboxMessage]] = {}
    for each in near:
        if each.kind in ("reply", "operator") and original in (
            each.payload.get("message_id"),
            each.payload.get("edits"),
        ):
            answers.setdefault(each.payload["message_id"], []).append(each)
    mine = [each.seq for each in answers.pop(own, [])]
    before = [rows for rows in answers.values() if rows[0].seq < message.seq and any(r.sent_as for r in rows)]
    if message.seq not in mine or not before:
        return ()
    place, last = mine.index(message.seq), before[-1]
    taken = last[place:] if place == len(mine) - 1 else last[place : place + 1]
    return tuple(number for each in taken for number in each.sent_as if number)
