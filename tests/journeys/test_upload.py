"""A recording on its way through a network, a browser and a server that break: it arrives whole, and once."""

import os
import re
import signal
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import servers
from tests.journeys.conftest import PATIENCE_MS, WIDTHS
from tests.journeys.visitor import Visitor
from tests.journeys.wire import wire
from tests.recordings.factories import TRANSCRIPT, content

MEGABYTE = 1024 * 1024
SIZE = 30 * MEGABYTE


class House:
    """A server with the demo that can be killed and started again, on the same data and port."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, servers.free_port()
        self._stack = ExitStack()
        self.start()

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("mentorcert")), "run", "--demo"]
        _, self._process = self._stack.enter_context(servers.serving(command, self.port, self._folder))

    @property
    def log(self) -> str:
        return (self._folder / "server.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._stack.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house._stack.close()
    assert "Traceback" not in house.log


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two seconds, and thirty megabytes that no player looks at."""
    path = tmp_path_factory.mktemp("talk") / "talk.mp4"
    path.write_bytes(content("ok.mp4") + struct.pack(">I4s", SIZE + 8, b"free") + Random(1).randbytes(SIZE))
    return path


def arrive(browser: Browser, address: str, name: str, width: int = 1280) -> tuple[BrowserContext, Visitor]:
    context = browser.new_context(base_url=address, viewport={"width": width, "height": WIDTHS[width]})
    context.set_default_timeout(PATIENCE_MS)
    return context, Visitor(context.new_page()).sign_in(name).open("/recording")


def choose(page: Page, talk: Path) -> None:
    page.get_by_label("The recording").set_input_files(talk)


def fill(page: Page) -> None:
    vtt = {"name": "talk.vtt", "mimeType": "text/vtt", "buffer": TRANSCRIPT}
    page.get_by_label("Transcript").set_input_files(vtt)  # type: ignore[arg-type]
    page.get_by_label("Whom you coached").fill("Dana")
    page.get_by_label("The person recorded agreed that").check()


def test_it_arrives_though_the_network_broke_three_times_and_the_server_was_killed(
    browser: Browser, house: House, talk: Path
) -> None:
    with wire(house.port) as line:
        context, amara = arrive(browser, line.address, "Amara Okafor")
        for size in (3, 5, 6):
            line.after(size * MEGABYTE, line.cut)
        there, go = line.hold_after(3 * MEGABYTE)
        choose(amara.page, talk)
        fill(amara.page)
        amara.press("Hand in the recording")
        assert there.wait(PATIENCE_MS / 1000)
        amara.reads(re.compile("The recording is handed in when the file is here.$"))
        house.kill()
        go.set()
        amara.reads("No connection. It goes on by itself when there is one; keep this page open.").looks()
        house.start()
        expect(amara.page.get_by_role("heading", level=1)).to_have_text(re.compile("^Recording [0-9]+ is"))
        assert sha256(film_of(amara.page)).digest() == sha256(talk.read_bytes()).digest()
        context.close()


def film_of(page: Page) -> bytes:
    """The recording as the page plays it, once the worker has looked into it."""
    while not page.locator("video").count():
        page.reload()
    address = page.locator("video source").first.get_attribute("src")
    assert address
    return page.request.get(address).body()


@pytest.mark.parametrize("width", [360])
def test_who_comes_back_chooses_the_same_file_and_it_goes_on(
    browser: Browser, house: House, talk: Path, width: int
) -> None:
    with wire(house.port) as line:
        context, ben = arrive(browser, line.address, "Ben Castell", width)
        there, go = line.hold_after(12 * MEGABYTE)
        choose(ben.page, talk)
        assert there.wait(PATIENCE_MS / 1000)
        ben.looks()
        ben.page.close()
        go.set()
        again = Visitor(context.new_page()).open("/recording")
        again.reads(re.compile("of 31 MB are here until .* Choose the same file again to go on.")).looks()
        line.up = 0
        choose(again.page, talk)
        again.reads("talk.mp4 is here.").looks()
        assert line.up < SIZE - 5 * MEGABYTE
        again.press("Hand in the recording")
        again.reads("What you typed is still here, and so is the recording. Choose the transcript again.").looks()
        fill(again.page)
        again.press("Hand in the recording")
        expect(again.page.get_by_role("heading", level=1)).to_have_text(re.compile("^Recording [0-9]+ is"))
        context.close()


def test_what_came_of_a_part_that_broke_off_is_kept(browser: Browser, house: House) -> None:
    """Without a checksum; a browser sends one, and sends such a part again."""
    with wire(house.port) as line:
        context, chiara = arrive(browser, line.address, "Chiara Lenz")
        token = chiara.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        cookies = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())
        named = {"Tus-Resumable": "1.0.0", "X-CSRFToken": token}
        door = chiara.page.locator("[data-upload-url]").get_attribute("data-upload-url") or ""
        made = context.request.post(door, headers={**named, "Upload-Length": str(4 * MEGABYTE)})
        address = made.headers["location"]
        part = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Cookie": cookies, **named}
        head = "".join(f"{name}: {value}\r\n" for name, value in part.items())
        with socket.create_connection(("127.0.0.1", house.port)) as broken:
            head = f"PATCH {address} HTTP/1.1\r\nHost: x\r\nContent-Length: {4 * MEGABYTE}\r\n{head}\r\n"
            broken.sendall(head.encode() + bytes(3 * MEGABYTE))
        offsets = (context.request.head(address, headers=named).headers["upload-offset"] for _ in range(500))
        assert str(3 * MEGABYTE) in offsets
        assert context.request.delete(address, headers=named).status == 204
        context.close()
