"""Whether the configured mail server works, step by step, in words for whoever sets it up."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from flask import Flask

from app.adapters.smtp_connection import CONNECT_SECONDS, Smtp, SmtpOverTls


@dataclass(frozen=True)
class Step:
    """One step and what came of it."""

    name: str
    is_fine: bool
    said: str


def steps(app: Flask, connect_seconds: float = CONNECT_SECONDS) -> Iterator[Step]:
    """Connect, secure the line, sign in, offer our sender; ends with the first step that fails. Nothing is sent."""
    settings = app.extensions["mail"]
    where = f"{settings.server}:{settings.port}"
    client: Any = None
    name = "connect"
    try:
        if settings.use_ssl:
            client = SmtpOverTls(settings.server, settings.port, timeout=connect_seconds, context=_context())
            yield Step(name, True, f"{where} answers over TLS")
            yield Step("TLS", True, _seal(client))
        else:
            client = Smtp(settings.server, settings.port, timeout=connect_seconds)
            yield Step(name, True, f"{where} answers")
        name = "greet"
        client.ehlo_or_helo_if_needed()
        yield Step(name, True, f"the server offers: {', '.join(sorted(client.esmtp_features)) or 'nothing special'}")
        if settings.use_tls:
            name = "TLS"
            client.starttls(context=_context())
            yield Step(name, True, _seal(client))
        elif not settings.use_ssl:
            yield Step("TLS", True, "not asked for: names and matters go over the line readable (set MAIL_USE_TLS)")
        name = "sign in"
        if settings.username and settings.password:
            client.login(settings.username, settings.password)
            yield Step(name, True, "accepted")
        else:
            yield Step(name, True, "not asked for (MAIL_USERNAME and MAIL_PASSWORD are empty)")
        name = "sender"
        code, answer = client.mail(parseaddr(app.config["MAIL_SENDER"])[1])
        client.rset()
        yield Step(name, code == 250, f"{code} {_plain(answer)}")
    except (smtplib.SMTPException, OSError) as error:
        yield Step(name, False, _explained(error))
    finally:
        if client is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _seal(client: Any) -> str:
    certificate = client.sock.getpeercert() or {}
    return f"{client.sock.version()}, certificate valid until {certificate.get('notAfter', 'unknown')}"


def _explained(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"user or password refused: {error.smtp_code} {_plain(error.smtp_error)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_plain(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time: wrong name, wrong port or a firewall"
    return f"{type(error).__name__}: {_plain(str(error))}"


def _plain(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(c if c.isprintable() else " " for c in text)[:200].strip()
