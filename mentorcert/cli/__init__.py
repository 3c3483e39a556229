"""The shell's way in: `mentorcert run | demo | check | publish | import | rebuild | db | worker`, and groups."""

from mentorcert.cli import commands, keys, lrs, recordings, rubrics
from mentorcert.cli.shell import main

__all__ = ["commands", "keys", "lrs", "main", "recordings", "rubrics"]
