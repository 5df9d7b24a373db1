"""The way in over HTTP: the chat page, the public interface, health and metrics.

Owns everything that speaks HTTP to people and other programs. Decides nothing about a conversation: it
hands messages to the ``Assistant`` port and shows what comes back. aiohttp stays inside; storage and NLU
are not known.
"""
