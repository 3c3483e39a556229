"""Coaching after a grade: what each trainee is to work on, what is suggested for it, and who helps them."""
