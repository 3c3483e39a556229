"""Where a link leads to, as people call it."""

import pytest

from mentorcert.recordings.links import service


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://us02web.zoom.us/rec/share/abc?pwd=1", "Zoom"),
        (" https://ZOOM.US/rec/1", "Zoom"),
        ("https://teams.microsoft.com/l/meetingrecap?x=1", "Teams"),
        ("https://harbourline-my.sharepoint.com/:v:/g/personal/x", "SharePoint"),
        ("https://drive.google.com/file/d/1/view", "Google Drive"),
        ("https://www.dropbox.com/s/1", "Dropbox"),
        ("https://notzoom.us/rec", "notzoom.us"),
        ("https://zoom.us.example.org/rec", "zoom.us.example.org"),
        ("https://zoom.us@films.example.org/", "films.example.org"),
        ("https://[x", ""),
        ("", ""),
    ],
)
def test_a_service_is_known_by_the_end_of_its_host(link: str, expected: str) -> None:
    assert service(link) == expected
