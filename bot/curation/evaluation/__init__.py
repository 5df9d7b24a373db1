"""Accuracy on the project's own questions: ask them all, judge the replies, tell where and why they are wrong.

``questions`` reads them, ``asking`` puts them to an assistant, ``judging`` compares, the rest counts. Nothing here decides
what the assistant says, and no question may find its way into what the assistant learns from (``overlap``).
"""
