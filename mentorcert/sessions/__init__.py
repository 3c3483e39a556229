"""Live sessions: the season, role-play groups and scenarios, the console, attendance."""
