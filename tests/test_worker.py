"""The worker as an operator starts it, in a process of its own: it sends mail by SMTP, and stops when told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from queue import Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from mentorcert import mail
from mentorcert.db import prepare_engine, writing
from mentorcert.outbox import OutboxRow

MENTORCERT = str(Path(sys.executable).with_name("mentorcert"))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_the_worker_sends_mail_by_smtp_and_stops_when_told(tmp_path: Path, told: signal.Signals) -> None:
    with _mail_server() as (url, received):
        environ = _environ(tmp_path, url)
        subprocess.run([MENTORCERT, "db", "upgrade"], env=environ, check=True, capture_output=True)
        with _session(tmp_path) as session:
            _ask_for_mail(session)
        worker = subprocess.Popen([MENTORCERT, "worker"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            message = message_from_bytes(received.get(timeout=60), policy=policy.default)
        finally:
            worker.send_signal(told)
            output, _ = worker.communicate(timeout=30)
    assert (message["From"], message["To"]) == ("MentorCert <mentorcert@localhost>", "amara@example.org")
    assert message["Subject"] == "Your certificate"
    body = message.get_body(("plain",))
    assert body is not None
    assert "https://mentors.example.org/verify/K7QX-4M2P" in body.get_content()
    assert (worker.returncode, output) == (0, b"")
    with _session(tmp_path) as session:
        assert session.scalars(select(OutboxRow.state)).all() == ["done"]


def _environ(folder: Path, smtp_url: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MENTORCERT_")}
    return {
        **own,
        "MENTORCERT_DATA": str(folder),
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
        "MENTORCERT_SMTP_URL": smtp_url,
    }


@contextmanager
def _session(folder: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{folder / 'mentorcert.sqlite'}", poolclass=NullPool)
    prepare_engine(engine)
    with Session(engine) as session:
        yield session


def _ask_for_mail(session: Session) -> None:
    writing(session)
    values = {"name": "Amara Okafor", "path": "/verify/K7QX-4M2P", "title": "Certified mentor"}
    template, now = "certification/mail/certified", datetime.now(UTC)
    mail.post(session, template, to="amara@example.org", subject="Your certificate", values=values, now=now)
    session.commit()


class _Mail(StreamRequestHandler):
    """Just enough of a mail server: it takes one message and keeps it."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            verb = line.split(b":")[0].split()[0].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self._keep(list(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 good\r\n")

    def _keep(self, lines: list[bytes]) -> None:
        assert isinstance(self.server, _MailServer)
        self.server.received.put(b"".join(line.removeprefix(b".") for line in lines))


class _MailServer(ThreadingTCPServer):
    daemon_threads = True
    received: "Queue[bytes]"


@contextmanager
def _mail_server() -> Iterator[tuple[str, "Queue[bytes]"]]:
    with _MailServer(("127.0.0.1", 0), _Mail) as server:
        server.received = Queue()
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", server.received
        server.shutdown()
