"""People: accounts, roles, offices, sign-in."""
