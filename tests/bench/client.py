"""A client that costs little: requests made beforehand, sent over open connections by a process of its own."""

import json
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Barrier, Thread

Request = bytes


@dataclass(frozen=True)
class Answered:
    """How long all requests took together, and each of them, in seconds; answers other than 200."""

    seconds: float
    each: list[float]
    refused: int


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Request:
    """Return a request as it goes over the wire."""
    told = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send(port: int, queues: Sequence[Sequence[Request]]) -> Answered:
    """Send each queue over a connection of its own, all at once, from another process."""
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=pickle.dumps((port, queues)), stdout=subprocess.PIPE, check=True
    )
    return Answered(**json.loads(done.stdout))


def _main() -> None:
    port, queues = pickle.loads(sys.stdin.buffer.read())
    start, times, refused = Barrier(len(queues) + 1), list[float](), list[int]()
    threads = [Thread(target=_work, args=(port, queue, start, times, refused)) for queue in queues]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    print(json.dumps({"seconds": time.perf_counter() - began, "each": times, "refused": len(refused)}))


def _work(port: int, queue: Sequence[Request], start: Barrier, times: list[float], refused: list[int]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        for each in queue:
            began = time.perf_counter()
            connection.sendall(each)
            status = _read(connection)
            times.append(time.perf_counter() - began)
            if status != 200:
                refused.append(status)


def _read(connection: socket.socket) -> int:
    """Read one answer to its end and return its status."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _some(connection)
    head = data[:end].lower()
    missing = int(head.partition(b"content-length:")[2].split(b"\r\n")[0]) - (len(data) - end - 4)
    while missing > 0:
        missing -= len(_some(connection))
    return int(head.split()[1])


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 20)
    if not data:
        raise ConnectionError("the server hung up")
    return data


if __name__ == "__main__":
    _main()
