"""The pages of the live half: the list, a trainee's page of a session, the console, the schedule, the topics."""

from mentorcert.sessions.views import console, index, room, schedule, topics
from mentorcert.sessions.views.frame import blueprint

__all__ = ["blueprint", "console", "index", "room", "schedule", "topics"]
