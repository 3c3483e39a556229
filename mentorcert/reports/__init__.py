"""What managers and facilitators look at: the cohort board, pre-work reports, reminders, exports."""
