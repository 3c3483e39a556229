"""The pages of people: signing in and out, one's own account, and the list of everybody."""

from mentorcert.people.views import account, directory, sign_in
from mentorcert.people.views.door import blueprint, limiter, load_account

__all__ = ["account", "blueprint", "directory", "limiter", "load_account", "sign_in"]
