"""The channels: an update in, a message out. They decide nothing; each library stays in its own channel's files."""
