"""The command line: one module a verb. Prints, asks, exits; the work is done elsewhere."""
