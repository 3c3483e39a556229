"""The pages of coursework: lessons, films, reflections, knowledge checks, and the media in them."""

from mentorcert.coursework.views import checks, media, steps
from mentorcert.coursework.views.desk import blueprint

__all__ = ["blueprint", "checks", "media", "steps"]
