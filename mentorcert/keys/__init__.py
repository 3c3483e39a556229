"""Keys for other systems: who answers for each, what it may do, what it did, and its end."""
