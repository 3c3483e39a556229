"""Films, captions and pictures of published programmes."""

from typing import Final

from flask.typing import ResponseReturnValue

from mentorcert.catalog import queries as catalog
from mentorcert.coursework.views.desk import blueprint
from mentorcert.permissions import Permission, needs
from mentorcert.web import here
from mentorcert.web.ranges import send_range

FOR_GOOD: Final = "private, max-age=31536000, immutable"
"""A version's media never change, so a browser need never ask again."""


@blueprint.get("/media/<version>/<path:name>")
@needs(Permission.SIGNED_IN)
def media(version: str, name: str) -> ResponseReturnValue:
    """A file of a programme version, whole or in part."""
    found = catalog.media(here.session(), version, name)
    digest = found.file_key.rpartition("/")[2]
    return send_range(
        here.files(),
        found.file_key,
        content_type=found.content_type,
        size=found.size,
        etag=digest,
        cache_control=FOR_GOOD,
    )
