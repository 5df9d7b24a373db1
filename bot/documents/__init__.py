"""Pictures, PDF, spreadsheets and calendar files of a finished plan. Draws what the plan says and decides nothing."""
