"""The application for a WSGI server: `granian --interface wsgi wsgi:app`. Settings come from the environment."""

from mentorcert import create_app

app = create_app()
