"""Coursework: lesson pages, films, reflections, knowledge checks, and what counts as pre-work done."""
