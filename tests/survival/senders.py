"""Clients that send statements without end, and remember what became of each batch."""

import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Condition, Event, Thread
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

PATIENCE = 60
"""Seconds until a client gives up on an answer, and a test on its clients."""

Make = Callable[[random.Random], dict[str, Any]]
"""Makes a statement; its id is given by the sender."""


@dataclass
class Sent:
    """What was sent, by what came back."""

    stored: list[UUID] = field(default_factory=list)
    """Ids of batches that were answered 200."""
    unknown: list[list[UUID]] = field(default_factory=list)
    """Batches without an answer: whole or not there at all."""
    other: list[tuple[int, bytes]] = field(default_factory=list)
    """Answers that are neither: the server was well, and refused."""
    news: Condition = field(default_factory=Condition)

    def wait_for_more(self, count: int) -> None:
        """Return when `count` more statements are stored. Raises TimeoutError."""
        with self.news:
            goal = len(self.stored) + count
            if not self.news.wait_for(lambda: len(self.stored) >= goal or self.other, PATIENCE):
                raise TimeoutError(f"{len(self.stored)} statements were stored, and then no more")

    def note(self, ids: list[UUID], answer: tuple[int, bytes] | None) -> None:
        """Write down what became of a batch."""
        with self.news:
            if answer is None:
                self.unknown.append(ids)
            elif answer[0] == 200:
                self.stored.extend(ids)
            else:
                self.other.append(answer)
            self.news.notify_all()


@contextmanager
def sending(address: str, key: Sequence[str], make: Make, *, clients: int, most: int, seed: int) -> Iterator[Sent]:
    """Have clients send batches of up to `most` statements until the block ends."""
    sent, stop = Sent(), Event()
    threads = [
        Thread(target=_send, args=(address, key, make, most, random.Random(seed * 1000 + number), sent, stop))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    try:
        yield sent
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def headers(key: Sequence[str]) -> dict[str, str]:
    """Return what a client sends with every request."""
    return {
        "Authorization": "Basic " + b64encode(":".join(key).encode()).decode(),
        "X-Experience-API-Version": "1.0.3",
        "Content-Type": "application/json",
    }


def _send(
    address: str, key: Sequence[str], make: Make, most: int, chance: random.Random, sent: Sent, stop: Event
) -> None:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    while not stop.is_set():
        ids = [uuid4() for _ in range(chance.randint(1, most))]
        body = json.dumps([{**make(chance), "id": str(each)} for each in ids])
        try:
            connection.request("POST", "/xapi/statements", body, headers(key))
            answer = connection.getresponse()
            sent.note(ids, (answer.status, answer.read()))
        except (HTTPException, OSError) as error:
            connection.close()
            refused = isinstance(error, ConnectionRefusedError)  # nobody was there: nothing can have been stored
            if refused:
                stop.wait(0.05)
            else:
                sent.note(ids, None)
    connection.close()
