"""The statement viewer: the list that stays live, one statement whole, and what is found as a file."""

from mentorcert.evidence.views import elsewhere, export, index, one
from mentorcert.evidence.views.frame import blueprint

__all__ = ["blueprint", "elsewhere", "export", "index", "one"]
