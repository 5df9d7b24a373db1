"""Thought: from an utterance, its understanding and the conversation to a decision and its words. Pure values in, values out."""
