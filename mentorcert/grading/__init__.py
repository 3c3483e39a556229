"""Grading recordings against a rubric: queue, assessment, release."""
