"""One parcel over the network, and what the answer means. What the other store says is somebody else's words."""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from functools import cache
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import httpx

from xapi import jsontext
from xapi.attachments import Blobs
from xapi.delivery.bodies import body
from xapi.delivery.parcels import Parcel
from xapi.delivery.reach import OutOfReach, Reach
from xapi.equivalence import equivalent
from xapi.vocabulary import VOIDED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST_READ: Final = 1024 * 1024
"""How many bytes of an answer are read; what says more is not understood."""
MOST_SAID: Final = 300
"""How many characters of it are kept."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_REFUSING: Final = {400, 409, 413, 422}
_PASSING: Final = {408, 425, 429}
_TOLD: Final = {
    401: "It does not accept the key and secret (401). Enter them again.",
    403: "The key may not send statements there (403). Ask for one that may.",
    404: "There are no statements at this address (404). Check the endpoint.",
    405: "Nothing can be sent to this address (405). Check the endpoint.",
}


class Outcome(Enum):
    """What an answer means."""

    TAKEN = auto()
    """It has every statement of the parcel."""
    LATER = auto()
    """It can't now, or could not be reached: the same again later."""
    REFUSED = auto()
    """It does not want a statement of the parcel, whenever it comes; or the parcel is too large for it."""
    STOPPED = auto()
    """It wants nothing from us: somebody must see to the target."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending a parcel."""

    outcome: Outcome
    said: str = ""
    """In words, for people; not to be trusted."""
    status: int = 0
    """The HTTP status; 0 where there was none."""
    retry_after: timedelta | None = None
    """How long it asks us to wait."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another store, as it is spoken to. `secret` is the real one."""

    endpoint: str
    version: str
    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds: for a connection, for the next bytes, and for the whole."""

    connect: float = 10
    read: float = 20
    total: float = 60
    """For a parcel without attachments."""
    slowest: float = 200_000
    """How many bytes a second are enough for attachments."""

    def whole(self, parcel: Parcel) -> float:
        """Return how long a parcel may take."""
        return self.total + parcel.weight / self.slowest


@dataclass(frozen=True, slots=True)
class _Heard:
    status: int
    headers: httpx.Headers
    body: bytes


_Ask = Callable[..., Awaitable[_Heard]]


def send(
    parcel: Parcel, peer: Peer, *, blobs: Blobs, reach: Reach, patience: Patience = Patience(), now: datetime
) -> Answer:
    """Send a parcel and return what came of it; never raises for what the other side does. Blocks."""
    if not parcel.ids:
        return Answer(Outcome.TAKEN)
    try:
        answer = asyncio.run(_exchange(parcel, peer, blobs=blobs, reach=reach, patience=patience, now=now))
    except FileNotFoundError:
        answer = Answer(Outcome.REFUSED, "Not sent: its attachment is no longer here.")
    except OutOfReach as error:
        answer = Answer(Outcome.STOPPED, str(error))
    except TimeoutError:
        answer = Answer(Outcome.LATER, f"It took longer than {patience.whole(parcel):.3g} seconds.")
    except httpx.ConnectTimeout:
        answer = Answer(Outcome.LATER, f"No connection within {patience.connect:g} seconds.")
    except httpx.TimeoutException:
        answer = Answer(Outcome.LATER, f"It said nothing for {patience.read:g} seconds.")
    except (httpx.HTTPError, OSError) as error:
        answer = Answer(Outcome.LATER, f"No answer: {_cut(str(error), peer) or type(error).__name__}.")
    except httpx.InvalidURL as error:
        answer = Answer(Outcome.STOPPED, f"The endpoint is no address: {error}.")
    return answer


async def _exchange(
    parcel: Parcel, peer: Peer, *, blobs: Blobs, reach: Reach, patience: Patience, now: datetime
) -> Answer:
    async with asyncio.timeout(patience.whole(parcel)), _asking(peer, reach, patience) as ask:
        sent = body(parcel, blobs)
        heard = await ask("POST", "/statements", content=sent.content, headers=sent.headers)
        if heard.status == 409 and len(parcel.ids) == 1 and await _has_it(ask, parcel):
            return Answer(Outcome.TAKEN, status=409)
        return _meaning(heard, parcel, peer, now)


@asynccontextmanager
async def _asking(peer: Peer, reach: Reach, patience: Patience) -> "AsyncIterator[_Ask]":
    """Give a function that asks the peer something, at an address that was looked up and checked once."""
    endpoint = httpx.URL(peer.endpoint)
    encrypted = endpoint.scheme == "https"
    name, port = endpoint.raw_host.decode("ascii"), endpoint.port or (443 if encrypted else 80)
    address = await reach.address(name, port, encrypted=encrypted)
    headers = {
        "Host": endpoint.netloc.decode("ascii"),
        "X-Experience-API-Version": peer.version,
        "Accept-Encoding": "identity",
        "User-Agent": "MentorCert",
    }
    timeout = httpx.Timeout(patience.read, connect=patience.connect)
    auth = httpx.BasicAuth(peer.key, peer.secret)
    async with httpx.AsyncClient(headers=headers, auth=auth, timeout=timeout, verify=_tls(), trust_env=False) as client:

        async def ask(method: str, path: str, **options: Any) -> _Heard:
            url = endpoint.copy_with(host=address, raw_path=endpoint.raw_path.rstrip(b"/") + path.encode())
            named = {"sni_hostname": name}
            async with client.stream(method, url, extensions=named, **options) as response:
                return _Heard(response.status_code, response.headers, await _body(response))

        yield ask


@cache
def _tls() -> SSLContext:
    return httpx.create_ssl_context()


async def _body(response: httpx.Response) -> bytes:
    """Return the body, as far as it is worth reading."""
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_READ:
            break
    return body[:MOST_READ]


async def _has_it(ask: _Ask, parcel: Parcel) -> bool:
    """Whether the peer's statement with this id is ours: some stores answer 409 whenever they know an id."""
    heard = await ask("GET", f"/statements?statementId={parcel.ids[0]}")
    try:
        theirs = json.loads(heard.body)
        return heard.status == 200 and equivalent(jsontext.reread(parcel.texts[0]), theirs)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


