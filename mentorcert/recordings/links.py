"""Which service a link to a recording leads to, by its host. Pure."""

from typing import Final
from urllib.parse import urlsplit

SERVICES: Final = {
    "zoom.us": "Zoom",
    "zoom.com": "Zoom",
    "zoomgov.com": "Zoom",
    "teams.microsoft.com": "Teams",
    "teams.live.com": "Teams",
    "sharepoint.com": "SharePoint",
    "onedrive.live.com": "OneDrive",
    "1drv.ms": "OneDrive",
    "meet.google.com": "Google Meet",
    "drive.google.com": "Google Drive",
    "webex.com": "Webex",
    "dropbox.com": "Dropbox",
    "vimeo.com": "Vimeo",
}
"""What people call a service, by the end of its host."""


def service(link: str) -> str:
    """What people call the service that a link leads to; its host where we don't know it, nothing without one."""
    try:
        host = (urlsplit(link.strip()).hostname or "").removeprefix("www.")
    except ValueError:  # such as https://[x
        return ""
    return next((name for end, name in SERVICES.items() if host == end or host.endswith(f".{end}")), host)
