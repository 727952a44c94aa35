"""The line to an SMTP server: Flask-Mail's connection with time limits, checked certificates and a memory."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from typing import Any

import flask_mail
from flask import Flask

CONNECT_SECONDS = 10.0
DATA_SECONDS = 30.0


class Talk:
    """What an SMTP conversation has come to; mixed into smtplib's two clients."""

    sock: Any
    close: Any
    data_seconds = DATA_SECONDS
    handed_over = False
    accepted = False

    def begins(self, seconds: float) -> None:
        """Another mail is about to go over the same line; ``seconds`` hold for each step up to DATA."""
        self.handed_over = self.accepted = False
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        # Only the text of a mail is sent as bytes, in one piece with its closing dot. When sending it fails, the dot
        # has not left and the server may not deliver; once it returns, only the server knows.
        self.handed_over = self.handed_over or isinstance(s, bytes)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.sock.settimeout(self.data_seconds)
        code, answer = super().data(msg)  # type: ignore[misc]
        self.accepted = code == 250
        return code, answer


class Smtp(Talk, smtplib.SMTP):
    """The client that begins in the clear."""


class SmtpOverTls(Talk, smtplib.SMTP_SSL):
    """The client whose line is sealed from the start."""


class Connection(flask_mail.Connection):
    """Flask-Mail's connection sets no timeout, checks no certificate, and prints the talk when the app debugs."""

    talk: Talk | None = None
    connect_seconds = CONNECT_SECONDS
    data_seconds = DATA_SECONDS

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        settings = self.mail
        where = {"host": settings.server, "port": settings.port or 0, "timeout": self.connect_seconds}
        host: Any = SmtpOverTls(**where, context=ssl.create_default_context()) if settings.use_ssl else Smtp(**where)
        self.talk = host
        host.data_seconds = self.data_seconds
        try:
            if settings.use_tls:
                host.starttls(context=ssl.create_default_context())
            if settings.username and settings.password:
                host.login(settings.username, settings.password)
        except BaseException:
            host.close()
            raise
        return host

    def send(self, message: flask_mail.Message, envelope_from: Any = None) -> None:
        # Flask-Mail would hang up and connect anew here once MAIL_MAX_EMAILS are sent, and a failure of that would look
        # like one of a mail that was accepted: the session does it instead.
        self.num_emails = -1
        super().send(message, envelope_from)

    def __exit__(self, *_error: object) -> None:
        # A farewell that fails says nothing about the mail.
        if self.host is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self.host.sock is not None:
                    self.host.sock.settimeout(self.connect_seconds)
                self.host.quit()
            self.host.close()


class PatientMail(flask_mail.Mail):
    """Flask-Mail whose connections are ours."""

    def __init__(self, app: Flask, connect_seconds: float, data_seconds: float) -> None:
        super().__init__()  # without the app: it would register itself over the product's Mail
        self.app = app
        self._limits = connect_seconds, data_seconds

    def connect(self) -> Connection:
        connection = Connection(self.app.extensions["mail"])  # type: ignore[union-attr]
        connection.connect_seconds, connection.data_seconds = self._limits
        return connection
