"""The pages of people: signing in and out, one's own account, and the list of everybody."""

from mentorcert.people.views import sign_in
from mentorcert.people.views.door import blueprint, limiter, load_account

__all__ = ["blueprint", "limiter", "load_account", "sign_in"]
