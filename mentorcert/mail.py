"""Mail: a message is a template and its values in an outbox row; the worker renders and sends it."""

import smtplib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from mentorcert import outbox

JOB: Final = "mail"
TIMEOUT_SECONDS: Final = 20

Render = Callable[[str, Mapping[str, Any]], str]
"""Renders a template by name with values."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one person."""

    to: str
    subject: str
    text: str
    html: str


def post(session: Session, template: str, *, to: str, subject: str, values: Mapping[str, Any], now: datetime) -> None:
    """Ask for a mail. `template` names a pair, `<template>.txt` and `<template>.html`; values must be JSON."""
    payload = {"template": template, "to": to, "subject": subject, "values": dict(values)}
    outbox.put(session, JOB, payload, now=now)


def compose(payload: Mapping[str, Any], render: Render) -> Message:
    """Render the message that an outbox row asks for."""
    text, html = (render(f"{payload['template']}.{ending}", payload["values"]) for ending in ("txt", "html"))
    return Message(payload["to"], payload["subject"], text, html)


def send(message: Message, *, smtp_url: str, sender: str) -> None:
    """Send by SMTP, or print to standard error when no server is set. Raises OSError or SMTPException."""
    if not smtp_url:
        print(f"\n--- mail to {message.to}: {message.subject}\n{message.text}\n---", file=sys.stderr, flush=True)
        return
    parts = urlsplit(smtp_url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_SECONDS) as server:
        if parts.username:
            if parts.scheme == "smtp":
                server.starttls()
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(_as_email(message, sender))


def _as_email(message: Message, sender: str) -> EmailMessage:
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = sender, message.to, message.subject
    email.set_content(message.text)
    email.add_alternative(message.html, subtype="html")
    return email
