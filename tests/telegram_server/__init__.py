"""A Bot API server for tests: keeps what bots send, checks every call, fails on request."""