def _meaning(heard: _Heard, parcel: Parcel, peer: Peer, now: datetime) -> Answer:
    said = _cut(heard.body.decode("utf-8", "replace"), peer)
    status = heard.status
    if status == 200:
        return _counted(heard, parcel, said)
    if status in _REFUSING or (status == 403 and _has_void(parcel)):
        return Answer(Outcome.REFUSED, _refusal(status, said, peer, parcel), status)
    if status in _PASSING or status >= 500:
        answered = f"It answered {status}: {said}" if said else f"It answered {status}."
        return Answer(Outcome.LATER, answered, status, _retry_after(heard.headers, now))
    if 300 <= status < 400:
        place = _cut(heard.headers.get("Location", ""), peer)
        return Answer(Outcome.STOPPED, f"It sends us on to {place} ({status}). Check the endpoint.", status)
    told = _TOLD.get(status, f"It answered {status}, which a store does not. Check the endpoint.")
    return Answer(Outcome.STOPPED, f"{told} It said: {said}" if said else told, status)


def _counted(heard: _Heard, parcel: Parcel, said: str) -> Answer:
    """Believe a success only when it names the statements: any web page answers 200."""
    if _ids(heard.body) >= set(parcel.ids):
        return Answer(Outcome.TAKEN, status=200)
    told = "It answered 200, but not with the ids of the statements: is this the address of a store?"
    return Answer(Outcome.STOPPED, f"{told} It said: {said}" if said else told, 200)


def _ids(body: bytes) -> set[UUID]:
    try:
        return {UUID(each) for each in json.loads(body)}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return set()


def _refusal(status: int, said: str, peer: Peer, parcel: Parcel) -> str:
    if status == 409:
        return f"It holds another statement with this id. It said: {said}"
    if status == 403:
        return f"Our key may not void that statement there. It said: {said}"
    if parcel.is_newer_than(peer.version):
        return f"The statement is of version 2.0, and this store is spoken to in {peer.version}. It said: {said}"
    return said or "It gave no reason."


def _has_void(parcel: Parcel) -> bool:
    verbs: Sequence[object] = [jsontext.reread(text)["verb"]["id"] for text in parcel.texts]
    return VOIDED in verbs


def _retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """Return how long the peer asks us to wait: seconds, or until a date."""
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdecimal():
        return timedelta(seconds=int(given[:9]))
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, TypeError, IndexError):
        return None
    return until.replace(tzinfo=until.tzinfo or UTC) - now


def _cut(text: str, peer: Peer) -> str:
    """Return the beginning of what the peer said, on one line, without the secret if it says that too."""
    for hidden in (peer.secret, b64encode(f"{peer.key}:{peer.secret}".encode()).decode()):
        text = text.replace(hidden, "…")
    return " ".join(_CONTROL.sub(" ", text).split())[:MOST_SAID]
