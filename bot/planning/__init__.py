"""Plans of a project's approvals: pure, values in, values out. Rules come from the knowledge, never from here."""
