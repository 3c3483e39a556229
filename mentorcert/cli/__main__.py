"""`python -m mentorcert.cli`, for whoever starts it without knowing where the script is."""

from mentorcert.cli import main

main()
