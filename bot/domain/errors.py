"""Errors, named by what the caller can do about them."""

from __future__ import annotations


class YuanwenError(Exception):
    """Any error of ours: its text is one clear line, fit to be shown to an operator."""


class InvalidInput(YuanwenError):
    """The input is wrong; correct it and try again."""


class TryLater(YuanwenError):
    """Something is away for now; the same call can succeed later."""


class NluUnavailable(TryLater):
    """No Rasa server answered in time."""


class Conflict(YuanwenError):
    """Somebody else changed the same thing first; read again and decide again."""


class NotFound(YuanwenError):
    """There is no such thing (any more)."""


class Refused(YuanwenError):
    """Not allowed for this person."""
