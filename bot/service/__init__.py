"""Use cases: what the product does, told in the order it does it. Talks to the world through ``bot.ports`` only."""
