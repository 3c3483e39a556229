"""Recorded coaching sessions: taking them in, checking, keeping, playing."""
