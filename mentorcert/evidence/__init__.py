"""Evidence: the statements that we make, and the progress folded from all that are stored."""
