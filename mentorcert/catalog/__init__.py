"""Programmes and rubrics: read from files, checked, and published as versions that never change."""
