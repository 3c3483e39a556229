"""The shell's way in: `mentorcert run | demo | check | publish | import | rebuild | db | worker | key | lrs`."""

from mentorcert.cli import commands, keys, lrs
from mentorcert.cli.shell import main

__all__ = ["commands", "keys", "lrs", "main"]
