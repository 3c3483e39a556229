"""A parcel as it travels: JSON, or multipart/mixed when statements bring attachments that are kept here."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from xapi import multipart
from xapi.attachments import Blobs
from xapi.delivery.parcels import Parcel


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, and what its headers say of it."""

    headers: dict[str, str]
    content: bytes | AsyncIterator[bytes]


def body(parcel: Parcel, blobs: Blobs) -> Body:
    """Return the body of a parcel. Giving it out raises FileNotFoundError for an attachment that is gone."""
    if not parcel.attachments:
        return Body({"Content-Type": "application/json"}, parcel.body.encode())
    boundary = multipart.new_boundary()
    frame = [(each.sha2, each.content_type, ()) for each in parcel.attachments]
    length = sum(map(len, multipart.written(boundary, parcel.body, frame))) + parcel.weight
    filled = ((each.sha2, each.content_type, blobs.pieces(each.sha2, each.length)) for each in parcel.attachments)
    headers = {"Content-Type": f'multipart/mixed; boundary="{boundary}"', "Content-Length": str(length)}
    return Body(headers, _given(multipart.written(boundary, parcel.body, filled)))


async def _given(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for each in pieces:
        yield each
