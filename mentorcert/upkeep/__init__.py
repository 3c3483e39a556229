"""For whoever runs it: the self-check, what may be let go and when, forgetting somebody, and metrics."""
