"""Cohorts and enrolments: who learns together, on which version of a programme, under which registration."""
