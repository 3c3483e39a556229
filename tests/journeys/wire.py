"""A wire between a browser and a server that breaks where one wants it to: a TCP proxy in a thread."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

PIECE = 64 * 1024
ABRUPT = struct.pack("ii", 1, 0)
"""SO_LINGER: who closes the connection resets it."""


class Wire:
    """Passes connections on to a port of this machine, and counts the bytes that go up."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._plan: list[tuple[int, Callable[[], None]]] = []
        self.up = 0
        """How many bytes browsers have sent."""
        self._passing: list[Thread] = []
        self._held: list[Event] = []
        self._accepting = Thread(target=self._accept)
        self._accepting.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def after(self, size: int, act: Callable[[], None]) -> None:
        """Do something once so many more bytes than at the last such point have gone up."""
        self._plan.append((size, act))

    def hold_after(self, size: int) -> tuple[Event, Event]:
        """Stand still there. Gives what says that it is so, and what lets the connection go on."""
        there, go = Event(), Event()
        self._held.append(go)

        def hold() -> None:
            there.set()
            go.wait()

        self.after(size, hold)
        return there, go

    def cut(self) -> None:
        """Break every connection, as a lost network does."""
        with self._lock:
            ends = list(self._open)
        for each in ends:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)  # closing alone does not wake who accepts
        self._accepting.join()
        self._listening.close()
        for go in self._held:
            go.set()
        self.cut()
        for each in self._passing:
            each.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listening.accept()
                self._passing.append(Thread(target=self._connect, args=(browser,)))
                self._passing[-1].start()

    def _connect(self, browser: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._server))
        except OSError:  # nobody is there: that is what the browser shall see
            browser.close()
            return
        with browser, server:
            with self._lock:
                self._open |= {browser, server}
            down = Thread(target=self._pass, args=(server, browser))
            down.start()
            self._pass(browser, server, counted=True)
            down.join()
            with self._lock:
                self._open -= {browser, server}

    def _pass(self, source: socket.socket, target: socket.socket, *, counted: bool = False) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                target.sendall(piece)
                if counted:
                    self._count(len(piece))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _count(self, size: int) -> None:
        self.up += size
        if self._plan and self.up >= self._plan[0][0]:
            (_, act), self.up = self._plan.pop(0), 0
            act()


@contextmanager
def wire(server: int) -> Iterator[Wire]:
    """Give a wire to a port until the block ends."""
    made = Wire(server)
    try:
        yield made
    finally:
        made.close()
